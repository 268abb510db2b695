"""Erasing parts of an event or of answers so that the chain still verifies. For whoever is allowed to erase (retention).

Only this changes rows that are otherwise never changed. It takes no lock and writes no tombstone: its caller does both.
"""
from __future__ import annotations

from collections.abc import Iterable

from app.proof.chain import NAME, name_stored, said_by
from app.proof.digests import ERASED, hash_of, is_erased, redact
from app.store import session
from app.store.models import Answers, Event


def erase_from_event(event: Event, paths: Iterable[str]) -> None:
    """Erases leaves or branches of an event: `/actor_name`, `/details/…`; the row's salt goes with them.

    A row before migration 0021 has no salt: its details go as a whole, its name stays.
    """
    paths = set(paths)
    if not event.scheme:
        event.details, event.kept = _whole(event.details, any(path != NAME for path in paths)), {}
    else:
        said, event.kept = redact(said_by(event), event.salt, event.kept, paths, event.scheme)
        event.actor_name, event.details = name_stored(said["actor_name"]), said["details"]
    event.salt = ""
    session().flush()


def erase_from_answers(row: Answers, paths: Iterable[str]) -> None:
    """Erases leaves or branches of one revision, of one before migration 0021 all of it; its digest stays."""
    paths = set(paths)
    if not row.scheme:
        row.data, row.kept = _whole(row.data, bool(paths)), {}
    else:
        row.data, row.kept = redact(row.data, row.salt, row.kept, paths, row.scheme)
    row.salt = ""
    session().flush()


def _whole(value, erase: bool):
    return {ERASED: hash_of(value)} if erase and not is_erased(value) else value
