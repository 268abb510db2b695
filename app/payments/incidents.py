"""Incidents of payments: counted while they go on, an alarm when there are enough. Only payments/ imports it."""
from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog

from app.clock import Clock
from app.payments.models import PaymentIncident
from app.store import session, transaction

WINDOW = timedelta(hours=1)  # the same kind within it is one incident
ALARM_AFTER = 5  # forged notices (D-02)
log = structlog.get_logger(__name__)


def note_incident(kind: str, clock: Clock, *, detail: str, at_once: bool = False) -> PaymentIncident:
    """Counts one more of this kind; alarms at the fifth within an hour, or at once."""
    now = clock()
    recent = sa.select(PaymentIncident).where(
        PaymentIncident.kind == kind, PaymentIncident.handled_at.is_(None), PaymentIncident.last_at > now - WINDOW)
    with transaction():
        incident = session().scalar(recent.order_by(PaymentIncident.id.desc()).limit(1).with_for_update())
        if incident is None:
            incident = PaymentIncident(kind=kind, count=0, alarmed=False, first_at=now)
            session().add(incident)
        incident.count, incident.last_at, incident.detail = incident.count + 1, now, detail[:300]
        if not incident.alarmed and (at_once or incident.count >= ALARM_AFTER):
            incident.alarmed = True
            log.error("payment incident", kind=kind, count=incident.count, detail=incident.detail)
        session().flush()
        return incident
