"""The account journal: one row for each thing that happened to an account. Only `app/people/` writes it."""
from __future__ import annotations

from datetime import datetime

from app.people.models import AccountEvent
from app.store import session


def note(person_id: str, kind: str, actor_id: str, now: datetime, **details) -> None:
    """Adds a row inside the transaction around it."""
    session().add(AccountEvent(at=now, person_id=person_id, kind=kind, actor_id=actor_id, details=details))
