"""Settles what no notice settled: asks the gateway about open orders, tells cases that missed their message (D-05, D-09),
makes orders known that the gateway has not heard of (D-12), closes there what was paid elsewhere.

The worker calls it every minute; one order that fails does not stop the others.
"""
from __future__ import annotations

from datetime import timedelta
from functools import partial

import sqlalchemy as sa
import structlog

from app.clock import Clock
from app.payments import gateway, joint
from app.payments.applying import apply_payment, fits, locked_order, tell_case
from app.payments.bank import match_bank_lines
from app.payments.models import JointMember, JointOrder, PaymentOrder
from app.payments.placing import place_at_gateway
from app.store import session, transaction

ASK_EVERY = timedelta(minutes=4)  # so that a lost notice is made up for within ten minutes
YOUNG = timedelta(days=3)  # older orders are asked about less often
ASK_OLD_EVERY = timedelta(hours=1)
BATCH = 100
log = structlog.get_logger(__name__)


def settle_open_orders(clock: Clock) -> int:
    """Returns how many orders moved."""
    for verb, number in [*_unplaced(clock), *_to_close(clock)]:
        _safely(verb, number, clock)
    numbers = [(settle_one, number) for number in _unpaid(clock, PaymentOrder)] + [(settle_joint, number) for number in _unpaid(clock, JointOrder)]
    moved = sum(_safely(verb, number, clock) for verb, number in [*numbers, *((_tell, number) for number in _untold())])
    match_bank_lines(clock)
    return moved


def _unplaced(clock: Clock) -> list[tuple]:
    young = clock() - timedelta(days=30)
    return [(partial(place_at_gateway, model), number) for model in (PaymentOrder, JointOrder) for number in session().scalars(
        sa.select(model.order_no).where(model.state == "new", model.created_at > young).order_by(model.id).limit(BATCH))]


def _to_close(clock: Clock) -> list[tuple]:
    """What must not be paid at the gateway any more: settled elsewhere; joint orders closed or settled here, or with a settled member."""
    elsewhere = sa.or_(*(PaymentOrder.gateway_no.like(pattern) for pattern in ("BK%", "OF%", "%/%")))
    settled = sa.select(PaymentOrder.order_no).where(PaymentOrder.state == "paid", PaymentOrder.pay_url != "", elsewhere)
    over = sa.select(JointOrder.order_no).where(JointOrder.state.in_(("closed", "paid")), JointOrder.pay_url != "")
    stale = sa.select(JointMember.joint_no).join(JointOrder, JointOrder.order_no == JointMember.joint_no).join(
        PaymentOrder, PaymentOrder.order_no == JointMember.order_no).where(
        JointOrder.state.in_(joint.PAYABLE), PaymentOrder.state.not_in(joint.PAYABLE)).distinct()
    joints = [number for query in (over, stale) for number in session().scalars(query.limit(BATCH))]
    return [(_close_elsewhere, number) for number in session().scalars(settled.limit(BATCH))] + [(_close_joint, number) for number in joints]


def _close_elsewhere(order_no: str, clock: Clock) -> None:
    known = gateway.close(order_no, clock)
    with transaction():
        order = locked_order(order_no)
        order.pay_url = ""
        for payment in known.payments:  # paid there as well, in the moment between: due back
            if fits(order, payment, clock):
                apply_payment(order, payment, clock)


def _close_joint(order_no: str, clock: Clock) -> None:
    joint.close_joint(order_no, clock=clock)


def _unpaid(clock: Clock, model) -> list[str]:
    now = clock()
    due = sa.or_(
        sa.and_(model.created_at > now - YOUNG, model.asked_at < now - ASK_EVERY),
        model.asked_at < now - ASK_OLD_EVERY,
    )
    query = sa.select(model.order_no).where(model.state == "open", due)
    return list(session().scalars(query.order_by(model.asked_at).limit(BATCH)))


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


def settle_joint(order_no: str, clock: Clock) -> bool:
    """Asks the gateway about one joint order and takes what it says. Raises GatewayDown."""
    with transaction():
        joint.locked_joint(order_no).asked_at = clock()
    known = gateway.ask(order_no, clock)
    with transaction():
        order = joint.locked_joint(order_no)
        return [joint.apply_joint(order, payment, clock) for payment in known.payments if fits(order, payment, clock)].count("applied") > 0


def settle_one(order_no: str, clock: Clock) -> bool:
    """Asks the gateway about one order and takes what it says; whether its state moved. Raises GatewayDown."""
    with transaction():
        locked_order(order_no).asked_at = clock()
    known = gateway.ask(order_no, clock)
    with transaction():
        order = locked_order(order_no)
        before = order.state
        for payment in known.payments:
            if fits(order, payment, clock):
                apply_payment(order, payment, clock)
        return order.state != before


def _tell(order_no: str, clock: Clock) -> bool:
    with transaction():
        order = locked_order(order_no)
        return order.state == "paid" and order.told_at is None and tell_case(order, clock)
