"""The script engine that SpiffWorkflow is given: compiled CEL over the fixed vocabulary, and nothing else.

Only `app/engine` imports it. It does not extend SpiffWorkflow's PythonScriptEngine, so that no path leads to `eval`.
"""
from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from app.expressions import Expression, ExpressionError

from .errors import EngineError
from .timing import SHANGHAI

ROOTS = ("form", "case", "task", "actor", "outcome", "vars", "now", "today", "item", "index")
LOCALS = frozenset({"outcome", "item", "index"})
MAX_INTEGER = 2**63 - 1


def unknown_root(expression: Expression, also: tuple[str, ...] = ()) -> str:
    """The first name that an expression reads and that is no root of the vocabulary nor in `also`; "" if none."""
    roots = sorted({path.split(".")[0] for path in expression.paths})
    return next((root for root in roots if root not in ROOTS and root not in also), "")


class Vocabulary(Mapping):
    """The roots that an expression sees at one token of a case, looked up when they are asked for."""

    __slots__ = ("_case", "_locals", "_extra")

    def __init__(self, case, token_data: Mapping, extra: Mapping):
        self._case, self._locals, self._extra = case, token_data, extra

    def __getitem__(self, root: str):
        if root in self._extra:
            return self._extra[root]
        if root in LOCALS:
            return self._locals.get(root)
        return self._case.root(root)

    def __iter__(self) -> Iterator[str]:
        return iter((*ROOTS, *self._extra))

    def __len__(self) -> int:
        return len(ROOTS) + len(self._extra)


class CelEngine:
    """`evaluate` and `execute` as SpiffWorkflow's task specs call them; expressions arrive compiled."""

    def evaluate(self, task, expression: Expression, external_context: Mapping | None = None):
        """The plain value. Raises EngineError naming the element."""
        case = task.workflow.top_workflow.case
        try:
            return expression.evaluate(Vocabulary(case, task.data, external_context or {}))
        except ExpressionError as cause:
            raise EngineError.at(task.task_spec.element, cause.why, expression=cause.text) from cause

    def execute(self, task, script, external_context: Mapping | None = None) -> bool:
        """Runs (target, expression) pairs in order; a later one sees what an earlier one has set."""
        for target, expression in script:
            assign(task, target, self.evaluate(task, expression, external_context))
        return True

    def holds(self, task, expression: Expression) -> bool:
        """Whether a condition is true; null is false. Raises EngineError for anything but true, false and null."""
        value = self.evaluate(task, expression)
        if value is None or isinstance(value, bool):
            return value is True
        raise EngineError.at(task.task_spec.element, "条件没有得出真或假", expression=expression.text)


ENGINE = CelEngine()


def assign(task, target: str, value) -> None:
    """Sets `vars.<target>`, or a party for `parties.<name>`. Raises EngineError for what cannot be kept."""
    case, element = task.workflow.top_workflow.case, task.task_spec.element
    value = ensure_plain(value, element)
    if not target.startswith("parties."):
        case.set_variable(target, value)
        return
    if value is not None and not isinstance(value, dict):
        raise EngineError.at(element, f"{target} 应得出当事方（含 ref、name、kind）")
    case.set_party(target.removeprefix("parties."), value)


def ensure_plain(value, element):
    """A copy of the value with sorted keys. Raises EngineError for what JSON cannot hold exactly."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, (list, tuple)):
        return [ensure_plain(each, element) for each in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: ensure_plain(value[key], element) for key in sorted(value)}
    raise EngineError.at(element, f"不能保存的值（{type(value).__name__}）")


def reference_of(task, expression: Expression | None) -> str:
    """Whose a task is: the reference that a scope yields, "" for nobody in particular."""
    if expression is None:
        return ""
    value = ENGINE.evaluate(task, expression)
    if isinstance(value, Mapping):
        value = value.get("ref")
    if value is None or value == "":
        return ""
    if isinstance(value, str) and value.startswith(("person:", "org:")):
        return value
    raise EngineError.at(task.task_spec.element, "scope 应得出当事方或引用（person:…、org:…）", expression=expression.text)


def shanghai(instant) -> str:
    """An instant as expressions see it."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")
