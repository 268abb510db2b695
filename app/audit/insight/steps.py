"""Where cases wait now, how long steps took, how often ways were walked, in a period: every figure of the diagram. Reads only."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.audit.insight.asking import Asked
from app.audit.insight.columns import Packed
from app.audit.insight.facts import BACK, BAD, CANCELLED, OPEN
from app.audit.insight.measures import Spread, spread
from app.audit.insight.models import InsightChunk
from app.audit.insight.worktime import measure
from app.store import session


@dataclass
class Step:
    """The figures of one element. Of the period: `entered`, `took`, `interrupted`, `effects`, `kept`, `late`. Of now: `waiting`, `overdue`."""

    element: str
    entered: int = 0
    took: Spread = Spread(0, None, None, 0)
    interrupted: int = 0
    outcomes: Counter = field(default_factory=Counter)  # outcome -> completions
    effects: Counter = field(default_factory=Counter)  # what completions led to -> how many
    kept: int = 0
    late: int = 0
    waiting: Spread = Spread(0, None, None, 0)
    oldest: int = 0  # seconds
    overdue: int = 0

    @property
    def done(self) -> int:
        """Completions by people in the period."""
        return sum(self.effects.values())

    @property
    def back(self) -> int:
        return self.effects[BACK]

    @property
    def refused(self) -> int:
        return self.effects[BAD]


def step_figures(asked: Asked, ids: set[int] | None, now: int) -> dict[str, Step]:
    """element -> its figures, of the cases with these ids (None: all). `now` is an epoch second."""
    found = _Found()
    for packed in chunks(asked.process):
        _add_visits(found, packed, asked, ids, now)
    between, steps = measure(asked.worked), {}
    for element in found.elements():
        step = steps[element] = Step(element, found.entered[element], interrupted=found.interrupted[element], outcomes=found.outcomes[element],
                                     effects=found.effects[element], kept=found.kept[element], late=found.late[element], overdue=found.overdue[element])
        step.took = spread((between(start, end) for start, end in found.took[element]) if asked.worked else (end - start for start, end in found.took[element]))
        step.waiting = spread(between(start, max(start, now)) for start in found.since[element])
        step.oldest = max((between(start, max(start, now)) for start in found.since[element]), default=0)
    return steps


class _Found:
    """What is gathered while the chunks go by."""

    def __init__(self):
        self.entered, self.interrupted, self.kept, self.late, self.overdue = (Counter() for _ in range(5))
        self.outcomes, self.effects = defaultdict(Counter), defaultdict(Counter)
        self.took, self.since = defaultdict(list), defaultdict(list)

    def elements(self) -> list[str]:
        return sorted({*self.entered, *self.took, *self.since, *self.interrupted})


def _add_visits(found: _Found, packed: Packed, asked: Asked, ids: set[int] | None, now: int) -> None:
    """Adds the visits of a chunk. Counted by number of name first: this loop is what a page waits for."""
    names, release, first, end = packed.names, place_of(packed, asked.release), asked.first, asked.end
    came, took = [0] * len(names), [[] for _ in names]
    done: Counter = Counter()
    for case, element, where, entered, left, how, outcome, effect, due in zip(*packed.columns("visits")):
        if (ids is not None and case not in ids) or (release is not None and where != release):
            continue
        if first <= entered < end:
            came[element] += 1
        if how == OPEN:
            found.since[names[element]].append(entered)
            found.overdue[names[element]] += 0 < due < now
        elif first <= left < end:
            if how == CANCELLED:
                found.interrupted[names[element]] += 1
                continue
            took[element].append((entered, left))
            if effect:
                done[element, outcome, effect] += 1
            if due:
                (found.kept if left <= due else found.late)[names[element]] += 1
    _add_chunk(found, names, came, took, done)


def _add_chunk(found: _Found, names: list[str], came: list[int], took: list[list], done: Counter) -> None:
    for name, times, spans in zip(names, came, took):
        if times:
            found.entered[name] += times
        if spans:
            found.took[name] += spans
    for (element, outcome, effect), times in done.items():
        found.outcomes[names[element]][names[outcome]] += times
        found.effects[names[element]][effect] += times


def flow_figures(asked: Asked, ids: set[int] | None) -> Counter:
    """flow -> how often it was walked in the period."""
    found: Counter = Counter()
    first, end = asked.first, asked.end
    for packed in chunks(asked.process):
        release, here = place_of(packed, asked.release), Counter()
        for case, flow, where, at in zip(*packed.columns("walks")):
            if first <= at < end and (ids is None or case in ids) and (release is None or where == release):
                here[flow] += 1
        for flow, times in here.items():
            found[packed.names[flow]] += times
    return found


def visits_by_case(asked: Asked, ids: set[int] | None, elements: set[str]) -> dict[str, Counter]:
    """element -> case -> its visits entered in the period, of the elements that are named."""
    found: dict[str, Counter] = defaultdict(Counter)
    first, end = asked.first, asked.end
    for packed in chunks(asked.process):
        release = place_of(packed, asked.release)
        wanted = {place for place, name in enumerate(packed.names) if name in elements}
        case, element, where, entered = packed.columns("visits")[:4]
        for of, name, at_release, at in zip(case, element, where, entered):
            if name in wanted and first <= at < end and (ids is None or of in ids) and (release is None or at_release == release):
                found[packed.names[name]][of] += 1
    return found


def chunks(process_id: str) -> Iterator[Packed]:
    """What is kept of a process, a chunk at a time."""
    query = sa.select(InsightChunk.data).where(InsightChunk.process_id == process_id).order_by(InsightChunk.number)
    for data in session().scalars(query.execution_options(yield_per=64)):
        yield Packed(data)


def place_of(packed: Packed, release: str) -> int | None:
    """The number of a release among the names of a chunk: -1 where it has none of it; None when no release is asked for."""
    if not release:
        return None
    return packed.names.index(release) if release in packed.names else -1
