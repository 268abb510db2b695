"""A request repeated with the same key gets the same answer and has one effect; the key is kept with the effect."""
from __future__ import annotations

from contextvars import ContextVar
from typing import Callable

from sqlalchemy.exc import IntegrityError

from app.errors import KeyReused
from app.store import session, transaction
from app.store.models import IdempotencyKey


_secret: ContextVar[bool] = ContextVar("secret", default=False)


def once(actor, key: str, fingerprint: str, clock, command: Callable[[], dict]) -> dict:
    """The answer of `command()`, run at most once per actor and key.

    `fingerprint` is a digest of the request; the same key with another one raises KeyReused. Without a key the
    command simply runs.
    """
    if not key:
        return command()
    with transaction():
        row = IdempotencyKey(person_id=actor.id, key=key, fingerprint="", answer={}, at=clock())
        if not _is_first(row):
            return _answer_before(actor, key, fingerprint)
        token = _secret.set(False)
        try:
            row.answer = command()
            row.fingerprint = "" if _secret.get() else fingerprint
        finally:
            _secret.reset(token)
        return row.answer


def keep_no_fingerprint() -> None:
    """Said by a command whose content is secret: who knows its few possible contents could find it by their digests."""
    _secret.set(True)


def _is_first(row: IdempotencyKey) -> bool:
    """Whether the row could be written. Of two equal requests at once the second waits here for the first's commit."""
    if session().get(IdempotencyKey, (row.person_id, row.key), with_for_update=True):
        return False
    try:
        with session().begin_nested():
            session().add(row)
        return True
    except IntegrityError:
        return False


def _answer_before(actor, key: str, fingerprint: str) -> dict:
    seen = session().get(IdempotencyKey, (actor.id, key), populate_existing=True)
    if seen.fingerprint and seen.fingerprint != fingerprint:
        raise KeyReused(key=key)
    return seen.answer
