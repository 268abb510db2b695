"""The event log: one event a command, chained by hash and MAC; digests of answers. Appends only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from app import keys
from app.proof.chain import hash_of_event, link_of, mac_of
from app.proof.digests import hash_of as digest
from app.proof.digests import new_salt
from app.store import session
from app.store.models import Case, Event

KEY_USE = "events"
_APPEND = sa.insert(Event.__table__)
_COLUMNS = [column.name for column in Event.__table__.columns if column.name != "id"]


def scheme_now() -> str:
    """The hash algorithm of rows that are written now (setting HASH)."""
    return current_app.config["HASH"]


def digest_of_answers(stored: list[list]) -> str:
    """What an event says of the answers it brought: [[form, revision, digest], …]; "" where it brought none."""
    return digest(stored, scheme_now()) if stored else ""


def append_event(
    case: Case, kind: str, *, actor, at: datetime, element="", task_id="", outcome="", details=None,
    answers_digest="", state_digest="",
) -> Event:
    """Appends the next event of the case and moves the case's head to it. The event is written at once, without its id."""
    key_id, key = keys.signing_key(KEY_USE)
    event = Event(
        case_id=case.id, seq=case.events + 1, at=at, kind=kind, element=element, task_id=task_id, actor_id=actor.id,
        actor_name=actor.name, on_behalf_of=actor.on_behalf_of or "", outcome=outcome, details=details or {},
        answers_digest=answers_digest, state_digest=state_digest, key_id=key_id, scheme=scheme_now(), salt=new_salt(),
    )
    event.hash = hash_of_event(event, case.number, case.head)
    event.mac = mac_of(event, case.number, case.head, key)
    session().execute(_APPEND, {name: getattr(event, name) for name in _COLUMNS})
    case.events, case.head = event.seq, link_of(event)
    return event


def latest_state_digest(case: Case) -> str:
    """Digest of the state the case is in: that of its latest event."""
    return session().scalar(
        sa.select(Event.state_digest).where(Event.case_id == case.id).order_by(Event.seq.desc()).limit(1)
    ) or ""
