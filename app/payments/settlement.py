"""Settles what no notice settled: asks the gateway about open orders, tells cases that missed their message (D-05, D-09).

The worker calls it every minute; one order that fails does not stop the others.
"""
from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog

from app.clock import Clock
from app.payments import gateway
from app.payments.applying import apply_payment, locked_order, tell_case
from app.payments.incidents import note_incident
from app.payments.models import PaymentOrder
from app.store import session, transaction

ASK_EVERY = timedelta(minutes=4)  # so that a lost notice is made up for within ten minutes
YOUNG = timedelta(days=3)  # older orders are asked about less often
ASK_OLD_EVERY = timedelta(hours=1)
BATCH = 100
log = structlog.get_logger(__name__)


def settle_open_orders(clock: Clock) -> int:
    """Returns how many orders moved."""
    numbers = [(_settle, number) for number in _unpaid(clock)] + [(_tell, number) for number in _untold()]
    return sum(_safely(verb, number, clock) for verb, number in numbers)


def _unpaid(clock: Clock) -> list[str]:
    now = clock()
    due = sa.or_(
        sa.and_(PaymentOrder.created_at > now - YOUNG, PaymentOrder.asked_at < now - ASK_EVERY),
        PaymentOrder.asked_at < now - ASK_OLD_EVERY,
    )
    query = sa.select(PaymentOrder.order_no).where(PaymentOrder.state == "open", due)
    return list(session().scalars(query.order_by(PaymentOrder.asked_at).limit(BATCH)))


def _untold() -> list[str]:
    query = sa.select(PaymentOrder.order_no).where(PaymentOrder.state == "paid", PaymentOrder.told_at.is_(None))
    return list(session().scalars(query.order_by(PaymentOrder.id).limit(BATCH)))


def _safely(verb, order_no: str, clock: Clock) -> bool:
    try:
        return verb(order_no, clock)
    except Exception as error:  # a gateway that is down, a case that is stuck: the next sweep tries again
        session().rollback()
        log.warning("order not settled", order=order_no, error=repr(error))
        return False


def _settle(order_no: str, clock: Clock) -> bool:
    with transaction():
        locked_order(order_no).asked_at = clock()
    known = gateway.ask(order_no, clock)
    with transaction():
        order = locked_order(order_no)
        before = order.state
        for payment in known.payments:
            if (payment.amount, payment.currency) == (order.amount, order.currency):
                apply_payment(order, payment, clock)
            else:
                note_incident("altered", clock, detail=f"{order_no}: 支付平台的金额与缴费单不符", at_once=True)
        return order.state != before


def _tell(order_no: str, clock: Clock) -> bool:
    with transaction():
        order = locked_order(order_no)
        return order.state == "paid" and order.told_at is None and tell_case(order, clock)
