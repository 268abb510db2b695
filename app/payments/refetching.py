"""What was paid since a point in time, asked of the gateway anew: after a restore our own record of it is gone (G-17)."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.clock import Clock
from app.payments import gateway
from app.payments.incidents import note_incident
from app.payments.models import JointOrder, PaymentOrder, PaymentReceipt
from app.payments.reconciling import SHANGHAI, reconcile_day
from app.payments.settlement import settle_joint, settle_one
from app.store import session

ASKED = ("open", "closed")  # one that is paid, or that the gateway has not heard of, the sweep looks after


@dataclass(frozen=True)
class Refetched:
    """How many orders were asked about and moved; payments whose order we no longer know."""

    asked: int
    moved: int
    unknown: list[str]


def refetch_since(since: datetime, clock: Clock) -> Refetched:
    """Asks about every order that money may have come for since, and compares the days again.

    A payment of an order that was made after the point is an incident for a person. Raises GatewayDown.
    """
    days = _days(since, clock)
    paid = {payment.gateway_no for day in days for payment in gateway.statement(day, clock) if payment.status == "paid"}
    verbs = [(settle_one, number) for number in _numbers(PaymentOrder)] + [(settle_joint, number) for number in _numbers(JointOrder)]
    moved = sum(bool(verb(number, clock)) for verb, number in verbs)
    unknown = sorted(paid - _known(paid))
    for number in unknown:
        note_incident("lost", clock, detail=_("恢复后找不到缴费单：支付流水号 %(number)s", number=number), at_once=True)
    for day in days[:-1]:  # today is not over
        reconcile_day(day, clock=clock)
    return Refetched(len(verbs), moved, unknown)


def _days(since: datetime, clock: Clock) -> list[str]:
    first, last = since.astimezone(SHANGHAI).date(), clock().astimezone(SHANGHAI).date()
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _numbers(model) -> list[str]:
    return list(session().scalars(sa.select(model.order_no).where(model.state.in_(ASKED)).order_by(model.id)))


def _known(numbers: set[str]) -> set[str]:
    """Those of these payments that we have a receipt of; of a joint one its parts have them."""
    column = PaymentReceipt.payment_no
    receipts = session().execute(sa.select(PaymentReceipt.gateway_no, column).where(
        sa.or_(PaymentReceipt.gateway_no.in_(numbers), column.in_(numbers))))
    return {number for pair in receipts for number in pair}
