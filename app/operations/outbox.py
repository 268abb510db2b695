"""The outbox: requests to connectors, sent after the command's commit, answered as commands of their own."""
from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog
from flask import current_app

from app import connectors, engine
from app.operations.commands import Entry, locked_case, move
from app.operations.telling import is_told
from app.people import SYSTEM
from app.store import crashpoint, session, transaction
from app.store.models import Case, Outbox

LEASE = timedelta(seconds=60)  # how long a worker may try before another one does
BATCH = 100  # requests sent in one go
CLAIM = 5  # claimed at a time: what waits behind a slow outside system must not outlive its lease
log = structlog.get_logger()


def drain_outbox(clock, limit: int = BATCH, dry: bool = False) -> int:
    """Sends what is due; returns how many requests were answered. One failure does not stop the others.

    `dry`: no outside system is called (scenarios).
    """
    answered = handled = 0
    while handled < limit and (claimed := _claim(clock, min(CLAIM, limit - handled))):
        answered += sum(_send_safely(request_id, clock, dry) for request_id in claimed)
        handled += len(claimed)
    return answered


def _claim(clock, limit: int) -> list[str]:
    now = clock()
    with transaction():
        rows = session().scalars(
            sa.select(Outbox).where(Outbox.state == "new", Outbox.next_at <= now).order_by(Outbox.next_at, Outbox.created_at, Outbox.id)
            .limit(limit).with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.next_at = now + LEASE
            row.tries += 1
        return [row.id for row in rows]


def _send_safely(request_id: str, clock, dry: bool) -> bool:
    try:
        return _send(request_id, clock, dry)
    except Exception as error:  # whatever a connector raises: the row keeps it and is tried again
        session().rollback()
        log.warning("connector-failed", request=request_id, error=repr(error))
        _postpone(request_id, clock, error)
        return False


def _send(request_id: str, clock, dry: bool) -> bool:
    row = session().get(Outbox, request_id)
    case = session().get(Case, row.case_id)
    call = connectors.Call(
        id=row.id, case_id=case.id, case_number=case.number, parameters=row.parameters, clock=clock, dry=dry,
    )
    result = connectors.handler_of(row.topic)(call)
    crashpoint("after-outbox-send")
    if is_told(request_id):
        _note_sent(request_id, "done")
        return True
    if result is None:
        _note_sent(request_id)
        return False
    return answer_request(request_id, result, clock=clock)


def answer_request(request_id: str, result: dict, *, clock) -> bool:
    """The answer of a connector moves the case on. False when the case no longer waits for it."""
    case_id = session().scalar(sa.select(Outbox.case_id).where(Outbox.id == request_id))
    with locked_case(case_id) as case:
        row = session().get(Outbox, request_id, populate_existing=True)
        if row.state == "done":
            return False
        row.state = "done"
        entry = Entry("answer", SYSTEM, clock(), element=row.element, details={"request": row.id, "topic": row.topic, "result": result})
        try:
            with session().begin_nested():
                move(case, entry, lambda p, state, facts: engine.answer(p, state, row.id, result, facts))
        except engine.NotWaiting:  # the step was interrupted meanwhile: the answer is kept with the request alone
            row.error = "not waited for"
            return False
        return True


def _note_sent(request_id: str, state: str = "sent") -> None:
    # An answer may have come before we got here: only a request that nobody answered now waits for one.
    with transaction():
        session().execute(sa.update(Outbox).where(Outbox.id == request_id, Outbox.state == "new").values(state=state))


def _postpone(request_id: str, clock, error: Exception) -> None:
    with transaction():
        row = session().get(Outbox, request_id, with_for_update=True, populate_existing=True)
        if row.state != "new":  # another worker, or the world itself, has answered it meanwhile
            return
        row.error = repr(error)[:500]
        row.next_at = clock() + timedelta(seconds=min(2 ** row.tries, 600))
        if row.tries >= int(current_app.config["OUTBOX_TRIES"]):
            row.state = "set_aside"
            log.error("request-set-aside", request=row.id, topic=row.topic, error=row.error)
