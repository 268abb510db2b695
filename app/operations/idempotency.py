"""A request repeated with the same key gets the same answer and has one effect; the key is kept with the effect."""
from __future__ import annotations

from typing import Callable

from app.errors import KeyReused
from app.store import session, transaction
from app.store.models import IdempotencyKey


def once(actor, key: str, fingerprint: str, clock, command: Callable[[], dict]) -> dict:
    """The answer of `command()`, run at most once per actor and key.

    `fingerprint` is a digest of the request; the same key with another one raises KeyReused. Without a key the
    command simply runs.
    """
    with transaction():
        if not key:
            return command()
        seen = session().get(IdempotencyKey, (actor.id, key), with_for_update=True)
        if seen:
            if seen.fingerprint != fingerprint:
                raise KeyReused(key=key)
            return seen.answer
        # Written before the command: of two equal requests at once the second waits on this row, then finds the answer.
        row = IdempotencyKey(person_id=actor.id, key=key, fingerprint=fingerprint, answer={}, at=clock())
        session().add(row)
        session().flush()
        row.answer = command()
        return row.answer
