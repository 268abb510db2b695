"""A person's own data: asking for a copy or for deletion, and what the worker does about it (C-061 art. 45, 47; D-124)."""
from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask import current_app

from app.errors import NotFound
from app.operations import own_copies
from app.store import session, transaction
from app.store.models import DataRequest

KEPT = timedelta(hours=24)
TRIES = 3
log = structlog.get_logger()


def ask_copy(actor, clock) -> DataRequest:
    """Asks for a copy; the one that is on its way, when there is one."""
    with transaction() as store:
        waiting = store.scalar(_of(actor).where(DataRequest.kind == "copy", DataRequest.state == "waiting"))
        if waiting is not None:
            return waiting
        asked = DataRequest(id=secrets.token_hex(16), person_id=actor.id, kind="copy", state="waiting", asked_at=clock())
        store.add(asked)
        return asked


def ask_deletion(actor, reason: str, clock) -> None:
    """Records the wish for deletion; the archive duty stands against it, the page says so and what is restricted instead."""
    with transaction() as store:
        store.add(DataRequest(id=secrets.token_hex(16), person_id=actor.id, kind="deletion", state="recorded", reason=reason.strip()[:500], asked_at=clock()))


def requests_of(actor) -> list[DataRequest]:
    """What the person has asked for, newest first."""
    return list(session().scalars(_of(actor).order_by(DataRequest.asked_at.desc(), DataRequest.id).limit(20)))


def copy_of(request_id: str, actor, clock) -> Path:
    """The file of a copy that is ready. Raises NotFound for anybody else's, and after a day."""
    row = session().get(DataRequest, request_id)
    if row is None or row.person_id != actor.id or row.state != "ready" or clock() - row.done_at > KEPT or not _place(row.id).exists():
        raise NotFound()
    return _place(row.id)


def make_copies(clock) -> int:
    """Makes the copies that were asked for, and removes those older than a day; returns how many were made."""
    _remove_old(clock)
    waiting = session().scalars(sa.select(DataRequest.id).where(DataRequest.kind == "copy", DataRequest.state == "waiting").limit(5)).all()
    return sum(_make(request_id, clock) for request_id in waiting)


def _make(request_id: str, clock) -> bool:
    row = session().get(DataRequest, request_id)
    try:
        size = own_copies.write_copy(row.person_id, _place(row.id), clock)
    except Exception as error:  # whatever is wrong with one person's data, others get theirs
        session().rollback()
        log.error("copy-failed", request=request_id, error=repr(error))
        _close(request_id, clock, size=0)
        return False
    _close(request_id, clock, size=size)
    return True


def _close(request_id: str, clock, *, size: int) -> None:
    with transaction() as store:
        row = store.get(DataRequest, request_id)
        row.tries += 1
        if size or row.tries >= TRIES:
            row.state, row.size, row.done_at = "ready" if size else "failed", size, clock()


def _remove_old(clock) -> None:
    old = session().scalars(sa.select(DataRequest.id).where(DataRequest.state == "ready", DataRequest.done_at < clock() - KEPT)).all()
    for request_id in old:
        _place(request_id).unlink(missing_ok=True)
    if old:
        with transaction() as store:
            store.execute(sa.update(DataRequest).where(DataRequest.id.in_(old)).values(state="gone"))


def _of(actor):
    return sa.select(DataRequest).where(DataRequest.person_id == actor.id)


def _place(request_id: str) -> Path:
    return Path(current_app.config["VAR"]) / "copies" / f"{request_id}.zip"
