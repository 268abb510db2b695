"""The desk's lists: what waits for somebody at each step with its deadlines, filtered, sorted, page by page. Reads only."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from app import people
from app.identifiers import compact
from app.operations.blinding import reads_some_blind
from app.operations.contexts import instant
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.unitcases import row_of
from app.operations.reading.views import Page
from app.store import session
from app.store.models import Case, CaseGroup, CaseParty, Task

PAGE = 50
MOST = 1000  # tasks that are chosen at once, rows of a workbook
SOON = timedelta(days=3)  # before a deadline in which it counts as near
CHOICES = 200  # groups or organisations to choose from


@dataclass(frozen=True)
class WorkFilter:
    """What a list of the desk is narrowed to; each word of it stands in the address. "" = all."""

    step: str = ""
    q: str = ""
    due: str = ""  # late|soon|none
    hold: str = ""  # held|pool
    seen: str = ""  # new|seen
    group: str = ""  # key of a CaseGroup
    unit: str = ""  # reference of an organisation that the case names
    order: str = ""  # due|newest; else longest waiting first

    def words(self) -> dict[str, str]:
        """The filter as words of an address."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.words())


@dataclass(frozen=True)
class StepSum:
    """How much waits at one step for somebody: all of it, what they hold, what is late, what is due soon."""

    element: str
    name: str
    count: int
    held: int
    late: int
    soon: int
    oldest: datetime


def sums_by_step(actor, clock) -> list[StepSum]:
    """Each step at which something waits for the actor or lies in their pools, longest waiting first."""
    late, soon = _late(clock), _soon(clock)
    query = sa.select(
        Task.element, sa.func.max(Task.name), sa.func.count(), _number(Task.assignee == actor.id), _number(late), _number(soon),
        sa.func.min(Task.created_at)).where(Task.state == "open", _theirs(actor)).group_by(Task.element)
    return sorted((StepSum(*row) for row in session().execute(query)), key=lambda one: (one.oldest, one.element))


def work_list(actor, asked: WorkFilter, clock, *, cursor: str = "", size: int = PAGE) -> Page:
    """The tasks that the filter leaves, in its order."""
    key, kinds = _order(asked)
    query = _narrowed(sa.select(Task, Case), actor, asked, clock)
    after = read_cursor(cursor, *kinds)
    newest = asked.order == "newest"
    if after:
        after = (sa.literal(after[0], key.type), after[1])
        query = query.where((sa.tuple_(key, Task.id) < sa.tuple_(*after)) if newest else (sa.tuple_(key, Task.id) > sa.tuple_(*after)))
    order = (key.desc(), Task.id.desc()) if newest else (key, Task.id)
    rows = session().execute(query.add_columns(key.label("key")).order_by(*order).limit(size + 1)).all()
    page, following = cut_page(rows, size, lambda row: (row.key, row.Task.id))
    return Page(tuple(row_of(row.Task, row.Case, actor) for row in page), following)


def count_list(actor, asked: WorkFilter, clock) -> int:
    """How many tasks the filter leaves."""
    return session().scalar(_narrowed(sa.select(sa.func.count()), actor, asked, clock))


def chosen_by(actor, asked: WorkFilter, clock) -> list[str]:
    """The ids of all tasks that the filter leaves, at most MOST + 1, in its order; those that four eyes keeps from the actor left out."""
    page = work_list(actor, asked, clock, size=MOST)
    return [row.id for row in page.rows if row.excluded is None]


def following_task(actor, asked: WorkFilter, clock, *, after: str = "") -> str:
    """The id of the first task of a list that the actor may do, other than `after`; "" when there is none left."""
    rows = work_list(actor, asked, clock, size=PAGE).rows
    ids = [row.id for row in rows if row.excluded is None]
    place = ids.index(after) + 1 if after in ids else 0
    return next((one for one in (*ids[place:], *ids[:place]) if one != after), "")


def groups_in(actor, asked: WorkFilter, clock) -> list[CaseGroup]:
    """The groups that cases of this list belong to, by heading and name."""
    keys = _narrowed(sa.select(Case.procedure, Case.grouping).distinct(), actor, replace(asked, group=""), clock).where(Case.grouping != "")
    found = keys.subquery()
    query = sa.select(CaseGroup).join(found, sa.and_(found.c.procedure == CaseGroup.procedure, found.c.grouping == CaseGroup.key))
    return list(session().scalars(query.order_by(CaseGroup.heading.desc(), CaseGroup.name).limit(CHOICES)))


def units_in(actor, asked: WorkFilter, clock) -> list[tuple[str, str]]:
    """(reference, name) of the organisations that cases of this list name, without the actor's own, by name; none for who reads blind."""
    if reads_some_blind(actor):
        return []
    cases = _narrowed(sa.select(Case.id), actor, replace(asked, unit=""), clock)
    refs = session().scalars(sa.select(CaseParty.ref).where(CaseParty.case_id.in_(cases), CaseParty.ref.like("org:%")).distinct().limit(CHOICES))
    own = actor.organisation["ref"] if actor.organisation else ""
    found = [(ref, (people.party_of(ref) or {}).get("name", "")) for ref in refs if ref != own]
    return sorted((one for one in found if one[1]), key=lambda one: one[1])


def _narrowed(query, actor, asked: WorkFilter, clock):
    query = query.select_from(Task).join(Case, Case.id == Task.case_id).where(Task.state == "open", _theirs(actor))
    for condition in _conditions(actor, asked, clock):
        query = query.where(condition)
    return query


def _conditions(actor, asked: WorkFilter, clock):
    if asked.step:
        yield Task.element == asked.step
    if asked.q:
        yield _fits(asked.q, actor)
    if asked.group:
        yield Case.grouping == asked.group
    if asked.unit and not reads_some_blind(actor):
        yield Case.id.in_(sa.select(CaseParty.case_id).where(CaseParty.ref == asked.unit))
    told = {"late": _late(clock), "soon": _soon(clock), "none": Task.due == "", "held": Task.assignee == actor.id,
            "pool": Task.assignee == "", "new": Task.opened_at.is_(None), "seen": Task.opened_at.is_not(None)}
    yield from (told[word] for word in (asked.due, asked.hold, asked.seen) if word in told)


def _fits(q: str, actor):
    """What is sought by number, name or document; of whoever reads blind by number alone: finding would tell the name."""
    number = Case.number.contains(q, autoescape=True)
    if reads_some_blind(actor):
        return number
    return sa.or_(number, Case.starter_name.contains(q, autoescape=True), Case.starter_id.in_(people.holders_of_document(compact(q))))


def _theirs(actor):
    return sa.or_(Task.assignee == actor.id, sa.and_(Task.pool.in_(actor.pools), Task.assignee == ""))


def _order(asked: WorkFilter):
    if asked.order == "due":
        return sa.case((Task.due == "", "9999"), else_=Task.due), (str, str)
    return Task.created_at, (datetime, str)


def _late(clock):
    """A date alone is over when its day is; an instant when it is past. Both are Shanghai's, as texts."""
    now = instant(clock())
    return sa.and_(Task.due != "", sa.or_(sa.and_(sa.func.length(Task.due) == 10, Task.due < now[:10]), sa.and_(sa.func.length(Task.due) > 10, Task.due < now)))


def _soon(clock):
    return sa.and_(Task.due != "", Task.due <= instant(clock() + SOON), sa.not_(_late(clock)))


def _number(condition):
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
