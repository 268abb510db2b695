"""A whole year at a glance: the groups of cases that somebody looks after, with how many cases stand where.

Reads only; every number comes from one grouped query over an indexed column and says which list is behind it. Which
groups there are is said by the diagrams (`group_by`); who sees them by `group_owner` and `overseen_by`.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.operations import releases
from app.operations.access import READS_ALL
from app.operations.contexts import SHANGHAI, instant
from app.registers import RegisterEntry
from app.store import session
from app.store.models import Case, CaseGroup, Process, Task

SOON = 3  # days before a deadline in which it counts as near


@dataclass
class Sum:
    """How many cases of one process of a group: running, ended by tone, tasks late and nearly late."""

    running: int = 0
    good: int = 0
    bad: int = 0
    neutral: int = 0
    late: int = 0
    soon: int = 0

    @property
    def total(self) -> int:
        return self.running + self.good + self.bad + self.neutral


@dataclass(frozen=True)
class CutOff:
    """A date of the register entry of a group, with the days that are left; negative when it is over."""

    field: object
    day: str
    left: int


@dataclass
class GroupLine:
    """A group in the overview: its process with most cases first."""

    group: CaseGroup
    sums: dict[str, Sum] = field(default_factory=dict)  # process id -> sum
    cutoffs: list[CutOff] = field(default_factory=list)

    @property
    def next_cutoff(self) -> CutOff | None:
        return next((one for one in self.cutoffs if one.left >= 0), None)


def groups_of(actor) -> list[CaseGroup]:
    """The groups that this actor looks after, or watches over; newest heading first, then by name."""
    rows = session().scalars(sa.select(CaseGroup).order_by(CaseGroup.heading.desc(), CaseGroup.name, CaseGroup.key))
    watched, desks = _watched(actor), _desks(actor)
    return [row for row in rows if row.procedure in watched or (row.owner and (row.procedure, row.owner) in desks)]


def watches_groups(actor) -> bool:
    """Whether there could be any group for this actor: what the link to the overview asks."""
    return bool(_watched(actor) or _desks(actor))


def group_of(actor, procedure: str, key: str) -> CaseGroup | None:
    """The group, when this actor may see it."""
    return next((row for row in groups_of(actor) if (row.procedure, row.key) == (procedure, key)), None)


def owns(actor, group: CaseGroup) -> bool:
    """Whether the group belongs to a desk of the actor's: they read names in full."""
    return bool(group.owner) and (group.procedure, group.owner) in _desks(actor)


def _watched(actor) -> set[str]:
    """Procedures of which the actor sees every group."""
    held = {role for role, _organisation in actor.roles}
    if held & READS_ALL:
        return set(session().scalars(sa.select(Process.procedure).distinct()))
    rows = session().scalars(sa.select(Process))
    return {row.procedure for row in rows if held & set(_overseers(releases.parsed(row)))}


def _overseers(process) -> list[str]:
    return [role.strip() for role in process.grouping.get("overseen_by", "").split(",") if role.strip()]


def _desks(actor) -> set[tuple[str, str]]:
    """(procedure, organisation) of the desks that the actor works at, in procedures whose cases are grouped by owner."""
    found = set()
    for row in session().scalars(sa.select(Process)):
        if releases.parsed(row).grouping.get("owner"):
            roles = releases.procedure_of(row.release).roles
            found |= {(row.procedure, f"org:{where}") for role, where in actor.roles if where and role in roles and roles[role].desk}
    return found


def overview(groups: Iterable[CaseGroup], clock) -> list[GroupLine]:
    """The groups with their sums and cut-offs."""
    lines = {(group.procedure, group.key): GroupLine(group) for group in groups}
    keys = [key for _procedure, key in lines]
    for procedure, key, process, stage_tone, number in _counted(keys):
        if line := lines.get((procedure, key)):
            found = line.sums.setdefault(process, Sum())
            setattr(found, stage_tone or "running", getattr(found, stage_tone or "running") + number)
    for procedure, key, process, kind, number in _due(keys, clock()):
        if line := lines.get((procedure, key)):
            found = line.sums.setdefault(process, Sum())
            setattr(found, kind, getattr(found, kind) + number)
    for line in lines.values():
        line.sums = dict(sorted(line.sums.items(), key=lambda pair: -pair[1].total))
        line.cutoffs = cutoffs_of(line.group, clock)
    return list(lines.values())


def _counted(keys: list[str]):
    columns = (Case.procedure, Case.grouping, Case.process_id, Case.tone)
    return session().execute(sa.select(*columns, sa.func.count()).where(Case.grouping.in_(keys)).group_by(*columns)).all() if keys else ()


def _due(keys: list[str], now: datetime):
    """(procedure, key, process, late|soon, tasks). A due date without a time is late when its day is over."""
    if not keys:
        return []
    kind = sa.case((late(now), "late"), else_="soon").label("kind")
    columns = (Case.procedure, Case.grouping, Case.process_id, kind)
    return session().execute(
        sa.select(*columns, sa.func.count()).select_from(Task).join(Case, Case.id == Task.case_id)
        .where(_OPEN_DUE, due_before(now), Case.grouping.in_(keys)).group_by(*columns)).all()


_OPEN_DUE = sa.text("task.state = 'open' AND task.due <> ''")  # as the partial index ix_task_due has it: no parameter


def late(now: datetime):
    """The condition that an open task is late."""
    moment = instant(now)
    return sa.or_(sa.and_(sa.func.length(Task.due) == 10, Task.due < moment[:10]), sa.and_(sa.func.length(Task.due) > 10, Task.due < moment))


def due_before(now: datetime):
    """The condition that an open task is late or nearly so."""
    return Task.due < instant(now + timedelta(days=SOON))


def cutoffs_of(group: CaseGroup, clock) -> list[CutOff]:
    """The dates of the register entry that the group is named after, in order; none when there is no such entry."""
    entry = session().scalar(sa.select(RegisterEntry).where(RegisterEntry.procedure == group.procedure, RegisterEntry.key == group.key))
    if entry is None:
        return []
    procedure = releases.procedure_of(_release(group.procedure))
    register = procedure.registers.get(entry.register)
    fields = {column.key: column for column in procedure.forms[register.form].fields()} if register else {}
    today = clock().astimezone(SHANGHAI).date()
    days = [(fields[name], str(entry.data[name])[:10]) for name in (register.cutoffs if register else ()) if entry.data.get(name)]
    return sorted((CutOff(column, day, (date.fromisoformat(day) - today).days) for column, day in days), key=lambda one: one.day)


def _release(procedure: str) -> str:
    return session().scalar(sa.select(Process.release).where(Process.procedure == procedure).order_by(Process.retired).limit(1))


def process_names(procedures: Iterable[str]) -> dict[str, str]:
    """process id -> its name, of these procedures."""
    rows = session().execute(sa.select(Process.id, Process.name).where(Process.procedure.in_(list(procedures))))
    return dict(rows.all())
