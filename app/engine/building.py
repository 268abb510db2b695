"""Builds the specs that SpiffWorkflow runs out of elements and flows, compiling every expression on the way.

Only `app/engine` imports it. Nothing is evaluated here.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone

from app.expressions import Expression, ExpressionError, compile_expression, parse_assignments

from .dialect import GATHERING
from .errors import EngineError, near
from .evaluation import ROOTS, unknown_root
from .events import BoundaryEvent, CatchEvent, MessageDefinition, TimerDefinition
from .model import Element
from .nodes import (
    BoundarySplit,
    EndEvent,
    ExclusiveGateway,
    MultiInstance,
    Node,
    ParallelGateway,
    PassThrough,
    ProcessSpec,
    RuleTask,
    ScriptTask,
    ServiceTask,
    SubProcess,
    UserTask,
    Way,
)
from .reading import FlowText, ProcessText, tells_of
from .tables import Table
from .timing import due_at, is_literal

_ANY_DAY = datetime(2024, 1, 1, tzinfo=timezone.utc)
SPLIT, EACH = "|boundary", "|each"   # no id of a diagram holds a bar


def ensure_known_roots(element: Element, expression: Expression, also: tuple[str, ...] = ()) -> None:
    name = unknown_root(expression, also)
    if name:
        raise EngineError.at(element, f"没有名为“{name}”的值", expression=expression.text, hint=near(name, (*ROOTS, *also)))


class Builder:
    """Makes the specs of one closure of processes."""

    def __init__(self, elements: Mapping[str, Element], tables: Mapping[str, Table]):
        self.elements, self.tables = elements, tables

    def specs_of(self, text: ProcessText) -> dict[str, ProcessSpec]:
        """The specs of a process and of its embedded sub-processes, by process or sub-process id."""
        parents = ["", *(element.id for element in text.elements.values() if element.kind == "subProcess")]
        return {parent or text.id: self._spec(text, parent) for parent in parents}

    def ensure_compiles(self, text: ProcessText) -> None:
        """Checks the expressions that others evaluate: of the process, of buttons and actions."""
        place = Element(id=text.id, kind="process", name=text.name, file=text.file)
        for name in ("summary", "blind", "blind_label", "group_by", "group_under", "group_owner"):
            self._compiled(place, text.properties.get(name, ""))
        for element in self.elements.values():
            for name in ("when", "due", "claim"):
                self._compiled(element, element.properties.get(name, ""))
            for decision in element.decisions:
                self._compiled(element, decision.when)

    def ensure_tells_compile(self, texts: Iterable[ProcessText]) -> None:
        """Checks the notices of elements and flows."""
        for place, said in tells_of(texts).items():
            for expression in said.values():
                self._compiled(self.elements.get(place) or Element(id=place, kind="sequenceFlow"), expression)

    def _compiled(self, element: Element, text: str, also: tuple[str, ...] = ()) -> Expression | None:
        if not text:
            return None
        try:
            expression = compile_expression(text)
        except ExpressionError as cause:
            raise EngineError.at(element, cause.why, expression=text) from cause
        ensure_known_roots(element, expression, also)
        return expression

    def _spec(self, text: ProcessText, parent: str) -> ProcessSpec:
        spec = ProcessSpec(parent or text.id, text.file)
        spec.first = text.start_of(parent).id
        inside = [self.elements[element.id] for element in text.inside(parent)]
        events = {element.id: [] for element in inside}
        for element in inside:
            node = self._node(spec, element, text)
            if element.attached_to:
                events[element.attached_to].append(node)
        for element in inside:
            if events[element.id]:
                self._guard(spec, element, tuple(events[element.id]))
        return spec

    def _guard(self, spec: ProcessSpec, element: Element, events: tuple[Node, ...]) -> None:
        """Puts the split that arms boundary events before an activity."""
        BoundarySplit(spec, element.id + SPLIT, spec.task_specs[element.id], events)
        spec.entries[element.id] = element.id + SPLIT

    def _node(self, spec: ProcessSpec, element: Element, text: ProcessText) -> Node:
        make = getattr(self, f"_{element.kind}")
        ways = self._ways(element, text.leaving(element.id))
        if not element.multiple:
            self._ensure_gathers_nothing(element)
            node = make(spec, element.id, element, ways=ways)
        else:
            each = make(spec, element.id + EACH, element, each_of=element.id)
            node = MultiInstance(
                spec, element.id, each, self._compiled(element, element.collection),
                self._compiled(element, element.completion), self._gathering(element), element=element, ways=ways)
        node.incoming = tuple(flow.id for flow in text.arriving(element.id))
        return node

    def _ensure_gathers_nothing(self, element: Element) -> None:
        if any(element.properties.get(name) for name in GATHERING):
            raise EngineError.at(element, "gather、gather_into 只用于多实例任务")

    def _gathering(self, element: Element) -> tuple[str, Expression] | None:
        """The variable that instances add to, and what they add."""
        gather, into = (element.properties.get(name, "") for name in GATHERING)
        if not gather and not into:
            return None
        if not gather or not re.fullmatch(r"[A-Za-z]\w*", into, re.ASCII):
            raise EngineError.at(element, "gather 与 gather_into 要一起写，gather_into 是由字母数字组成的变量名", expression=gather)
        return into, self._compiled(element, gather)

    def _ways(self, element: Element, flows: list[FlowText]) -> tuple[Way, ...]:
        if element.kind == "exclusiveGateway":
            self._ensure_conditions(element, flows)
        return tuple(Way(flow.id, flow.target, self._compiled(element, flow.condition), flow.default) for flow in flows)

    def _ensure_conditions(self, element: Element, flows: list[FlowText]) -> None:
        if not flows:
            raise EngineError.at(element, "网关没有去路")
        for flow in flows:
            if flow.default and flow.condition:
                raise EngineError.at(element, f"默认流 {flow.id} 不能有条件", expression=flow.condition)
            if len(flows) > 1 and not flow.default and not flow.condition:
                raise EngineError.at(element, f"顺序流 {flow.name or flow.id} 缺少条件", hint="请写条件，或设为默认流")

    # -- one method per kind of element

    def _startEvent(self, spec, name, element, **common):
        return PassThrough(spec, name, element=element, **common)

    def _endEvent(self, spec, name, element, **common):
        return EndEvent(spec, name, element=element, **common)

    def _userTask(self, spec, name, element, **common):
        return UserTask(spec, name, self._compiled(element, element.scope), element=element, **common)

    def _scriptTask(self, spec, name, element, **common):
        try:
            script = tuple(parse_assignments(element.script))
        except ExpressionError as cause:
            raise EngineError.at(element, cause.why, expression=cause.text) from cause
        for _, expression in script:
            ensure_known_roots(element, expression)
        return ScriptTask(spec, name, script, element=element, **common)

    def _serviceTask(self, spec, name, element, **common):
        return ServiceTask(spec, name, self._pairs(element, element.inputs),
                           self._pairs(element, element.outputs, ("result",)), element=element, **common)

    def _pairs(self, element: Element, texts: tuple[tuple[str, str], ...],
               also: tuple[str, ...] = ()) -> tuple[tuple[str, Expression], ...]:
        for name, text in texts:
            if not name or not text:
                raise EngineError.at(element, f"参数“{name}”需要名称和表达式")
        return tuple((name, self._compiled(element, text, also)) for name, text in texts)

    def _businessRuleTask(self, spec, name, element, **common):
        table = self.tables.get(element.decision_ref)
        if table is None:
            raise EngineError.at(element, f"没有决策表“{element.decision_ref}”",
                                 hint=near(element.decision_ref, self.tables))
        return RuleTask(spec, name, table, element=element, **common)

    def _receiveTask(self, spec, name, element, **common):
        return CatchEvent(spec, name, event_definition=self._definition(element), element=element, **common)

    _intermediateCatchEvent = _receiveTask

    def _boundaryEvent(self, spec, name, element, **common):
        return BoundaryEvent(spec, name, event_definition=self._definition(element),
                             cancel_activity=element.interrupting, element=element, **common)

    def _definition(self, element: Element):
        if element.message:
            return MessageDefinition(element.message, self._compiled(element, element.scope))
        kind, text = element.timer
        if not is_literal(kind, text):
            return TimerDefinition(element.id, kind, self._compiled(element, text))
        try:
            due_at(kind, text, _ANY_DAY)
        except ValueError as cause:
            raise EngineError.at(element, str(cause), expression=text) from cause
        return TimerDefinition(element.id, kind, text)

    def _exclusiveGateway(self, spec, name, element, **common):
        return ExclusiveGateway(spec, name, element=element, **common)

    def _parallelGateway(self, spec, name, element, **common):
        return ParallelGateway(spec, name, element=element, **common)

    def _subProcess(self, spec, name, element, **common):
        return SubProcess(spec, name, element.id, element=element, **common)

    def _callActivity(self, spec, name, element, **common):
        return SubProcess(spec, name, element.called, element=element, **common)
