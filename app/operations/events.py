"""The event log: one event a command, chained by MAC; digests of answers. Appends only."""
from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timezone

import orjson
import sqlalchemy as sa

from app import keys
from app.store import session
from app.store.models import Case, Event

KEY_USE = "events"
_APPEND = sa.insert(Event.__table__)
_COLUMNS = [column.name for column in Event.__table__.columns if column.name != "id"]


def digest(value) -> str:
    """SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def append_event(
    case: Case, kind: str, *, actor, at: datetime, element="", task_id="", outcome="", details=None,
    answers_digest="", state_digest="",
) -> Event:
    """Appends the next event of the case and moves the case's head to it. The event is written at once, without its id."""
    key_id, key = keys.signing_key(KEY_USE)
    event = Event(
        case_id=case.id, seq=case.events + 1, at=at, kind=kind, element=element, task_id=task_id, actor_id=actor.id,
        actor_name=actor.name, on_behalf_of=actor.on_behalf_of or "", outcome=outcome, details=details or {},
        answers_digest=answers_digest, state_digest=state_digest, key_id=key_id,
    )
    event.mac = mac_of(event, case.number, case.head, key)
    session().execute(_APPEND, {name: getattr(event, name) for name in _COLUMNS})
    case.events, case.head = event.seq, event.mac
    return event


def mac_of(event: Event, number: str, previous: str, key: bytes) -> str:
    """HMAC-SHA256 of all that the event says, the number of its case and the MAC before it."""
    said = [
        previous, number, event.seq, event.at.astimezone(timezone.utc).isoformat(), event.kind, event.element, event.task_id, event.actor_id,
        event.actor_name, event.on_behalf_of, event.outcome, digest(event.details), event.answers_digest,
        event.state_digest, event.key_id,
    ]
    return hmac.new(key, orjson.dumps(said), hashlib.sha256).hexdigest()


def latest_state_digest(case: Case) -> str:
    """Digest of the state the case is in: that of its latest event."""
    return session().scalar(
        sa.select(Event.state_digest).where(Event.case_id == case.id).order_by(Event.seq.desc()).limit(1)
    ) or ""
