"""What a payment does to its order and its case, whoever told us of it. Only payments/ imports it.

An order moves forward only: new, open, closed, paid, refund_due, refunded. The first payment that the case still
wants is applied; every other one becomes a receipt that has to be refunded. What counts is when it was paid, not when
we hear of it (D-85): a payment in time settles even an order that was closed since, while its case goes on.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from app.clock import Clock
from app.payments.gateway import Payment
from app.payments.incidents import note_incident
from app.payments.models import PaymentOrder, PaymentReceipt
from app.store import session
from app.store.models import Case

SHANGHAI = ZoneInfo("Asia/Shanghai")
PATIENCE = timedelta(hours=1)  # a paid case may need a moment until it waits for the message; then the money goes back
log = structlog.get_logger(__name__)


def locked_order(order_no: str) -> PaymentOrder | None:
    """The order, locked until the commit."""
    query = sa.select(PaymentOrder).where(PaymentOrder.order_no == order_no)
    return session().scalar(query.with_for_update().execution_options(populate_existing=True))


def apply_payment(order: PaymentOrder, payment: Payment, clock: Clock, *, payment_no: str = "", source: str = "gateway") -> str:
    """Records what gateway or bank says and returns the verdict: applied|refund_due|refunded|noted. Again: noted.

    `payment_no` names the whole of which this payment is a part (joint orders); `source` is gateway|bank|office.
    """
    whole = (payment_no or payment.gateway_no, source)
    if payment.status == "refunded":
        return _apply_refund(order, payment, whole, clock)
    if payment.status != "paid":
        return "noted"  # pending or failed: says nothing that lasts (D-04)
    if session().get(PaymentReceipt, payment.gateway_no):
        return "noted"
    if order.state == "paid":
        return _due_back(order, payment, whole, "重复支付")  # two attempts for one fee both succeeded (D-13)
    late = order.state == "closed" and not paid_in_time(order, payment.paid_at)
    if late or order.state in ("refund_due", "refunded") or is_over(order):
        return _due_back(order, payment, whole, "事项已结束或缴费单已关闭")  # D-08
    _add_receipt(payment, order, "applied", whole)
    order.state, order.paid_at, order.paid_amount = "paid", datetime.fromisoformat(payment.paid_at), payment.amount
    order.gateway_no, order.channel, order.asked_at = payment.gateway_no, payment.channel, clock()
    if source != "office":  # there the case goes on by itself: the office's task has said so
        tell_case(order, clock)
    else:
        order.told_at = clock()
    return "applied"


def fits(order, payment: Payment, clock: Clock) -> bool:
    """Whether sum and currency are those of the order, or joint order (D-03); others are an incident for a person."""
    if (payment.amount, payment.currency) == (order.amount, order.currency):
        return True
    note_incident("altered", clock, detail=f"{order.order_no}: 支付平台的金额与缴费单不符", at_once=True)
    return False


def paid_in_time(order, paid_at: str) -> bool:
    """Whether an instant lies before the order's deadline; an order without one knows no being in time."""
    deadline = deadline_of(order)
    return deadline is not None and datetime.fromisoformat(paid_at) <= deadline


def deadline_of(order) -> datetime | None:
    """The last instant at which the order may be paid: of a date without a time, the end of that day in Shanghai."""
    if not order.deadline:
        return None
    said = datetime.fromisoformat(order.deadline)
    if len(order.deadline) == len("2026-03-02"):
        said += timedelta(days=1, seconds=-1)
    return said if said.tzinfo else said.replace(tzinfo=SHANGHAI)


def tell_case(order: PaymentOrder, clock: Clock) -> bool:
    """Gives the case its message in this transaction. False when it does not wait for it or stumbles: the sweep retries."""
    from app.operations.messages import deliver_message  # operations import the noun packages

    payload = {"order_no": order.order_no, "amount": order.paid_amount, "paid_at": order.paid_at.isoformat(),
               "channel": order.channel, "gateway_no": order.gateway_no, "notice_no": order.notice_no}
    try:
        # A savepoint: whatever is wrong with the case, the money that came stays on record (D-09). No key: a refusal
        # must not be remembered, and `told_at` already keeps a second delivery away.
        with session().begin_nested():
            told = deliver_message(order.case_number, order.message, payload, clock=clock)
    except Exception as error:
        log.error("paid case did not move", order=order.order_no, case=order.case_number, error=repr(error))
        return False
    if told:
        order.told_at = clock()
    elif is_over(order) or clock() - order.asked_at > PATIENCE:
        _nobody_wants(order)
    return told


def _nobody_wants(order: PaymentOrder) -> None:
    order.state = "refund_due"
    receipt = session().get(PaymentReceipt, order.gateway_no)
    receipt.state, receipt.reason = "refund_due", "事项不再等待缴费"


def _due_back(order: PaymentOrder, payment: Payment, whole: tuple[str, str], reason: str) -> str:
    _add_receipt(payment, order, "refund_due", whole, reason)
    if order.state != "paid":
        order.state = "refund_due"
        order.paid_at, order.paid_amount = datetime.fromisoformat(payment.paid_at), payment.amount
        order.gateway_no, order.channel = payment.gateway_no, payment.channel
    log.warning("refund due", order=order.order_no, reason=reason)
    return "refund_due"


def _apply_refund(order: PaymentOrder, payment: Payment, whole: tuple[str, str], clock: Clock) -> str:
    receipt = session().get(PaymentReceipt, payment.gateway_no)
    if receipt is None:  # the refund overtook the payment it belongs to (D-04)
        receipt = _add_receipt(payment, order, "refunded", whole, "支付平台退款")
    receipt.state, receipt.refunded_at = "refunded", receipt.refunded_at or clock()
    if order.gateway_no == payment.gateway_no:
        order.state = "refunded"
    return "refunded"


def _add_receipt(payment: Payment, order: PaymentOrder, state: str, whole: tuple[str, str], reason: str = "") -> PaymentReceipt:
    receipt = PaymentReceipt(
        gateway_no=payment.gateway_no, order_no=order.order_no, amount=payment.amount, channel=payment.channel,
        state=state, reason=reason, payment_no=whole[0], source=whole[1], paid_at=datetime.fromisoformat(payment.paid_at),
    )
    session().add(receipt)
    session().flush()
    return receipt


def is_over(order: PaymentOrder) -> bool:
    """Whether the order's case has ended."""
    return session().get(Case, order.case_id).ended_at is not None
