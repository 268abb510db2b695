"""Money that has to go back: demanded, recorded by one person, confirmed by another (D-08, D-13, D-88). Refunds happen outside."""
from __future__ import annotations

from datetime import date

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _, lazy_gettext as _l

from app.clock import Clock
from app.errors import FourEyes, NotFound, RequestInvalid
from app.payments.applying import SHANGHAI, locked_order
from app.payments.models import PaymentReceipt
from app.store import session, transaction

log = structlog.get_logger(__name__)
STATES = {"refund_due": _l("待退款"), "refund_noted": _l("待复核"), "refunded": _l("已退款")}


def refunds(*, state: str = "", limit: int = 500) -> list[PaymentReceipt]:
    """Receipts that have to go back or went back: those that wait first, oldest on top."""
    states = (state,) if state in STATES else ("refund_due", "refund_noted")
    query = sa.select(PaymentReceipt).where(PaymentReceipt.state.in_(states))
    newest_first = states == ("refunded",)
    return list(session().scalars(query.order_by(PaymentReceipt.paid_at.desc() if newest_first else PaymentReceipt.paid_at).limit(limit)))


def demand_refund(order_no: str, reason: str, *, actor, clock: Clock) -> PaymentReceipt:
    """Finance says that a payment which was applied has to go back all the same, with a reason (D-88).

    Raises NotFound when the order is not paid, RequestInvalid without a reason.
    """
    if not reason.strip():
        raise RequestInvalid(why=_("请填写退款原因。"))
    with transaction():
        order = locked_order(order_no)
        receipt = session().get(PaymentReceipt, order.gateway_no, with_for_update=True) if order and order.state == "paid" else None
        if receipt is None or receipt.state != "applied":
            raise NotFound()
        receipt.state, receipt.reason, order.state = "refund_due", reason.strip()[:100], "refund_due"
        return receipt


def note_refund(gateway_no: str, *, on: str, way: str, reference: str, actor, clock: Clock) -> PaymentReceipt:
    """Records when and how the money went back; somebody else confirms it. Raises NotFound, RequestInvalid."""
    with transaction():
        receipt = session().get(PaymentReceipt, gateway_no, with_for_update=True)
        if receipt is None or receipt.state != "refund_due":
            raise NotFound()
        if not _is_day(on, clock) or not way.strip() or not reference.strip():
            raise RequestInvalid(why=_("请填写退款日期（不晚于今天）、退款方式和凭证号。"))
        receipt.refund_on, receipt.refund_way, receipt.refund_reference = on, way.strip()[:40], reference.strip()[:60]
        receipt.noted_by, receipt.noted_by_name, receipt.noted_at, receipt.state = actor.id, actor.name, clock(), "refund_noted"
        return receipt


def reopen_refund(gateway_no: str, *, clock: Clock) -> PaymentReceipt:
    """What was recorded is wrong: it is to be recorded anew, what stands there is kept to be mended. Raises NotFound."""
    with transaction():
        receipt = session().get(PaymentReceipt, gateway_no, with_for_update=True)
        if receipt is None or receipt.state != "refund_noted":
            raise NotFound()
        receipt.state = "refund_due"
        log.info("refund reopened", receipt=gateway_no, noted_by=receipt.noted_by, at=clock().isoformat())
        return receipt


def confirm_refund(gateway_no: str, *, actor, clock: Clock) -> PaymentReceipt:
    """A second person confirms what the first recorded. Raises NotFound, FourEyes."""
    with transaction():
        receipt = session().get(PaymentReceipt, gateway_no, with_for_update=True)
        if receipt is None or receipt.state != "refund_noted":
            raise NotFound()
        if receipt.noted_by == actor.id:
            raise FourEyes(earlier=_("登记退款"))
        receipt.state, receipt.refunded_at, receipt.refunded_by, receipt.refunded_by_name = "refunded", clock(), actor.id, actor.name
        order = locked_order(receipt.order_no)
        if order is not None and order.gateway_no == gateway_no:
            order.state = "refunded"
        return receipt


def receipts_of(order_no: str) -> list[PaymentReceipt]:
    """All that was paid and given back for an order, oldest first."""
    query = sa.select(PaymentReceipt).where(PaymentReceipt.order_no == order_no)
    return list(session().scalars(query.order_by(PaymentReceipt.paid_at)))


def _is_day(text: str, clock: Clock) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text <= clock().astimezone(SHANGHAI).date().isoformat()
    except ValueError:
        return False
