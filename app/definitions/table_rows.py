"""Test rows of decision tables: `processes/<procedure>/tables/<decision>.yml`, and what a table gives for one of them.

    - {note: 少儿一律 2 元, given: {form.request.reader_kind: child}, expect: {amount: 200}}

`given` maps texts of input columns to values (what is left out is null), `expect` names of outputs to values; an empty
`expect` says that no row takes it. Rows are evaluated without a case: an output that reads more than constants has no value.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.expressions import EvaluationError, ExpressionError, compile_cell, compile_expression

from .decisions import Decision
from .scenario import plain
from .yaml_reader import Listed, Reading

_KEYS = ("note", "given", "expect")
MOST_ROWS = 500


@dataclass(frozen=True)
class TableRow:
    """A test row; `line` in its file."""

    given: Mapping[str, object]
    expect: Mapping[str, object]
    note: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class RowOutcome:
    """What a table gave for a test row. `found`: outputs of the row that was taken, None for none; `why`: what is wrong, "" when all is as expected."""

    row: TableRow
    taken: tuple[int, ...]
    found: Mapping[str, object] | None
    why: str

    @property
    def passed(self) -> bool:
        return not self.why


def rows_path(procedure: str, decision: str) -> str:
    """Where the test rows of a decision are kept."""
    return f"processes/{procedure}/tables/{decision}.yml"


def load_table_rows(content: str | bytes, path: str) -> tuple[TableRow, ...]:
    """The rows of a file. Raises DefinitionError."""
    reading = Reading(path)
    value = reading.parse(content)
    if value is None:
        return ()
    if not isinstance(value, Listed):
        reading.stop(1, "测试行应写成列表")
    if len(value) > MOST_ROWS:
        reading.stop(1, f"测试行超过 {MOST_ROWS} 行")
    rows = tuple(_row(reading, each, line) for each, line in zip(value, value.lines))
    reading.finish()
    return rows


def _row(reading: Reading, value, line: int) -> TableRow:
    value = reading.mapping(value, line, "测试行")
    reading.known_keys(value, _KEYS, "测试行")
    given = reading.mapping(value["given"], line, "given") if value.get("given") else {}
    expect = reading.mapping(value["expect"], line, "expect") if value.get("expect") else {}
    return TableRow(plain(given), plain(expect), str(value.get("note") or ""), line)


def try_row(decision: Decision, row: TableRow) -> RowOutcome:
    """What the table gives for a test row."""
    if unknown := [name for name in row.given if name not in decision.inputs] + [name for name in row.expect if name not in decision.outputs]:
        return RowOutcome(row, (), None, f"表里没有“{unknown[0]}”这一列")
    try:
        taken = _taken(decision, row)
        found = _outputs(decision, taken[0]) if taken and not (decision.hit_policy == "UNIQUE" and len(taken) > 1) else None
    except (ExpressionError, EvaluationError) as error:
        return RowOutcome(row, (), None, error.message)
    return RowOutcome(row, tuple(place + 1 for place in taken), found, _difference(decision, row, taken, found))


def _taken(decision: Decision, row: TableRow) -> list[int]:
    values, found = [row.given.get(text) for text in decision.inputs], []
    for place, rule in enumerate(decision.rules):
        tests = [compile_cell(cell) for cell in rule.inputs]
        if all(test is None or test.evaluate({"cell": value}) is True for test, value in zip(tests, values)):
            found.append(place)
            if decision.hit_policy == "FIRST":
                break
    return found


def _outputs(decision: Decision, place: int) -> dict:
    texts = decision.rules[place].outputs
    return {name: compile_expression(text).evaluate({}) if text else None for name, text in zip(decision.outputs, texts)}


def _difference(decision: Decision, row: TableRow, taken: list[int], found: Mapping | None) -> str:
    if decision.hit_policy == "UNIQUE" and len(taken) > 1:
        return f"第 {'、'.join(str(place + 1) for place in taken)} 行同时符合，而只能有一行符合"
    if not row.expect:
        return f"应没有一行符合，而第 {taken[0] + 1} 行符合" if taken else ""
    if found is None:
        return "没有一行符合"
    wrong = [f"{name} 应为 {wanted}，实为 {found.get(name)}" for name, wanted in row.expect.items() if found.get(name) != wanted]
    return f"第 {taken[0] + 1} 行：{'；'.join(wrong)}" if wrong else ""
