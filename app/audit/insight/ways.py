"""The most frequent ways: cases that took the same steps of people, in the same order, to the same end. Reads only."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from app.audit.insight.asking import Asked, Scope, conditions
from app.audit.insight.facts import second
from app.audit.insight.measures import Spread, share, spread
from app.audit.insight.models import InsightCase, InsightWay
from app.audit.insight.worktime import measure
from app.store import session
from app.store.models import Case

MOST = 20  # ways shown
EXPORTED = 1000


@dataclass(frozen=True)
class Taken:
    """A way with the cases that ended in the period on it; `example` is the latest of them."""

    way: str
    steps: tuple[str, ...]
    end: str
    cases: int
    share: float
    took: Spread
    example: int

    @property
    def runs(self) -> list[tuple[str, int]]:
        """The steps with those that follow upon themselves drawn together: (element, times)."""
        found: list[tuple[str, int]] = []
        for step in self.steps:
            if found and found[-1][0] == step:
                found[-1] = step, found[-1][1] + 1
            else:
                found.append((step, 1))
        return found


@dataclass(frozen=True)
class Ways:
    """The ways, most frequent first, of so many; all cases that ended in the period."""

    taken: list[Taken]
    different: int
    cases: int

    @property
    def shown(self) -> float | None:
        """The share of the cases that went one of the ways listed."""
        return share(sum(each.cases for each in self.taken), self.cases)


def ways_of(asked: Asked, scope: Scope, most: int = MOST) -> Ways:
    """The ways of the cases that ended in the period."""
    first, end = asked.instants
    rows = session().execute(sa.select(InsightCase.way, Case.id, Case.started_at, Case.ended_at).join(Case, Case.id == InsightCase.case_id).where(
        *conditions(asked, scope), InsightCase.way != "", Case.ended_at >= first, Case.ended_at < end))
    between, lasted, example = measure(asked.worked), defaultdict(list), {}
    for way, case_id, started, ended in rows:
        lasted[way].append(between(second(started), second(ended)))
        example[way] = max(example.get(way, 0), case_id)
    cases = sum(map(len, lasted.values()))
    order = sorted(lasted, key=lambda way: (-len(lasted[way]), way))[:most]
    known = {row.id: row for row in _known(order)}
    taken = [Taken(way, tuple(known[way].steps), known[way].ended_element, len(lasted[way]), len(lasted[way]) / cases, spread(lasted[way]), example[way])
             for way in order if way in known]
    return Ways(taken, len(lasted), cases)


def _known(ways: list[str]):
    for start in range(0, len(ways), 400):
        yield from session().scalars(sa.select(InsightWay).where(InsightWay.id.in_(ways[start:start + 400])))
