"""Verbs on orders: place, ask, close, confirm; incidents. They never commit and know no request."""
from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from app import people
from app.clock import Clock
from app.errors import NotFound, RequestInvalid
from app.payments import gateway
from app.payments.applying import apply_payment, fits, locked_order
from app.payments.listing import state_word
from app.payments.models import PaymentIncident, PaymentOrder
from app.payments.numbers import digits
from app.payments.placing import place_at_gateway
from app.store import session, transaction
from app.store.models import Case

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNPAID = ("new", "open")


def order_number(call_id: str) -> str:
    """The order number that follows from a request's id: a retry can never make a second order (D-12)."""
    return "P" + digits(f"order {call_id}", 20)


def notice_number(call_id: str) -> str:
    """The number printed on the payment notice."""
    return "44" + digits(f"notice {call_id}", 18)


def place_order(call_id: str, case_id: int, *, clock: Clock, subject: str, amount: int, payer: str, payer_name: str,
                message: str, payee_name: str, payee_code: str, phone: str = "", deadline: str = "",
                sponsor: str = "", ask_gateway: bool = True) -> PaymentOrder:
    """Makes the order and asks the gateway for it; once per call. `amount` in fen, `payer` a reference.

    Raises RequestInvalid, and GatewayDown after the row is kept: the next try goes on with the same number.
    """
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise RequestInvalid(why=_("缴费金额应为大于零的整数（分），而不是 %(amount)s", amount=repr(amount)))
    with transaction():
        order = session().scalar(sa.select(PaymentOrder).where(PaymentOrder.call_id == call_id)) or _add(PaymentOrder(
            order_no=order_number(call_id), notice_no=notice_number(call_id), call_id=call_id, case_id=case_id,
            case_number=session().get(Case, case_id).number, message=message, subject=subject[:200], amount=amount,
            currency="CNY", payee_name=payee_name, payee_code=payee_code, payer=payer, payer_name=payer_name, phone=phone,
            deadline=deadline, sponsor=sponsor, created_at=clock(), asked_at=clock(),
        ))
    return place_at_gateway(PaymentOrder, order.order_no, clock) if ask_gateway else order


def ask_about(order_no: str, *, clock: Clock) -> PaymentOrder:
    """Asks the gateway now what it knows of the order, and takes what it says (D-05). Raises NotFound, GatewayDown."""
    from app.payments.settlement import settle_one  # the sweep stands on these verbs

    order = locked_number(order_no)
    if order.state == "new":
        return place_at_gateway(PaymentOrder, order_no, clock)
    if order.state in ("open", "closed"):
        settle_one(order_no, clock)
    return locked_number(order_no)


def locked_number(order_no: str) -> PaymentOrder:
    """The order as the store has it now. Raises NotFound."""
    query = sa.select(PaymentOrder).where(PaymentOrder.order_no == order_no)
    order = session().scalar(query.execution_options(populate_existing=True))
    if order is None:
        raise NotFound()
    return order


def declare_counter(order_no: str, slip: str, *, clock: Clock) -> PaymentOrder:
    """The payer says they paid at the counter: 待确认 until bank or office has seen it; an empty slip takes it back. Raises NotFound."""
    with transaction():
        order = locked_order(order_no)
        if order is None:
            raise NotFound()
        order.slip, order.confirming_at = slip[:60], clock() if slip else None
        return order


def confirm_counter(order_no: str, *, amount: int, paid_on: str, clock: Clock) -> PaymentOrder:
    """The office has seen the money of a payment at the counter; its case goes on by itself. Once per order.

    Raises NotFound, RequestInvalid when the sum is another.
    """
    with transaction():
        order = locked_order(order_no)
        if order is None:
            raise NotFound()
        if amount != order.amount:
            raise RequestInvalid(why=_("到账金额与缴费单不一致"))
        if order.state in UNPAID or order.state == "closed":
            paid_at = datetime.combine(date.fromisoformat(paid_on), time(), SHANGHAI).isoformat()
            order.state = "open"  # the office takes it even when it was closed meanwhile
            apply_payment(order, gateway.Payment(f"OF{order.order_no}", "paid", amount, order.currency, "柜台", paid_at), clock, source="office")
        elif order.state == "paid":
            order.told_at = order.told_at or clock()  # paid online before: that payment is the one its case goes on with
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
            if fits(order, payment, clock):
                apply_payment(order, payment, clock)
        return order


def ten_fields(order: PaymentOrder) -> dict:
    """What the payer is shown (S1-181): payee and its code, notice number, times, sums in fen, payer, phone, state."""
    return {
        "payee_name": order.payee_name, "payee_code": order.payee_code, "notice_no": order.notice_no,
        "created_at": _shanghai(order.created_at), "paid_at": _shanghai(order.paid_at), "paid_amount": order.paid_amount,
        "payer": order.payer_name, "phone": order.phone, "amount": order.amount, "state": state_word(order),
    }


def can_view_order(order: PaymentOrder, actor) -> bool:
    """Whether this actor may see this order."""
    if order.payer == actor.ref:  # they are asked to pay
        return True
    if actor.organisation and order.payer == actor.organisation["ref"]:  # their organisation is
        return True
    if actor.organisation and order.sponsor == actor.organisation["ref"] and can_pay_for_people(actor):
        return True
    if actor.has_role("cashier"):  # finance sees every order
        return True
    from app.operations.access import can_view_case

    return can_view_case(session().get(Case, order.case_id), actor)  # it belongs to a case they may read


def can_pay_for_people(actor) -> bool:
    """Whether this actor may pay the orders of their organisation's people."""
    return actor.organisation is not None and "payments" in people.menus_of(actor)


def order_for(order_no: str, actor) -> PaymentOrder:
    """The order, or NotFound when there is none or the actor may not see it."""
    order = session().scalar(sa.select(PaymentOrder).where(PaymentOrder.order_no == order_no))
    if order is None or not can_view_order(order, actor):
        raise NotFound()
    return order


def open_incidents() -> list[PaymentIncident]:
    """Incidents that alarmed and nobody has handled."""
    query = sa.select(PaymentIncident).where(PaymentIncident.alarmed, PaymentIncident.handled_at.is_(None))
    return list(session().scalars(query.order_by(PaymentIncident.last_at.desc())))


def handle_incident(incident_id: int, remark: str, *, actor, clock: Clock) -> PaymentIncident:
    """Notes what was done about an incident. Raises NotFound, RequestInvalid without a remark."""
    if not remark.strip():
        raise RequestInvalid(why=_("请填写处理情况。"))
    with transaction():
        incident = session().get(PaymentIncident, incident_id, with_for_update=True)
        if incident is None or incident.handled_at:
            raise NotFound()
        incident.handled_at, incident.handled_by_name, incident.remark = clock(), actor.name, remark.strip()[:300]
        return incident


def incidents(*, limit: int = 100) -> list[PaymentIncident]:
    """All incidents: those that nobody handled first, then latest first."""
    query = sa.select(PaymentIncident).order_by(PaymentIncident.handled_at.is_not(None), PaymentIncident.last_at.desc())
    return list(session().scalars(query.limit(limit)))


def _add(order: PaymentOrder) -> PaymentOrder:
    session().add(order)
    session().flush()
    return order


def _shanghai(moment) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds") if moment else ""
