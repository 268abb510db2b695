"""The rows of event logs: each event of a case as plain facts, named by the release that was in force then. Reads only, piece by piece.

Both XES and OCEL are written from these, so that they say the same.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from app import engine
from app.days import SHANGHAI
from app.definitions import DefinitionError
from app.errors import NotFound
from app.operations import releases
from app.store import PackedJson, session
from app.store.models import Case, Event, Release, Task

# Our kinds of events in the standard lifecycle of XES; every other kind is over the moment it happens.
TRANSITIONS = {"take": "assign", "hand": "reassign", "give_back": "schedule", "open": "start"}
_TELLING = ("answer", "move", "move-undone")  # kinds whose details are needed here
_EVENTS = sa.select(
    Event.case_id, Event.seq, Event.at, Event.kind, Event.element, Event.task_id, Event.actor_id, Event.actor_name, Event.on_behalf_of, Event.outcome,
    sa.type_coerce(sa.case((Event.kind.in_(_TELLING), Event.details), else_=None), PackedJson).label("details"),
).order_by(Event.case_id, Event.seq)
_CASES = sa.select(
    Case.id, Case.number, Case.process_id, Case.procedure, Case.release, Case.title, Case.starter_id, Case.starter_name, Case.started_at, Case.ended_at,
    Case.changed_at, Case.stage, Case.result, Case.parties).order_by(Case.id)


class LogEvent(NamedTuple):
    """One event as logs tell it. `activity` is the step in words, `instance` the task, `role` in words, `organisation` an id."""

    seq: int
    at: datetime
    kind: str
    element: str
    activity: str
    transition: str
    instance: str
    actor: str
    actor_name: str
    deputy_of: str
    outcome: str
    role: str
    organisation: str
    release: str
    details: dict


@dataclass(frozen=True)
class LogCase:
    """A case with its events, and through which releases it came: [(from when, digest)]."""

    row: object
    events: list[LogEvent]
    releases: list[tuple[datetime, str]]


class _Step(NamedTuple):
    name: str
    role: str


class LogReader:
    """Reads cases for one export, and remembers the releases that it met."""

    def __init__(self):
        self._known: dict[tuple[str, str], dict[str, _Step]] = {}
        self._numbers: dict[str, int] = {}

    def cases(self, ids: list[int]) -> Iterator[LogCase]:
        """The cases with these ids and all their events, by id."""
        events = {case_id: list(rows) for case_id, rows in groupby(session().execute(_EVENTS.where(Event.case_id.in_(ids))), lambda row: row.case_id)}
        places = _organisations(ids)
        for case in session().execute(_CASES.where(Case.id.in_(ids))):
            yield self._case(case, events.get(case.id, []), places)

    def number_of(self, release: str) -> int:
        """The number of a release in its procedure; 0 when it is not known."""
        if release not in self._numbers:
            self._numbers[release] = session().scalar(sa.select(Release.number).where(Release.digest == release)) or 0
        return self._numbers[release]

    def _case(self, case, rows: list, places: dict[str, str]) -> LogCase:
        turns = [(row.seq, row.at, row.details["from"], row.details["to"]) for row in rows if row.kind in ("move", "move-undone") and row.details]
        first = turns[0][2] if turns else case.release
        events = [self._event(row, _release_at(row.seq, turns, case.release), case.process_id, places) for row in rows]
        return LogCase(case, events, [(case.started_at, first), *((at, after) for _seq, at, _before, after in turns)])

    def _event(self, row, release: str, process_id: str, places: dict[str, str]) -> LogEvent:
        step = self._steps(release, process_id).get(row.element)
        return LogEvent(
            row.seq, row.at, row.kind, row.element, step.name if step else row.element or row.kind, TRANSITIONS.get(row.kind, "complete"), row.task_id,
            row.actor_id, row.actor_name, row.on_behalf_of, row.outcome, step.role if step else "", places.get(row.task_id, ""), release, row.details or {})

    def _steps(self, release: str, process_id: str) -> dict[str, _Step]:
        """element id -> its name and role in words; nothing for a release that cannot be read any more."""
        key = (release, process_id)
        if key not in self._known:
            self._known[key] = _read_steps(release, process_id)
        return self._known[key]


def _read_steps(release: str, process_id: str) -> dict[str, _Step]:
    try:
        process, roles = releases.process_in(release, process_id), releases.procedure_of(release).roles
    except (NotFound, DefinitionError, engine.EngineError):
        return {}
    held = {key: element.properties.get("role") or element.role for key, element in process.elements.items()}
    return {key: _Step(element.name or key, roles[held[key]].name if held[key] in roles else held[key]) for key, element in process.elements.items()}


def _organisations(ids: list[int]) -> dict[str, str]:
    """task id -> the organisation in whose scope it was done."""
    rows = session().execute(sa.select(Task.id, Task.pool).where(Task.case_id.in_(ids), Task.pool.like("%@org:%")))
    return {task_id: pool.partition("@org:")[2] for task_id, pool in rows}


def _release_at(seq: int, turns: list, last: str) -> str:
    return next((before for turn, _at, before, _after in turns if seq <= turn), last)


def moment(at: datetime) -> str:
    """An instant with milliseconds and zone, as both standards want it."""
    return at.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
