"""Decision tables looked through: inputs that no row takes, inputs that several take, rows that are never reached.

Works on a `Decision` alone. The real cells are evaluated at one value of every stretch between the constants of a
column, so that nothing here can understand a cell otherwise than the engine. Where a cell depends on more than its
column (`? > vars.limit`), the row counts as perhaps matching: nothing is told that might not be so.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.expressions import EvaluationError, ExpressionError, compile_cell, constants_of

from ..decisions import Decision
from .stretches import Domain, Point, points_of

MOST_STEPS = 200_000   # combinations looked at, of one table
MOST_TOLD = 5          # problems of one kind, of one table
MOST_RULES = 400


@dataclass(frozen=True)
class TableProblem:
    """`kind` is gap, overlap, unreached or large; `rules` counts rows from 1; `example` maps input texts to values."""

    kind: str
    rules: tuple[int, ...]
    example: Mapping[str, object]
    message: str


@dataclass
class _Axis:
    """An input, in one column or several: its values, each with the rows (as bits) that surely and perhaps match."""

    text: str
    label: str
    points: list[tuple[Point, int, int]] = field(default_factory=list)
    nothing: tuple[int, int] = (0, 0)   # the rows that take a value that is missing: no gap, but a reason for a row


class _TooLarge(Exception):
    pass


def problems_of(decision: Decision, domains: Mapping[str, Domain] | None = None) -> list[TableProblem]:
    """What an analyst should look at; nothing for a table with faulty cells, which others tell of.

    `domains` says of input texts which values there are at all (the options of a field, its least and greatest).
    """
    if not decision.has_table or not decision.rules or len(decision.rules) > MOST_RULES or not decision.inputs:
        return []
    try:
        axes = _axes(decision, domains or {})
    except ExpressionError:
        return []
    if axes is None:
        return []
    return _Search(decision, axes).problems()


def _axes(decision: Decision, domains: Mapping[str, Domain]) -> list[_Axis] | None:
    width = len(decision.inputs)
    if any(len(rule.inputs) != width for rule in decision.rules):
        return None
    axes = []
    for text in dict.fromkeys(decision.inputs):
        columns = [place for place, other in enumerate(decision.inputs) if other == text]
        label = decision.labels[columns[0]] if decision.labels else text
        kind = decision.types[columns[0]] if decision.types else ""
        cells = [[compile_cell(rule.inputs[place]) for place in columns] for rule in decision.rules]
        points = points_of(text, kind, _constants(cells), domains.get(text))
        axes.append(_Axis(text, label or text, _told_apart(cells, points), _rows_taking(cells, None)))
    return axes


def _constants(cells) -> set:
    found = set()
    for cell in (cell for row in cells for cell in row if cell is not None):
        found |= {(type(constant), constant) for constant in constants_of(cell) or ()}
    return {constant for _type, constant in found}


def _told_apart(cells, points: list[Point]) -> list[tuple[Point, int, int]]:
    """One point for each set of rows: two values that the same rows take need not be tried twice."""
    found: dict[tuple[int, int], Point] = {}
    for point in points:
        found.setdefault(_rows_taking(cells, point.value), point)
    return [(point, sure, perhaps) for (sure, perhaps), point in found.items()]


def _rows_taking(cells, value) -> tuple[int, int]:
    """The rows, as bits, that surely and perhaps take a value."""
    sure = perhaps = 0
    for row, tests in enumerate(cells):
        takes = [_takes(test, value) for test in tests]
        sure |= all(take is True for take in takes) << row
        perhaps |= all(take is not False for take in takes) << row
    return sure, perhaps


def _takes(test, value) -> bool | None:
    """Whether a cell takes a value; None where that depends on more."""
    if test is None:
        return True
    if constants_of(test) is None:
        return None
    try:
        return test.evaluate({"cell": value}) is True
    except EvaluationError:
        return False


class _Search:
    def __init__(self, decision: Decision, axes: list[_Axis]):
        self.decision, self.axes = decision, axes
        self.all_rows = (1 << len(decision.rules)) - 1
        self.steps = 0

    def problems(self) -> list[TableProblem]:
        found = []
        if self.decision.hit_policy in ("UNIQUE", "ANY"):
            found += self._overlaps()
        try:
            if self.decision.hit_policy != "COLLECT":
                found += self._gaps()
            found += self._unreached()
        except _TooLarge:
            found.append(TableProblem("large", (), {}, f"决策表“{self.decision.id}”太大，没有检查完所有的输入组合"))
        return found

    # -- inputs that no row takes

    def _gaps(self) -> list[TableProblem]:
        found: dict[tuple, TableProblem] = {}
        for chosen in self._uncovered((), self.all_rows):
            needed = self._needed(chosen)
            found.setdefault(tuple(sorted(needed.items())), self._gap(needed))
            if len(found) == MOST_TOLD:
                break
        return list(found.values())

    def _uncovered(self, chosen: tuple[int, ...], rows: int) -> Iterator[tuple[int, ...]]:
        """Beginnings of combinations that no row can take any more."""
        self._step()
        if not rows:
            yield chosen
        elif len(chosen) < len(self.axes):
            for place, (_point, _sure, perhaps) in enumerate(self.axes[len(chosen)].points):
                yield from self._uncovered((*chosen, place), rows & perhaps)

    def _needed(self, chosen: tuple[int, ...]) -> dict[int, int]:
        """The inputs of a gap without those that may be anything."""
        needed = dict(enumerate(chosen))
        for axis in reversed(range(len(chosen))):
            rest = self.all_rows
            for other, place in needed.items():
                rest &= self.axes[other].points[place][2] if other != axis else rest
            if not rest:
                del needed[axis]
        return needed

    def _gap(self, needed: dict[int, int]) -> TableProblem:
        advice = "请补一行" if self.decision.hit_policy == "UNIQUE" else "请补一行，或在最后加一行输入格都留空的“其他情况”"
        words = self._words(needed)
        return TableProblem("gap", (), self._example(needed), f"没有一行符合：{words}。{advice}" if words else f"没有任何一行会符合。{advice}")

    # -- inputs that several rows take

    def _overlaps(self) -> list[TableProblem]:
        found = []
        for second in range(len(self.decision.rules)):
            for first in range(second):
                both = self._shared(first, second)
                if both is not None and not self._agree(first, second):
                    found.append(self._overlap(first, second, both))
                if len(found) == MOST_TOLD:
                    return found
        return found

    def _shared(self, first: int, second: int) -> dict[int, int] | None:
        """A value of each input that both rows surely take."""
        mask, chosen = 1 << first | 1 << second, {}
        for number, axis in enumerate(self.axes):
            place = next((place for place, (_point, sure, _perhaps) in enumerate(axis.points) if sure & mask == mask), None)
            if place is None:
                return None
            chosen[number] = place
        return chosen

    def _agree(self, first: int, second: int) -> bool:
        """Whether two rows of an ANY table give the same."""
        return self.decision.hit_policy == "ANY" and self.decision.rules[first].outputs == self.decision.rules[second].outputs

    def _overlap(self, first: int, second: int, both: dict[int, int]) -> TableProblem:
        rows = (first + 1, second + 1)
        words = self._words(both)
        return TableProblem("overlap", rows, self._example(both),
                            f"第 {rows[0]} 行和第 {rows[1]} 行同时符合：{words or '任何输入'}。这张表只能有一行符合，办理到这里会出错；请改其中一行的条件")

    # -- rows that are never reached

    def _unreached(self) -> list[TableProblem]:
        found = []
        for row in range(len(self.decision.rules)):
            if any(not any(perhaps >> row & 1 for _sure, perhaps in self._values(axis)) for axis in self.axes):
                found.append(TableProblem("unreached", (row + 1,), {}, f"第 {row + 1} 行不会有符合的输入：它的条件互相矛盾，或写了没有的值"))
            elif self.decision.hit_policy == "FIRST" and not self._reached(row, 0, (1 << row) - 1):
                found.append(TableProblem("unreached", (row + 1,), {}, f"第 {row + 1} 行永远轮不到：符合它的输入都先符合了上面的行"))
        return found[:MOST_TOLD]

    def _reached(self, row: int, axis: int, earlier: int) -> bool:
        """Whether some input comes to this row of a FIRST table. `earlier`: rows above it that may still take it first."""
        self._step()
        if not earlier:
            return True
        if axis == len(self.axes):
            return False
        return any(self._reached(row, axis + 1, earlier & sure) for sure, perhaps in self._values(self.axes[axis]) if perhaps >> row & 1)

    def _values(self, axis: _Axis) -> list[tuple[int, int]]:
        return [*((sure, perhaps) for _point, sure, perhaps in axis.points), axis.nothing]

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _TooLarge

    # -- for people

    def _words(self, chosen: dict[int, int]) -> str:
        told = ((self.axes[axis], self.axes[axis].points[place][0]) for axis, place in sorted(chosen.items()))
        return "，".join(f"{axis.label}{point.words}" for axis, point in told if point.words)

    def _example(self, chosen: dict[int, int]) -> dict[str, object]:
        told = ((self.axes[axis], self.axes[axis].points[place][0]) for axis, place in sorted(chosen.items()))
        return {axis.text: point.value for axis, point in told if point.words}
