"""Where an application is, in words: who has it, since when, until when, how long that usually takes, what comes next. Reads only."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.operations import releases
from app.operations.reading.discretion import kept_from
from app.operations.reading.views import CaseView
from app.operations.telling import PREFIX
from app.store import session
from app.store.models import Outbox, StepDuration


@dataclass(frozen=True)
class Place:
    """A step that is open. `usual` is (median, within which nine of ten are done) in seconds; None while too few were finished."""

    name: str
    who: str
    mine: bool
    since: datetime
    due: str
    usual: tuple[int, int] | None


@dataclass(frozen=True)
class Whereabouts:
    """`following`: the stages that come after. `waits`: for another system, or for a message from elsewhere."""

    places: tuple[Place, ...]
    following: tuple[str, ...]
    waits: bool


def whereabouts(head: CaseView, actor) -> Whereabouts:
    """Of a case that is not over, as this actor may know it."""
    case, elements = head.case, releases.process_of(head.case).elements
    kept = kept_from(case, actor)
    usual = _usual(case.procedure, {task.element for task in head.open_tasks})
    mine = {task.id for task in head.mine}
    places: dict[str, Place] = {}
    for task in (task for task in head.open_tasks if task.element not in kept):
        lane = elements[task.element].lane if task.element in elements else ""
        who = head.handler if len(head.open_tasks) == 1 and head.handler else lane  # the department that has it, never a reviewer
        places.setdefault(task.element, Place(task.name, who, task.id in mine, task.created_at, task.due, usual.get(task.element)))
    waiting = sa.select(Outbox.id).where(Outbox.case_id == case.id, Outbox.state.in_(("new", "sent")), ~Outbox.id.startswith(PREFIX)).limit(1)
    coming = tuple(mark.label for mark in head.stages if mark.state == "coming")
    return Whereabouts(tuple(places.values()), coming if case.ended_at is None else (), not places and session().scalar(waiting) is not None)


def _usual(procedure: str, elements: set[str]) -> dict[str, tuple[int, int]]:
    rows = session().scalars(sa.select(StepDuration).where(StepDuration.procedure == procedure, StepDuration.element.in_(elements)))
    return {row.element: (row.median, row.most) for row in rows}
