"""Erasing parts of an event or of answers so that the chain still verifies. For whoever is allowed to erase (retention).

Only this changes rows that are otherwise never changed. It takes no lock and writes no tombstone: its caller does both.
"""
from __future__ import annotations

from collections.abc import Iterable

from app.proof.chain import NAME, name_stored, said_by
from app.proof.digests import hash_of, new_salt, redact
from app.store import session
from app.store.models import Answers, Event


def erase_from_event(event: Event, paths: Iterable[str]) -> None:
    """Erases leaves or branches of an event: `/actor_name`, `/details/…`; the row's salt goes with them.

    Of rows before migration 0021 only details can be erased: their name is part of a MAC that nobody can make anew.
    """
    paths = set(paths)
    if not event.scheme:
        kept = event.kept or {"": hash_of(event.details)}
        details = _emptied(event.details, (path.removeprefix("/details") for path in paths if path != NAME))
    else:
        said, kept = redact(said_by(event), event.salt, event.kept, paths, event.scheme)
        event.actor_name, details = name_stored(said["actor_name"]), said["details"]
    event.details, event.salt, event.kept = details, "", kept
    session().flush()


def erase_from_answers(row: Answers, paths: Iterable[str]) -> None:
    """Erases leaves or branches of one revision; its digest stays."""
    if row.scheme:
        row.data, row.kept = redact(row.data, row.salt, row.kept, paths, row.scheme)
    else:
        row.kept, row.data = row.kept or {"": row.digest}, _emptied(row.data, paths)
    row.salt = ""
    session().flush()


def _emptied(value: dict, paths: Iterable[str]) -> dict:
    """Old rows have no salt: what is erased leaves a digest under a salt that is thrown away at once."""
    return redact(value, new_salt(), None, paths)[0]
