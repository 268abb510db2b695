"""Loops: which cases were led back, by which steps, why, how often steps came again and what time that took. Reads only."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa

from app.audit.insight.asking import FLOOR, Asked, Scope, chosen_ids, conditions
from app.audit.insight.measures import Spread, share, spread
from app.audit.insight.models import InsightCase, InsightReturn
from app.audit.insight.steps import visits_by_case
from app.store import session
from app.store.models import Case, Event

READ = 2_000  # returns of one step whose reasons are read, the latest first


@dataclass(frozen=True)
class Rework:
    """The cases that ended in the period: how many, how many of them were led back, and the time that second visits took these."""

    ended: int
    returned: int
    returns: int
    lost: Spread

    @property
    def share(self) -> float | None:
        return share(self.returned, self.ended)


@dataclass(frozen=True)
class Way:
    """Acts of one step that led back to another: how many, in how many cases."""

    by: str
    to: str
    kind: str
    outcome: str
    returns: int
    cases: int


@dataclass(frozen=True)
class Repeat:
    """How often a step was entered in the period, in how many cases, most often in one, in how many more than once."""

    element: str
    visits: int
    cases: int
    most: int
    more_than_once: int

    @property
    def mean(self) -> float:
        return self.visits / self.cases


def rework_of(asked: Asked, scope: Scope) -> Rework:
    """The share of cases that were led back."""
    lost = InsightCase.lost_worked if asked.worked else InsightCase.lost
    first, end = asked.instants
    rows = session().execute(sa.select(InsightCase.returns, lost).join(Case, Case.id == InsightCase.case_id).where(
        *conditions(asked, scope), Case.ended_at >= first, Case.ended_at < end)).all()
    led_back = [(returns, seconds) for returns, seconds in rows if returns]
    return Rework(len(rows), len(led_back), sum(returns for returns, _ in led_back), spread(seconds for _, seconds in led_back))


def returns_by_step(asked: Asked, scope: Scope) -> list[Way]:
    """Which steps led back, where to; most first."""
    columns = (InsightReturn.by, InsightReturn.to, InsightReturn.kind, InsightReturn.outcome)
    count = sa.func.count()
    query = _returns(asked, scope, *columns, count, sa.func.count(InsightReturn.case_id.distinct()))
    return [Way(*row) for row in session().execute(query.group_by(*columns).order_by(count.desc(), *columns))]


def repeats(asked: Asked, scope: Scope, elements: Iterable[str]) -> list[Repeat]:
    """How often these steps came in the same case; those that came again most often first."""
    found = [Repeat(element, sum(cases.values()), len(cases), max(cases.values()), sum(times > 1 for times in cases.values()))
             for element, cases in visits_by_case(asked, chosen_ids(asked, scope), set(elements)).items()]
    return sorted(found, key=lambda each: (-each.more_than_once, -each.visits, each.element))


def reasons(asked: Asked, scope: Scope, step: str) -> tuple[list[tuple[str, int]], int]:
    """(reasons of the step's latest returns with how often each was given, how many returns were read).

    A reason is compared as it was written, blanks at its ends aside. "" is none; {"$erased"} counts as erased, under None.
    Where the scope is floored, reasons given fewer than FLOOR times stay covered: they may name somebody.
    """
    query = _returns(asked, scope, InsightReturn.case_id, InsightReturn.seq).where(InsightReturn.by == step)
    places = session().execute(query.order_by(InsightReturn.at.desc()).limit(READ)).all()
    counted = Counter(_reason(details) for details in _details(places))
    shown = [(reason, times) for reason, times in counted.most_common() if not scope.floored or times >= FLOOR or not reason]
    return shown, len(places)


def _returns(asked: Asked, scope: Scope, *columns):
    first, end = asked.instants
    query = sa.select(*columns).join(Case, Case.id == InsightReturn.case_id).where(
        *conditions(asked, scope, release=False), InsightReturn.process_id == asked.process, InsightReturn.at >= first, InsightReturn.at < end)
    return query.where(InsightReturn.release == asked.release) if asked.release else query


def _details(places: Iterable[tuple[int, int]]):
    rest = iter(places)
    while page := [tuple(place) for place in islice(rest, 400)]:
        yield from session().scalars(sa.select(Event.details).where(sa.tuple_(Event.case_id, Event.seq).in_(page)))


def _reason(details) -> str | None:
    said = details.get("reason", "") if "$erased" not in details else None
    return said.strip() if isinstance(said, str) else None
