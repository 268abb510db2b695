"""The rows of a case as they stood before a move, as plain data, and the way back to them. For `moving` alone."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.operations.following import clear_waiting
from app.store import session
from app.store.base import UtcDateTime
from app.store.models import Case, CaseMove, CaseParty, Outbox, Subscription, Task, Timer

HEAD = ("release", "summary", "tab", "stage", "handler", "result", "tone", "ended_element", "parties", "grouping", "changed_at")
_ONCE = {"opened_at"}  # what stays when a move is undone: that somebody looked


def image_of(case: Case) -> dict:
    """Head, open tasks, waits and requests of a case as plain data."""
    return {
        "head": {name: _plain(getattr(case, name)) for name in HEAD},
        "tasks": _rows(Task, Task.case_id == case.id, Task.state == "open"),
        "timers": _rows(Timer, Timer.case_id == case.id),
        "subscriptions": _rows(Subscription, Subscription.case_id == case.id),
        "requests": {row.id: row.element for row in session().execute(sa.select(Outbox.id, Outbox.element).where(Outbox.case_id == case.id))},
    }


def restore(case: Case, move: CaseMove, *, actor, clock) -> None:
    """Writes the rows of the image back; tasks that the move opened are closed."""
    image = move.rows
    for name, value in image["head"].items():
        setattr(case, name, _value(Case, name, value))
    _restore_tasks(case, {row["id"]: row for row in image["tasks"]}, actor, clock)
    clear_waiting(case)
    for model, rows in ((Timer, image["timers"]), (Subscription, image["subscriptions"])):
        if rows:
            session().execute(sa.insert(model.__table__), [{name: _value(model, name, value) for name, value in row.items()} for row in rows])
    for request, element in image["requests"].items():
        session().execute(sa.update(Outbox).where(Outbox.id == request).values(element=element))
    for name, party in case.parties.items():
        if party:
            session().merge(CaseParty(case_id=case.id, name=name, ref=party["ref"]))
    session().execute(sa.delete(CaseParty).where(
        CaseParty.case_id == case.id, CaseParty.name.not_in(list(case.parties)), ~CaseParty.name.startswith("case:")))


def _restore_tasks(case: Case, before: dict[str, dict], actor, clock) -> None:
    for task in session().scalars(sa.select(Task).where(Task.case_id == case.id, Task.state == "open")):
        if task.id not in before:
            task.state, task.closed_at, task.closed_by, task.closed_by_name = "cancelled", clock(), actor.id, actor.name
    for row in before.values():
        task = session().get(Task, row["id"])
        for name, value in row.items():
            if name not in _ONCE:
                setattr(task, name, _value(Task, name, value))


def _rows(model, *where) -> list[dict]:
    names = [column.name for column in model.__table__.columns]
    return [{name: _plain(getattr(row, name)) for name in names} for row in session().scalars(sa.select(model).where(*where))]


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def _value(model, name: str, value):
    """A plain value as its column wants it."""
    return datetime.fromisoformat(value) if value and isinstance(model.__table__.c[name].type, UtcDateTime) else value
