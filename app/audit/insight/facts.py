"""What the events of one case say: where it was and when, which flows it walked, what led it back, which way it took.

Plain functions over plain rows: no database, no clock. The definitions stand in docs/audit/insight.md, in words.
"""
from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.audit.insight.shortest import PEOPLE, Shortest
from app.audit.insight.worktime import WorkTime
from app.operations.contexts import SHANGHAI

CONTAINERS = frozenset({"subProcess", "callActivity"})  # their time is that of the steps inside
PLACES = frozenset({PEOPLE, "receiveTask", "serviceTask", "intermediateCatchEvent"}) | CONTAINERS  # where time passes
OPEN, LEFT, CANCELLED = range(3)  # how a visit stands
NOT_DONE, ON, BACK, GOOD, BAD, OTHER = range(6)  # 0: nobody completed it; what completing it led to: further, back, to an end of that tone
_TONES = {"good": GOOD, "bad": BAD}


class Happened(NamedTuple):
    """An event, as far as it counts here."""

    seq: int
    at: datetime
    kind: str
    element: str
    outcome: str
    details: Mapping


class TaskRow(NamedTuple):
    """A task of the case: epoch seconds, `closed` 0 while it is open; `due` as the store has it."""

    element: str
    due: str
    created: int
    closed: int


@dataclass
class Visit:
    """One stay at one element: epoch seconds, `left` 0 while it lasts. `due` is the last second in time, 0 for none."""

    element: str
    release: str
    entered: int
    people: bool
    number: int  # 1 for the first visit of the case
    left: int = 0
    how: int = OPEN
    outcome: str = ""
    effect: int = NOT_DONE
    due: int = 0

    def close(self, at: int, how: int, release: str) -> None:
        self.left, self.how, self.release = at, how, release


class Return(NamedTuple):
    """An act that led the case back (`shortest`). `to` is the nearest step of people from where it led."""

    seq: int
    at: datetime
    release: str
    kind: str
    by: str
    to: str
    outcome: str


@dataclass
class Facts:
    """All of one case. `walks` are (flow, release, second); `steps` those of people in the order in which they were entered."""

    visits: list[Visit] = field(default_factory=list)
    walks: list[tuple[str, str, int]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    @property
    def again(self) -> int:
        """Second and later visits of steps of people."""
        return sum(visit.people and visit.number > 1 for visit in self.visits)

    def lost(self, time: WorkTime) -> tuple[int, int]:
        """(seconds, those on working days) during which a second or later visit of a step of people lasted."""
        spans = joined((v.entered, v.left) for v in self.visits if v.people and v.number > 1 and v.left)
        return sum(end - start for start, end in spans), sum(time.between(start, end) for start, end in spans)


def facts_of(events: Sequence[Happened], tasks: Sequence[TaskRow], *, release: str, shortest: Callable[[str], Shortest],
             ended_at: datetime | None, tone: str) -> Facts:
    """The facts of a case that is now in `release`; `shortest` gives the ways of its process in a release."""
    walk = _Walk(_first_release(events, release), shortest)
    last = max((event.seq for event in events if event.details.get("trail")), default=0) if ended_at else 0
    for event in events:
        walk.take(event, _TONES.get(tone, OTHER) if event.seq == last else ON)
    if ended_at:
        walk.stop(second(ended_at))
    for visit in walk.facts.visits:
        if visit.people:
            visit.due = _due(visit, tasks)
    return walk.facts


class _Walk:
    """Follows the events of a case."""

    def __init__(self, release: str, shortest: Callable[[str], Shortest]):
        self.facts, self._release, self._shortest = Facts(), release, shortest
        self._here: dict[str, deque[Visit]] = defaultdict(deque)
        self._times: dict[str, int] = defaultdict(int)
        self._moved: dict[int, tuple[list[Visit], list[Visit]]] = {}

    def take(self, event: Happened, effect: int) -> None:
        if event.kind == "move-undone":
            self._undo(event)
            return
        at, opened, closed = second(event.at), [], []
        for kind, name in event.details.get("trail", ()):
            self._release = event.details["to"] if event.kind == "move" and kind not in ("cancel", "leave") else self._release
            if kind == "flow":
                self.facts.walks.append((name, self._release, at))
            elif kind == "enter":
                opened += self._enter(name, at)
            else:
                closed += self._leave(name, at, LEFT if kind == "leave" else CANCELLED)
        if event.kind == "move":
            self._release, self._moved[event.seq] = event.details["to"], (opened, closed)
        self._note(event, opened, closed, effect)

    def _enter(self, name: str, at: int) -> list[Visit]:
        element = self._shortest(self._release).elements.get(name)
        if element is None or element.kind not in PLACES:
            return []
        self._times[name] += 1
        visit = Visit(name, self._release, at, element.kind == PEOPLE, self._times[name])
        self._here[name].append(visit)
        self.facts.visits.append(visit)
        return [visit]

    def _leave(self, name: str, at: int, how: int) -> list[Visit]:
        if not self._here[name]:
            return []
        visit = self._here[name].popleft()
        visit.close(at, how, self._release)
        return [visit]

    def _note(self, event: Happened, opened: list[Visit], closed: list[Visit], effect: int) -> None:
        self.facts.steps += sorted(visit.element for visit in opened if visit.people)
        shortest = self._shortest(self._release)
        back = next((v for v in opened if shortest.led_back(event.element, v.element)), None) if event.kind != "move" else None
        if back:
            to = shortest.next_of_people(back.element)
            self.facts.returns.append(Return(event.seq, event.at, self._release, event.kind, event.element, to, event.outcome))
        for visit in closed:
            if event.kind == "complete" and visit.element == event.element and visit.how == LEFT:
                visit.outcome, visit.effect = event.outcome, BACK if back else effect

    def _undo(self, event: Happened) -> None:
        """What the move opened ends, what it closed goes on."""
        opened, closed = self._moved.get(event.details.get("of"), ([], []))
        for visit in opened:
            if visit.how == OPEN:
                self._leave(visit.element, second(event.at), CANCELLED)
        self._release = event.details["to"]
        for visit in closed:
            visit.left, visit.how, visit.release = 0, OPEN, self._release
            self._here[visit.element].append(visit)

    def stop(self, at: int) -> None:
        """The case is over: nothing waits any more."""
        for visits in self._here.values():
            while visits:
                visits.popleft().close(at, CANCELLED, self._release)


def way_id(process_id: str, steps: Iterable[str], ended_element: str) -> str:
    """The same for cases of one process that took the same steps of people to the same end."""
    return hashlib.sha256("\n".join((process_id, *steps, f"={ended_element}")).encode()).hexdigest()[:32]


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans without what overlaps, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def second(at: datetime) -> int:
    """The epoch second of an instant, what is below it cut off."""
    return int(at.timestamp())


def due_second(due: str) -> int:
    """The last second in which a task with this due text is in time; a day without a time lasts until its midnight."""
    if len(due) == 10:
        day = date.fromisoformat(due) + timedelta(days=1)
        return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp()) - 1
    moment = datetime.fromisoformat(due)
    return second(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))


def _first_release(events: Sequence[Happened], release: str) -> str:
    """The release a case began in: that of its first move, or of an undone one."""
    return next((event.details["from"] for event in events if event.kind == "move"), release)


def _due(visit: Visit, tasks: Sequence[TaskRow]) -> int:
    """The earliest due of the tasks of a visit."""
    dues = [due_second(task.due) for task in tasks if task.due and task.element == visit.element and task.created >= visit.entered
            and (not visit.left or task.closed and task.closed <= visit.left)]
    return min(dues, default=0)
