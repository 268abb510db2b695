"""Which running cases are brought to another release: found by release, step, stage, group or their numbers. Reads only.

An analyst learns of a case its number and where it stands, not whose it is.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.store import session
from app.store.models import Case, CaseGroup, Process, Release, Task

SHOWN = 200  # cases listed to be ticked; with "all of them" there may be more
_NUMBER = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True)
class Wanted:
    """What the cases have in common. Empty means any."""

    process: str
    to: str
    release: str = ""
    step: str = ""
    stage: str = ""
    group: str = ""
    numbers: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Wanted":
        """As the fields of a page say it; numbers as they were pasted, with anything between them."""
        text = {name: (given.get(name) or "").strip() for name in ("process", "to", "release", "step", "stage", "group")}
        return cls(**text, numbers=tuple(dict.fromkeys(_NUMBER.findall(given.get("numbers") or "")))[:5000])


@dataclass(frozen=True)
class Choice:
    """One thing to filter by, with how many cases it would leave."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class Candidate:
    """A case that may be chosen: where it stands."""

    id: int
    number: str
    release: int  # the number of its release
    stage: str
    steps: str


def count(wanted: Wanted) -> int:
    """How many cases fit."""
    return session().scalar(sa.select(sa.func.count()).select_from(_query(wanted).subquery()))


def listed(wanted: Wanted) -> list[Candidate]:
    """The first of the cases that fit, oldest first."""
    rows = session().execute(_query(wanted).order_by(Case.id).limit(SHOWN)).all()
    steps = _steps([row.id for row in rows])
    return [Candidate(row.id, row.number, row.release, row.stage, "、".join(steps.get(row.id, ()))) for row in rows]


def chosen(wanted: Wanted, ids: Iterable[int] | None) -> list[tuple[int, str]]:
    """(id, number) of the cases that fit; of those that were ticked alone when they are named."""
    query = _query(wanted).order_by(Case.id)
    if ids is not None:
        query = query.where(Case.id.in_(list(ids)))
    return [(row.id, row.number) for row in session().execute(query)]


def unknown_numbers(wanted: Wanted) -> list[str]:
    """Pasted numbers of which no running case fits."""
    if not wanted.numbers:
        return []
    found = {row.number for row in session().execute(_query(wanted))}
    return [number for number in wanted.numbers if number not in found]


def choices(wanted: Wanted) -> dict[str, list[Choice]]:
    """What can be filtered by: release, step, stage, group, with counts over all cases that could be moved."""
    everything = _query(Wanted(wanted.process, wanted.to)).subquery()
    ids = sa.select(everything.c.id)
    return {
        "release": _counted(sa.select(Case.release, Release.number, sa.func.count()).join(Release, Release.digest == Case.release)
                            .where(Case.id.in_(ids)).group_by(Case.release, Release.number).order_by(Release.number.desc())),
        "step": _counted(sa.select(Task.element, sa.func.max(Task.name), sa.func.count(Task.case_id.distinct()))
                         .where(Task.case_id.in_(ids), Task.state == "open").group_by(Task.element).order_by(Task.element)),
        "stage": _counted(sa.select(Case.stage, Case.stage, sa.func.count()).where(Case.id.in_(ids), Case.stage != "").group_by(Case.stage).order_by(Case.stage)),
        "group": _counted(sa.select(Case.grouping, sa.func.max(CaseGroup.name), sa.func.count())
                          .join(CaseGroup, sa.and_(CaseGroup.key == Case.grouping, CaseGroup.procedure == Case.procedure))
                          .where(Case.id.in_(ids)).group_by(Case.grouping).order_by(Case.grouping)),
    }


def processes() -> list[Process]:
    """The processes of which cases run, by name."""
    running = sa.select(Case.process_id).where(Case.ended_at.is_(None))
    return list(session().scalars(sa.select(Process).where(Process.id.in_(running)).order_by(Process.name)))


def releases_for(wanted: Wanted) -> list[Release]:
    """Where the cases of the process may go: the releases of its procedure, newest first."""
    process = session().get(Process, wanted.process)
    if process is None:
        return []
    return list(session().scalars(sa.select(Release).where(Release.procedure == process.procedure).order_by(Release.number.desc())))


def with_defaults(wanted: Wanted) -> Wanted:
    """With the only process that could be meant, and its current release as where the cases go."""
    known = processes()
    process = session().get(Process, wanted.process) if wanted.process else known[0] if len(known) == 1 else None
    if process is None:
        return wanted
    return replace(wanted, process=process.id, to=wanted.to or process.release)


def left_behind() -> list[tuple[Process, int]]:
    """Processes with running cases that are not on the current release, and how many."""
    rows = session().execute(sa.select(Process, sa.func.count()).join(Case, sa.and_(Case.process_id == Process.id, Case.release != Process.release))
                             .where(Case.ended_at.is_(None)).group_by(Process.id).order_by(Process.name))
    return [(process, times) for process, times in rows]


def _counted(query) -> list[Choice]:
    return [Choice(key, str(name), times) for key, name, times in session().execute(query)]


def _query(wanted: Wanted):
    query = (sa.select(Case.id, Case.number, Release.number.label("release"), Case.stage).join(Release, Release.digest == Case.release)
             .where(Case.process_id == wanted.process, Case.ended_at.is_(None), Case.release != wanted.to))
    if wanted.release:
        query = query.where(Case.release == wanted.release)
    if wanted.stage:
        query = query.where(Case.stage == wanted.stage)
    if wanted.group:
        query = query.where(Case.grouping == wanted.group)
    if wanted.numbers:
        query = query.where(Case.number.in_(wanted.numbers))
    if wanted.step:
        query = query.where(sa.exists().where(Task.case_id == Case.id, Task.state == "open", Task.element == wanted.step))
    return query


def _steps(ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session().execute(sa.select(Task.case_id, Task.name).where(Task.case_id.in_(ids), Task.state == "open").distinct().order_by(Task.case_id, Task.name))
    for case_id, name in rows:
        found.setdefault(case_id, []).append(name)
    return found
