"""One group of cases step by step: how many stand at each stage, who has them, how long; and the lists behind the numbers."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.operations import releases
from app.operations.access import can_view_case
from app.operations.reading.glance import due_before, late
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.offices import role_names
from app.people.restrictions import unrestricted
from app.store import session
from app.store.models import Case, CaseGroup, Process, Task

ROWS = 50
EXPORTED = 20_000


@dataclass
class StageLine:
    """A stage of a process with its cases. `tone` is "" while they run, else how they ended."""

    process: str
    stage: str
    tone: str
    cases: int
    waiting_for: dict[str, int]  # role in words -> tasks
    oldest: datetime | None = None
    late: int = 0
    soon: int = 0


@dataclass(frozen=True)
class Behind:
    """Which cases a list is of: process, stage, how they ended; `due` is late or soon."""

    process: str = ""
    stage: str = ""
    tone: str = ""
    due: str = ""


def stages_of(group: CaseGroup, clock, language: str) -> dict[str, list[StageLine]]:
    """process id -> its stages in the order of the diagram, then how its cases ended."""
    columns = (Case.process_id, Case.stage, Case.tone)
    rows = session().execute(sa.select(*columns, sa.func.count()).where(_in(group)).group_by(*columns)).all()
    lines = {(process, stage, tone): StageLine(process, stage, tone, number, {}) for process, stage, tone, number in rows}
    _add_tasks(lines, group, clock(), language)
    found: dict[str, list[StageLine]] = {}
    for line in sorted(lines.values(), key=_order(lines)):
        found.setdefault(line.process, []).append(line)
    return found


def _add_tasks(lines: dict, group: CaseGroup, now: datetime, language: str) -> None:
    """Who has the running cases, and what is late."""
    names, late_now = role_names(language), late(now)
    soon = sa.and_(Task.due != "", due_before(now), sa.not_(late_now))
    columns = (Case.process_id, Case.stage, Task.element, Task.name)
    counts = (sa.func.count(), sa.func.min(Task.created_at), sa.func.sum(sa.case((sa.and_(Task.due != "", late_now), 1), else_=0)),
              sa.func.sum(sa.case((soon, 1), else_=0)))
    query = sa.select(*columns, *counts).select_from(Case).join(Task, Task.case_id == Case.id).where(_in(group), Case.tone == "", Task.state == "open")
    for process, stage, element, name, number, oldest, is_late, is_soon in session().execute(query.group_by(*columns)):
        line = lines.get((process, stage, ""))
        if line is not None:
            role = names.get(_role(process, element), name)
            line.waiting_for[role] = line.waiting_for.get(role, 0) + number
            line.oldest = min(filter(None, (line.oldest, oldest)))
            line.late, line.soon = line.late + int(is_late or 0), line.soon + int(is_soon or 0)


def _role(process: str, element: str) -> str:
    """The role of an element in the release that new cases get; one that is gone has none."""
    row = session().get(Process, process)
    found = releases.parsed(row).elements.get(element) if row else None
    return found.role if found else ""


def _order(lines: dict):
    """Processes with most cases first; running stages as the diagram names them, then the ends, most frequent first."""
    totals: dict[str, int] = {}
    for line in lines.values():
        totals[line.process] = totals.get(line.process, 0) + line.cases
    places = {process: {stage: n for n, stage in enumerate(releases.parsed(row).stages)} for process in totals if (row := session().get(Process, process))}

    def key(line: StageLine):
        place = places.get(line.process, {}).get(line.stage.split("、")[0], 99)
        return (-totals[line.process], line.process, bool(line.tone), 0 if line.tone else place, -line.cases, line.stage)

    return key


def _in(group: CaseGroup):
    return sa.and_(Case.grouping == group.key, Case.procedure == group.procedure)


def cases_behind(group: CaseGroup, behind: Behind, clock, *, cursor: str = "", size: int = ROWS):
    """(cases newest first, cursor of the next page or "") of one number."""
    query = _behind(group, behind, clock()).order_by(Case.id.desc())
    if place := read_cursor(cursor, int):
        query = query.where(Case.id < place[0])
    return cut_page(list(session().scalars(query.limit(size + 1))), size, lambda case: (case.id,))


def readable(cases, actor) -> set[int]:
    """Which of the cases of a page this actor may open."""
    return {case.id for case in cases if can_view_case(case, actor)}


def _behind(group: CaseGroup, behind: Behind, now: datetime):
    query = sa.select(Case).where(_in(group), unrestricted(Case.starter_id, Case.ended_at))
    if behind.process:
        query = query.where(Case.process_id == behind.process)
    if behind.stage:
        query = query.where(Case.stage == behind.stage)
    if behind.tone:
        query = query.where(Case.tone == ("" if behind.tone == "running" else behind.tone))
    if behind.due in ("late", "soon"):
        asked = late(now) if behind.due == "late" else sa.and_(due_before(now), sa.not_(late(now)))
        query = query.where(sa.exists().where(Task.case_id == Case.id, Task.state == "open", Task.due != "", asked))
    return query
