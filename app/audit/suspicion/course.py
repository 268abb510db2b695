"""A case as the checks see it: its events, tasks and answers, and how it stood behind each event when it is run again. Reads only."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

import sqlalchemy as sa

from app import engine
from app.operations.contexts import SHANGHAI
from app.operations.past_releases import Past
from app.operations.replay import MOVING, replay_case
from app.people import SYSTEM
from app.store import session
from app.store.models import Answers, Case, Event, Task


@dataclass(frozen=True)
class Behind:
    """How the case stood behind an event that moved it. `same_way`: the way that was recorded is the one that is walked now."""

    process: engine.Process
    state: bytes
    variables: Mapping
    same_way: bool


class Course:
    """One case, gone through once. `now` decides what is overdue; `limits` are the thresholds."""

    def __init__(self, case: Case, limits: Mapping[str, int], now: datetime):
        self.case, self.limits, self.now, self.past = case, limits, now, Past(case)
        self.events = session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
        self.tasks = {task.id: task for task in session().scalars(sa.select(Task).where(Task.case_id == case.id))}
        self.behind: dict[int, Behind] = {}
        self.replayed = replay_case(case, self._note)

    def _note(self, event: Event, then) -> None:
        if event.kind in MOVING:
            walked = [list(step) for step in then.step.trail]
            self.behind[event.seq] = Behind(then.process, then.state, then.step.variables, walked == event.details.get("trail", walked))
        elif event.kind == "move-undone":
            self.behind[event.seq] = Behind(then.process, then.state, engine.variables_of(then.state), True)

    @cached_property
    def answers(self) -> list[Answers]:
        """Every revision of every form, without what it says."""
        columns = (Answers.form, Answers.revision, Answers.seq, Answers.task_id, Answers.actor_id)
        return session().execute(sa.select(*columns).where(Answers.case_id == self.case.id).order_by(Answers.id)).all()

    @cached_property
    def done(self) -> list[Event]:
        """The events by which people completed a task, in their order."""
        return [event for event in self.events if event.kind == "complete"]

    @cached_property
    def decisions(self) -> list[Event]:
        """Those of them at which there was something to decide, by others than the starter."""
        return [event for event in self.done if event.actor_id != self.case.starter_id and len(self.element(event).decisions) > 1]

    def element(self, event: Event) -> engine.Element:
        """The element of an event in the release of then; a nameless one where the diagram has none of that id."""
        return self.past.at(event.seq).elements.get(event.element) or engine.Element(event.element, "")

    def name(self, event: Event) -> str:
        return self.element(event).name or event.element

    def organisation(self, event_seq: int) -> str:
        """Whose desk did it: the organisation of the task's pool, "" for people on their own."""
        event = next((one for one in self.events if one.seq == event_seq), None)
        task = self.tasks.get(event.task_id) if event else None
        scope = task.pool.partition("@")[2] if task else ""
        return scope if scope.startswith("org:") else ""

    def opened_by(self, task: Task) -> Event | None:
        """The event behind which a task began."""
        return next((event for event in self.events if event.at >= task.created_at and event.kind in MOVING), None)

    def between(self, first: int, last: int) -> Iterator[Event]:
        """The events behind `first` and before `last`."""
        return (event for event in self.events if first < event.seq < last)

    def by_people(self, events) -> list[Event]:
        return [event for event in events if event.actor_id != SYSTEM.id]


def due_at(text: str) -> datetime | None:
    """The instant at which a due text is over: a date with its day. None for what says nothing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == 10:
        return datetime.combine(moment.date() + timedelta(days=1), time(), SHANGHAI)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
