"""Tasks that wait for a person: what they hold, and what lies in their pools.

Never one OR for "mine or my pools": a UNION ALL of keysets, each answered by a partial index from its end. SQLite picks
another index for these conditions by itself (26 ms instead of 0.16 at a million tasks), so the index is named there.
"""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.operations.blinding import veiled_row
from app.operations.reading.keysets import PAGE, cut_page, read_cursor
from app.operations.reading.views import Counts, Page, TaskRow, WorkList
from app.store import Json, UtcDateTime, session

_COLUMNS = "id, case_id, element, name, stage, due, created_at, opened_at, assignee, personal, excluded"
_TYPES = {
    "id": sa.String, "case_id": sa.Integer, "element": sa.String, "name": sa.String, "stage": sa.String,
    "due": sa.String, "created_at": UtcDateTime, "opened_at": UtcDateTime, "assignee": sa.String,
    "personal": sa.Boolean, "excluded": Json, "number": sa.String, "title": sa.String, "summary": sa.String,
    "starter_name": sa.String, "release": sa.String, "process_id": sa.String,
}
# The partial indexes are only used when these stand in the text: a bound parameter proves nothing to the planner.
_HELD = "assignee = :me AND state = 'open'"
_POOLED = "pool = :pool{n} AND state = 'open' AND assignee = ''"


def inbox(actor, *, cursor: str = "", size: int = PAGE, element: str = "", held: bool = True, pooled: bool = True) -> Page:
    """What waits for `actor`, newest first: TaskRows of tasks they hold and, with `pooled`, of their pools."""
    after = read_cursor(cursor, datetime, str)
    members, values = _members(actor, held, pooled, after, element)
    if not members:
        return Page(())
    rows = session().execute(_statement(members, values, size)).all()
    page, following = cut_page(rows, size, lambda r: (r.created_at, r.id))
    return Page(tuple(_row(r, actor) for r in page), following)


def count_waiting(actor) -> Counts:
    """Held and pooled tasks, each counted up to `Counts.MOST`."""
    held = _count("ix_task_mine", _HELD, {"me": actor.id})
    pools = sorted(actor.pools)
    pooled = sum(_count("ix_task_pool", _POOLED.format(n=0), {"pool0": pool}) for pool in pools)
    return Counts(held=held, pool=min(pooled, Counts.MOST))


def work_lists(actor) -> list[WorkList]:
    """The actor's pools by step, longest waiting first."""
    found = []
    for pool in sorted(actor.pools):
        text = (f"SELECT t.element, t.name, c.process_id, count(*), min(t.created_at) FROM task t{_index('ix_task_pool')} "
                "JOIN case_ c ON c.id = t.case_id WHERE t.pool = :pool AND t.state = 'open' AND t.assignee = '' "
                "GROUP BY t.element, t.name, c.process_id")
        typed = sa.text(text).columns(element=sa.String, name=sa.String, process_id=sa.String, n=sa.Integer, oldest=UtcDateTime)
        found += [WorkList(*row) for row in session().execute(typed, {"pool": pool})]
    return sorted(_merged(found), key=lambda w: w.oldest)


def _merged(lists: list[WorkList]) -> list[WorkList]:
    """One list per step: a person may meet the same step through several pools."""
    by_step: dict[tuple, WorkList] = {}
    for w in lists:
        key = (w.process_id, w.element)
        seen = by_step.get(key)
        by_step[key] = w if seen is None else WorkList(
            w.element, w.name, w.process_id, w.count + seen.count, min(w.oldest, seen.oldest))
    return list(by_step.values())


def _members(actor, held: bool, pooled: bool, after: tuple | None, element: str) -> tuple[list[str], dict]:
    values: dict = {"me": actor.id} if held else {}
    members = [_member("ix_task_mine", _HELD, after, element)] if held else []
    for n, pool in enumerate(sorted(actor.pools) if pooled else ()):
        members.append(_member("ix_task_pool", _POOLED.format(n=n), after, element))
        values[f"pool{n}"] = pool
    if after:
        values |= {"at": after[0], "last": after[1]}
    if element:
        values["element"] = element
    return members, values


def _member(index: str, condition: str, after: tuple | None, element: str) -> str:
    further = " AND (created_at, id) < (:at, :last)" if after else ""
    further += " AND element = :element" if element else ""
    return (f"SELECT * FROM (SELECT {_COLUMNS} FROM task{_index(index)} WHERE {condition}{further} "
            "ORDER BY created_at DESC, id DESC LIMIT :size) AS part")


def _statement(members: list[str], values: dict, size: int):
    text = (f"SELECT t.*, c.number, c.title, c.summary, c.starter_name, c.release, c.process_id FROM ({' UNION ALL '.join(members)} "
            "ORDER BY created_at DESC, id DESC LIMIT :size) AS t JOIN case_ c ON c.id = t.case_id "
            "ORDER BY t.created_at DESC, t.id DESC")
    bound = [sa.bindparam(k, v, type_=UtcDateTime() if k == "at" else None) for k, v in values.items()]
    return sa.text(text).bindparams(*bound, size=size + 1).columns(**_TYPES)


def _count(index: str, condition: str, values: dict) -> int:
    text = f"SELECT count(*) FROM (SELECT 1 FROM task{_index(index)} WHERE {condition} LIMIT :most) AS few"
    return session().execute(sa.text(text), values | {"most": Counts.MOST}).scalar_one()


def _index(name: str) -> str:
    return f" INDEXED BY {name}" if session().get_bind().dialect.name == "sqlite" else ""


def _row(row, actor) -> TaskRow:
    found = TaskRow(
        id=row.id, case_id=row.case_id, element=row.element, name=row.name, stage=row.stage, number=row.number,
        title=row.title, summary=row.summary, starter_name=row.starter_name, due=row.due, created_at=row.created_at,
        opened_at=row.opened_at, held=row.assignee == actor.id, personal=row.personal,
        excluded=next((tuple(pair) for pair in row.excluded or () if pair[0] == actor.id), None))
    return veiled_row(found, actor, row)
