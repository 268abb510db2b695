"""Verbs on orders: place, close, list, refund. They never commit and know no request."""
from __future__ import annotations

import hashlib
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.clock import Clock
from app.errors import NotFound, RequestInvalid
from app.payments import gateway
from app.payments.applying import apply_payment, locked_order
from app.payments.models import ORDER_STATES, PaymentIncident, PaymentOrder, PaymentReceipt
from app.store import session, transaction
from app.store.models import Case

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNPAID = ("new", "open")


def order_number(call_id: str) -> str:
    """The order number that follows from a request's id: a retry can never make a second order (D-12)."""
    return "P" + _digits(f"order {call_id}", 20)


def notice_number(call_id: str) -> str:
    """The number printed on the payment notice."""
    return "44" + _digits(f"notice {call_id}", 18)


def place_order(call_id: str, case_id: int, *, clock: Clock, subject: str, amount: int, payer: str, payer_name: str,
                message: str, payee_name: str, payee_code: str, phone: str = "", deadline: str = "") -> PaymentOrder:
    """Makes the order and asks the gateway for it; once per call. `amount` in fen, `payer` a reference.

    Raises RequestInvalid, and GatewayDown after the row is kept: the next try goes on with the same number.
    """
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise RequestInvalid(why=f"缴费金额应为大于零的整数（分），而不是 {amount!r}")
    with transaction():
        order = session().scalar(sa.select(PaymentOrder).where(PaymentOrder.call_id == call_id)) or _add(PaymentOrder(
            order_no=order_number(call_id), notice_no=notice_number(call_id), call_id=call_id, case_id=case_id,
            case_number=session().get(Case, case_id).number, message=message, subject=subject[:200], amount=amount,
            currency="CNY", payee_name=payee_name, payee_code=payee_code, payer=payer, payer_name=payer_name, phone=phone,
            deadline=deadline, created_at=clock(), asked_at=clock(),
        ))
    if order.state != "new":
        return order
    known = gateway.place(order, clock)
    with transaction():
        order = locked_order(order.order_no)
        if order.state == "new":
            order.state, order.pay_url = "open", known.pay_url
        return order


def close_order(order_no: str, *, clock: Clock) -> PaymentOrder:
    """Closes an unpaid order, here first and then at the gateway. Money that comes later is due back (D-08).

    Raises NotFound, GatewayDown.
    """
    with transaction():
        order = locked_order(order_no)
        if order is None:
            raise NotFound()
        if order.state in UNPAID:
            order.state = "closed"
    if order.state != "closed" or not order.pay_url:  # paid, or never confirmed by the gateway
        return order
    known = gateway.close(order_no, clock)
    with transaction():
        order = locked_order(order_no)
        for payment in known.payments:
            apply_payment(order, payment, clock)
        return order


def ten_fields(order: PaymentOrder) -> dict:
    """What the payer is shown (S1-181): payee and its code, notice number, times, sums in fen, payer, phone, state."""
    return {
        "payee_name": order.payee_name, "payee_code": order.payee_code, "notice_no": order.notice_no,
        "created_at": _shanghai(order.created_at), "paid_at": _shanghai(order.paid_at), "paid_amount": order.paid_amount,
        "payer": order.payer_name, "phone": order.phone, "amount": order.amount, "state": ORDER_STATES[order.state],
    }


def can_view_order(order: PaymentOrder, actor) -> bool:
    """Whether this actor may see this order."""
    if order.payer == actor.ref:  # they are asked to pay
        return True
    if actor.organisation and order.payer == actor.organisation["ref"]:  # their organisation is
        return True
    from app.operations.access import can_view_case

    return can_view_case(session().get(Case, order.case_id), actor)  # it belongs to a case they may read


def order_for(order_no: str, actor) -> PaymentOrder:
    """The order, or NotFound when there is none or the actor may not see it."""
    order = session().scalar(sa.select(PaymentOrder).where(PaymentOrder.order_no == order_no))
    if order is None or not can_view_order(order, actor):
        raise NotFound()
    return order


def orders_of(actor, *, limit: int = 200) -> list[PaymentOrder]:
    """The orders this actor, or the organisation they act for, is asked to pay; newest first (S1-184)."""
    payers = [actor.ref] + ([actor.organisation["ref"]] if actor.organisation else [])
    query = sa.select(PaymentOrder).where(PaymentOrder.payer.in_(payers))
    return list(session().scalars(query.order_by(PaymentOrder.id.desc()).limit(limit)))


def refunds_due(*, limit: int = 500) -> list[PaymentReceipt]:
    """Money that has to go back, oldest first."""
    query = sa.select(PaymentReceipt).where(PaymentReceipt.state == "refund_due").order_by(PaymentReceipt.paid_at)
    return list(session().scalars(query.limit(limit)))


def mark_refunded(gateway_no: str, *, actor, clock: Clock) -> PaymentReceipt:
    """Notes that the money went back, an act outside the service. Raises NotFound."""
    with transaction():
        receipt = session().get(PaymentReceipt, gateway_no, with_for_update=True)
        if receipt is None or receipt.state != "refund_due":
            raise NotFound()
        receipt.state, receipt.refunded_at, receipt.refunded_by = "refunded", clock(), actor.id
        order = locked_order(receipt.order_no)
        if order.gateway_no == gateway_no:
            order.state = "refunded"
        return receipt


def open_incidents() -> list[PaymentIncident]:
    """Incidents that alarmed and nobody has handled."""
    query = sa.select(PaymentIncident).where(PaymentIncident.alarmed, PaymentIncident.handled_at.is_(None))
    return list(session().scalars(query.order_by(PaymentIncident.last_at.desc())))


def _add(order: PaymentOrder) -> PaymentOrder:
    session().add(order)
    session().flush()
    return order


def _digits(text: str, count: int) -> str:
    return str(int.from_bytes(hashlib.sha256(text.encode()).digest()) % 10**count).zfill(count)


def _shanghai(moment) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds") if moment else ""
