"""Lists of cases: a person's own (S1-136…S1-148), and the search of the top bar."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app.operations import releases
from app.operations.access import can_send, can_view_case, worked_with
from app.operations.blinding import shows_what_was_sought, veiled_row
from app.operations.contexts import SHANGHAI
from app.operations.messages import actions_of
from app.operations.reading.discretion import kept_from
from app.operations.reading.keysets import PAGE, cut_page, read_cursor
from app.operations.reading.views import CaseRow, Counts, Page
from app.store import session
from app.store.models import Case, CaseParty, Subscription, Task

TABS = ("all", "todo", "doing", "done", "batch", "draft")
_STATES = ("todo", "doing", "done", "draft")  # what Case.tab may hold


@dataclass(frozen=True)
class CaseFilter:
    """What a person wants to see of their own cases: words, the year a case began in, one process; and in which order."""

    q: str = ""
    year: str = ""
    process: str = ""
    order: str = "newest"  # newest|oldest|changed


def my_cases(actor, tab: str = "all", *, q: str = "", cursor: str = "", size: int = PAGE, asked: CaseFilter | None = None) -> Page:
    """The cases `actor` started, newest first, in one tab; `q` looks into number, title, summary and stage."""
    asked = asked or CaseFilter(q=q)
    keys = _ORDERS.get(asked.order, _ORDERS["newest"])
    after = read_cursor(cursor, *keys.kinds)
    parts = [_own(actor, state, tab == "batch", asked, keys.after(after), keys.columns, size) for state in (_STATES if tab in ("all", "batch") else (tab,))]
    ids = sa.union_all(*(sa.select(part.subquery().c.id) for part in parts)).subquery()
    statement = sa.select(Case).join(ids, Case.id == ids.c.id).order_by(*keys.columns).limit(size + 1)
    page, following = cut_page(session().scalars(statement).all(), size, keys.of)
    return Page(_rows(page, actor), following)


def count_tabs(actor, q: str = "", asked: CaseFilter | None = None) -> dict[str, int]:
    """How many of the actor's own cases each tab holds, each up to `Counts.MOST`."""
    asked, order = asked or CaseFilter(q=q), (Case.id.desc(),)
    counts = {state: _count(_own(actor, state, False, asked, None, order, Counts.MOST)) for state in _STATES}
    batch = sum(_count(_own(actor, state, True, asked, None, order, Counts.MOST)) for state in _STATES)
    return {"all": sum(counts.values()), "batch": batch, **counts}


def filters_for(actor) -> tuple[list[str], list[tuple[str, str]]]:
    """What one's own cases can be narrowed to: (years newest first, [(process, title)])."""
    own = sa.select(Case.process_id, Case.title, Case.started_at).where(Case.starter_id == actor.id).order_by(Case.id.desc()).limit(Counts.MOST)
    rows = session().execute(own).all()
    years = {str(started.astimezone(SHANGHAI).year) for _process, _title, started in rows}
    return sorted(years, reverse=True), sorted({process: title for process, title, _started in reversed(rows)}.items())


def search_cases(actor, q: str, *, limit: int = 20) -> tuple[CaseRow, ...]:
    """Cases by number or by the starter's name, among those the actor started, is a party of, or has worked on."""
    q = q.strip()
    if not q:
        return ()
    refs = {actor.ref} | {pool.partition("@")[2] for pool in actor.pools if not pool.endswith("@")}
    sources = (
        sa.select(Case.id).where(Case.starter_id == actor.id, _matches(q)).limit(limit),
        sa.select(CaseParty.case_id).join(Case).where(CaseParty.ref.in_(refs), _matches(q)).limit(limit),
        sa.select(Task.case_id).join(Case).where(_in_hand(actor), _matches(q)).limit(limit),
    )
    ids = sa.union(*(sa.select(s.subquery()) for s in sources)).subquery()
    cases = session().scalars(sa.select(Case).where(Case.id.in_(sa.select(ids)), worked_with(actor)).order_by(Case.id.desc()).limit(limit))
    rows = _rows(tuple(case for case in cases if can_view_case(case, actor)), actor)
    return tuple(row for row in rows if shows_what_was_sought(row, q, actor))


def _in_hand(actor):
    return sa.or_(Task.assignee == actor.id, Task.pool.in_(actor.pools)) & (Task.state == "open")


def _own(actor, state: str, travelling: bool, asked: CaseFilter, after, order: tuple, size: int):
    """Ids of the actor's cases of one state: newest first it is a walk along ix_case_mine."""
    chosen = sa.select(Case.id).where(Case.starter_id == actor.id, Case.tab == state)
    if travelling:
        chosen = chosen.where(_travels())
    if asked.q.strip():
        chosen = chosen.where(_matches(asked.q.strip()))
    if asked.process:
        chosen = chosen.where(Case.process_id == asked.process)
    if asked.year.isdecimal() and 2000 <= int(asked.year) <= 9000:
        first, after_last = (datetime(int(asked.year) + more, 1, 1, tzinfo=SHANGHAI) for more in (0, 1))
        chosen = chosen.where(Case.started_at >= first, Case.started_at < after_last)
    if after is not None:
        chosen = chosen.where(after)
    return chosen.order_by(*order).limit(size + 1)


@dataclass(frozen=True)
class _Order:
    columns: tuple
    kinds: tuple
    of: Callable
    behind: Callable

    def after(self, keys: tuple | None):
        return None if keys is None else self.behind(*keys)


_ORDERS = {
    "newest": _Order((Case.id.desc(),), (int,), lambda c: (c.id,), lambda key: Case.id < key),
    "oldest": _Order((Case.id,), (int,), lambda c: (c.id,), lambda key: Case.id > key),
    "changed": _Order((Case.changed_at.desc(), Case.id.desc()), (datetime, int), lambda c: (c.changed_at, c.id),
                      lambda at, key: sa.or_(Case.changed_at < at, sa.and_(Case.changed_at == at, Case.id < key))),
}


def _travels():
    """Whether another case holds this one as a party: they travel together in a batch."""
    return sa.exists().where(CaseParty.ref == sa.literal("case:") + Case.number)


def _matches(q: str):
    like = f"%{q.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
    return sa.or_(*(column.like(like, escape="/") for column in (Case.number, Case.title, Case.summary, Case.stage, Case.starter_name)))


def _count(statement) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(statement.subquery()))


def _rows(cases, actor) -> tuple[CaseRow, ...]:
    open_tasks: dict[int, list[Task]] = {case.id: [] for case in cases}
    for task in session().scalars(sa.select(Task).where(Task.case_id.in_(open_tasks), Task.state == "open").order_by(Task.created_at)):
        open_tasks[task.case_id].append(task)
    return tuple(_row(case, open_tasks[case.id], actor) for case in cases)


def with_actions(page: Page, actor, clock) -> Page:
    """The same page, each row with the actions its case offers the actor now.

    One query finds the few cases that offer something at all; only their conditions are evaluated.
    """
    offering: dict[int, bool] = {}
    waiting = sa.select(Subscription).where(Subscription.case_id.in_([r.id for r in page.rows]), Subscription.role != "")
    for subscription in session().scalars(waiting):
        offering[subscription.case_id] = offering.get(subscription.case_id, False) or can_send(subscription, actor)
    rows = (replace(r, actions=tuple(actions_of(session().get(Case, r.id), actor, clock))) if offering.get(r.id) else r
            for r in page.rows)
    return replace(page, rows=tuple(rows))


def _row(case: Case, tasks: list[Task], actor) -> CaseRow:
    row = CaseRow(
        id=case.id, number=case.number, title=case.title, summary=case.summary, starter_id=case.starter_id,
        starter_name=case.starter_name, tab=case.tab, stage=case.stage, handler=handler_for(case, tasks, actor), result=case.result,
        tone=case.tone, changed_at=case.changed_at, process_id=case.process_id, task=next(((t.id, t.name) for t in tasks if t.assignee == actor.id), None))
    return veiled_row(row, actor, case)


def handler_for(case: Case, open_tasks: list[Task], actor) -> str:
    """Who has the case now, as far as the reader may know: its starter reads the lane instead of a reviewer's name."""
    if case.starter_id != actor.id or all(task.assignee in ("", actor.id) for task in open_tasks):
        return case.handler
    elements, kept = releases.process_of(case).elements, kept_from(case, actor)
    return "、".join(dict.fromkeys(elements[task.element].lane or task.name for task in open_tasks if task.element not in kept))
