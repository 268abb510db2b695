"""Choices of a case watched while it is run again: what a table or gateway chose, and what another process would have.

Operations use `watching`, `choices_of` and `Moment` through `app.engine`. Nothing here moves a case.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from app.expressions import compile_expression

from .errors import EngineError
from .evaluation import ENGINE

_WATCHER: ContextVar[Callable | None] = ContextVar("watcher", default=None)


@dataclass(frozen=True)
class Chosen:
    """What came of a choice: `kind` is table (then `value` holds outputs), flow (its id), gone (no such element) or failed (`why`)."""

    kind: str
    value: object = None
    why: str = ""


@dataclass(frozen=True)
class Choice:
    """A rule task or gateway as a process has it. Equal texts choose alike."""

    element: str
    name: str
    kind: str                      # table or flow
    texts: tuple                   # everything that the choice depends on
    paths: tuple[str, ...]         # what it reads
    table: str = ""                # id of the decision
    flows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moment:
    """A token at a choice, seen while the watcher is called and not later. `seed` names the command, `chosen` what came of it."""

    element: str
    seed: str
    chosen: Chosen
    _task: object

    def again(self, process) -> Chosen:
        """What the element of the same id of another process would choose, of the same facts."""
        spec = _spec(process, self.element)
        if spec is None:
            return Chosen("gone")
        try:
            return _choose(spec, self._task)
        except EngineError as error:
            return Chosen("failed", None, str(error))

    def values(self, paths: tuple[str, ...]) -> dict[str, object]:
        """What the facts hold at these paths; null where there is nothing."""
        return {path: ENGINE.evaluate(self._task, compile_expression(path)) for path in paths}

    def rows(self) -> tuple[int, ...]:
        """The rows of a decision table that match, counted from 1; none at a gateway."""
        table = getattr(self._task.task_spec, "table", None)
        return table.rows(lambda expression, **roots: ENGINE.evaluate(self._task, expression, roots)) if table else ()


@contextmanager
def watching(watcher: Callable[[Moment], None]) -> Iterator[None]:
    """Within it `watcher` is told of every choice that a case makes, in this thread."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def tell(task, chosen: Callable[[], Chosen]) -> None:
    """A node has chosen; whoever watches is told."""
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher(Moment(task.task_spec.element.id, task.case.facts.seed, chosen(), task))


def choices_of(process) -> dict[str, Choice]:
    """Element id -> every table and every gateway with conditions of a process and all that it calls."""
    found = {}
    for spec in process.specs.values():
        for node in spec.task_specs.values():
            made = _choice(node)
            if made is not None:
                found[made.element] = made
    return found


def _choice(node) -> Choice | None:
    element = getattr(node, "element", None)
    if element is None:
        return None
    if element.kind == "businessRuleTask" and hasattr(node, "table"):
        return _table_choice(element, node.table)
    if element.kind == "exclusiveGateway" and any(way.condition is not None for way in node.ways):
        texts = tuple((way.id, way.target, way.condition.text if way.condition else "", way.default) for way in node.ways)
        return Choice(element.id, element.name, "flow", texts, _paths(way.condition for way in node.ways), flows=tuple(way.id for way in node.ways))
    return None


def _table_choice(element, table) -> Choice:
    cells = [(*rule.tests, *rule.results) for rule in table.rules]
    texts = (table.policy, table.outputs, tuple(each.text for _label, each in table.inputs), tuple(tuple(cell and cell.text for cell in row) for row in cells))
    return Choice(element.id, element.name, "table", texts, _paths([*(each for _label, each in table.inputs), *(cell for row in cells for cell in row)]), table.id)


def _paths(expressions) -> tuple[str, ...]:
    return tuple(sorted({path for expression in expressions if expression is not None for path in expression.paths} - {"cell"}))


def _spec(process, element: str):
    for spec in process.specs.values():
        for name in (element, f"{element}|each"):
            node = spec.task_specs.get(name)
            if node is not None and _choice(node) is not None:
                return node
    return None


def _choose(node, task) -> Chosen:
    if node.element.kind == "businessRuleTask":
        return Chosen("table", node.table.decide(lambda expression, **roots: ENGINE.evaluate(task, expression, roots)))
    return Chosen("flow", node.way_for(task).id)
