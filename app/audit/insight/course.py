"""Cases over time: started and ended week by week, what was open at each week's end, how old the open ones are. Reads only."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.audit.insight.asking import Asked, Scope, conditions
from app.audit.insight.facts import second
from app.audit.insight.measures import Spread, spread
from app.audit.insight.worktime import DAY, measure
from app.operations.contexts import SHANGHAI
from app.store import session
from app.store.models import Case

WEEKS = 104  # most that are shown, the latest
AGES = (7, 14, 30, 60, 90, 180)  # days: upper bounds of the classes of age, the last one is open


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday; `open` is what was running at its end, or is now. `over`: nothing can be added any more."""

    monday: date
    started: int
    ended: int
    open: int
    over: bool


@dataclass(frozen=True)
class Age:
    """How many open cases are older than `over` and at most `upto` days; None: without an upper bound."""

    over: int
    upto: int | None
    cases: int


@dataclass(frozen=True)
class Course:
    """The weeks of the period, and the open cases by age now."""

    weeks: list[Week]
    ages: list[Age]
    open: Spread


def course_of(asked: Asked, scope: Scope, now: datetime) -> Course:
    """Throughput, backlog and age."""
    rows = session().execute(sa.select(Case.started_at, Case.ended_at).where(*conditions(asked, scope))).all()
    between = measure(asked.worked)
    ages = [between(second(started), max(second(started), second(now))) for started, ended in rows if ended is None]
    return Course(_weeks(rows, asked, now), _classes(ages), spread(ages))


def _weeks(rows: Iterable[tuple], asked: Asked, now: datetime) -> list[Week]:
    started = Counter(_monday(at) for at, _ in rows)
    ended = Counter(_monday(at) for _, at in rows if at is not None)
    last = _monday(min(now, asked.instants[1] - timedelta(seconds=1)))
    first = max(_monday(asked.instants[0]) if asked.since else min(started, default=last), last - timedelta(weeks=WEEKS - 1))
    running = sum(n for monday, n in started.items() if monday < first) - sum(n for monday, n in ended.items() if monday < first)
    weeks = []
    for n in range((last - first).days // 7 + 1):
        monday = first + timedelta(weeks=n)
        running += started[monday] - ended[monday]
        weeks.append(Week(monday, started[monday], ended[monday], running, monday + timedelta(weeks=1) <= now.astimezone(SHANGHAI).date()))
    return weeks


def _monday(at: datetime) -> date:
    day = at.astimezone(SHANGHAI).date()
    return day - timedelta(days=day.weekday())


def _classes(ages: list[int]) -> list[Age]:
    bounds = [0, *AGES]
    found = [Age(over, upto, sum(over * DAY < age <= upto * DAY or age == over == 0 for age in ages)) for over, upto in zip(bounds, AGES)]
    return [*found, Age(AGES[-1], None, sum(age > AGES[-1] * DAY for age in ages))]
