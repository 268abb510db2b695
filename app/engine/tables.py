"""Decision tables: reads DMN files and decides, cells in CEL.

Only `app/engine` imports it. SpiffWorkflow's DMN engine is not used: it stops at the first match of a UNIQUE table
and guesses by trial and error whether a cell is Python.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.expressions import Expression, ExpressionError, compile_cell, compile_expression

from .errors import EngineError
from .evaluation import unknown_root
from .xml import read_xml, split_tag

POLICIES = ("UNIQUE", "FIRST", "COLLECT")

Evaluate = Callable[..., object]   # (expression, **roots) -> value


@dataclass(frozen=True)
class Rule:
    row: int                                   # counted from 1, as the table shows it
    tests: tuple[Expression | None, ...]       # None: any value
    results: tuple[Expression | None, ...]     # None: null


@dataclass(frozen=True)
class Table:
    id: str
    name: str
    file: str
    policy: str
    inputs: tuple[tuple[str, Expression], ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]

    def decide(self, evaluate: Evaluate):
        """A map of the outputs; for COLLECT a list of them.

        No matching rule gives null for every output, and [] for COLLECT. Raises EngineError when two rules of a
        UNIQUE table match.
        """
        values = [evaluate(expression) for _, expression in self.inputs]
        matching = self._matching(values, evaluate)
        if self.policy == "COLLECT":
            return [self._outputs(rule, evaluate) for rule in matching]
        if not matching:
            return dict.fromkeys(self.outputs)
        if len(matching) > 1:
            self._refuse_second(matching, values)
        return self._outputs(matching[0], evaluate)

    def rows(self, evaluate: Evaluate) -> tuple[int, ...]:
        """The rows that match, counted from 1."""
        return tuple(rule.row for rule in self._matching([evaluate(expression) for _, expression in self.inputs], evaluate))

    def _matching(self, values: list, evaluate: Evaluate) -> list[Rule]:
        found = []
        for rule in self.rules:
            if all(test is None or evaluate(test, cell=value) is True for test, value in zip(rule.tests, values)):
                found.append(rule)
                if self.policy == "FIRST":
                    break
        return found

    def _outputs(self, rule: Rule, evaluate: Evaluate) -> dict:
        return {name: expression and evaluate(expression) for name, expression in zip(self.outputs, rule.results)}

    def _refuse_second(self, matching: list[Rule], values: list):
        rows = "、".join(str(rule.row) for rule in matching)
        given = "，".join(f"{name} = {value!r}" for (name, _), value in zip(self.inputs, values))
        raise EngineError(f"决策表只能有一行符合，而第 {rows} 行都符合：{given}", file=self.file, element=self.id,
                          element_name=self.name, rows=tuple(rule.row for rule in matching), values=tuple(values))


def read_tables(files: Mapping[str, bytes]) -> dict[str, Table]:
    """Decision id -> table, of every `*.dmn`. Raises EngineError naming the file and the row."""
    found: dict[str, Table] = {}
    for path in sorted(path for path in files if path.endswith(".dmn")):
        for node in _below(read_xml(path, files[path]), "decision"):
            table = _TableReader(path, node).table()
            if table.id in found:
                raise EngineError("决策的 id 重复", file=path, element=table.id, element_name=table.name)
            found[table.id] = table
    return found


def _below(node, *names: str) -> list:
    """Children by local name: every DMN version has a namespace of its own."""
    return [child for child in node if split_tag(child)[1] in names]


def _text(node) -> str:
    found = _below(node, "text")
    return (found[0].text or "").strip() if found else ""


class _TableReader:
    def __init__(self, path: str, node):
        self.path, self.node = path, node
        self.id, self.name = node.get("id") or "", node.get("name") or ""

    def refuse(self, reason: str, expression: str = ""):
        raise EngineError(reason, file=self.path, element=self.id, element_name=self.name, expression=expression)

    def compiled(self, compile_text, text: str, where: str):
        try:
            expression = compile_text(text) if text else None
        except ExpressionError as cause:
            self.refuse(f"{where}：{cause.why}", text)
        if expression is not None and (name := unknown_root(expression, ("cell",))):
            self.refuse(f"{where}：没有名为“{name}”的值", text)
        return expression

    def table(self) -> Table:
        found = _below(self.node, "decisionTable")
        if len(found) != 1:
            self.refuse("需要恰好一张决策表")
        policy = found[0].get("hitPolicy") or "UNIQUE"
        if policy not in POLICIES or found[0].get("aggregation"):
            self.refuse(f"命中策略只能是 {'、'.join(POLICIES)}，不能是“{policy} {found[0].get('aggregation') or ''}”")
        inputs = tuple(self._input(node, place) for place, node in enumerate(_below(found[0], "input"), 1))
        outputs = tuple(node.get("name") or node.get("label") or "" for node in _below(found[0], "output"))
        if not all(outputs) or len(set(outputs)) < len(outputs):
            self.refuse("每个输出列都要有名称，且不能重复")
        rules = [self._rule(node, row, len(inputs), len(outputs))
                 for row, node in enumerate(_below(found[0], "rule"), 1)]
        return Table(self.id, self.name, self.path, policy, inputs, outputs, tuple(rules))

    def _input(self, node, place: int) -> tuple[str, Expression]:
        expressions = _below(node, "inputExpression")
        text = _text(expressions[0]) if expressions else ""
        if not text:
            self.refuse(f"第 {place} 个输入列没有表达式")
        return node.get("label") or text, self.compiled(compile_expression, text, f"第 {place} 个输入列")

    def _rule(self, node, row: int, inputs: int, outputs: int) -> Rule:
        tests, results = _below(node, "inputEntry"), _below(node, "outputEntry")
        if len(tests) != inputs or len(results) != outputs:
            self.refuse(f"第 {row} 行的列数与表头不符")
        return Rule(
            row, tuple(self.compiled(compile_cell, _text(each), f"第 {row} 行") for each in tests),
            tuple(self.compiled(compile_expression, _text(each), f"第 {row} 行") for each in results))
