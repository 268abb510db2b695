"""What surely has a value at each element: variables and forms, followed along every way through all diagrams.

A name is there when every way from a start to the element sets it. What parallel branches bring adds up where they join,
elsewhere only what all ways have in common counts; boundary events leave with what held when their activity began;
called processes begin with what all their callers have. Several instances are taken to be at least one. A condition such
as `vars.returned == true` says that whoever comes this way has been where that was written.
"""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.expressions import ExpressionError, compile_expression, given_values, parse_assignments

from ..diagrams import BPMN, CAMUNDA, Diagram, Element, Flow, Process, Scope
from .knowledge import Knowledge, message_of

UNKNOWN = object()      # a value that is not written down as a constant
Given = tuple[str, frozenset]       # a name, and the constants that it was compared with


@dataclass(eq=False)
class Node:
    """An element, what it sets, and where tokens come to it from."""
    element: Element
    process: Process
    sets: dict[str, object]                                 # name -> the constant that is written, UNKNOWN for anything else
    after: list[tuple["Node", tuple[Given, ...]]] = field(default_factory=list)     # from their end, over a flow that says something
    inside: list["Node"] = field(default_factory=list)      # from their beginning: boundary events, starts of sub-processes
    ends: list["Node"] = field(default_factory=list)        # of the sub-process or called process: one of them was reached
    begins: bool = False                                    # a start event that people may reach with nothing set
    before: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()


class Dataflow:
    """The values at every element that can be reached."""

    def __init__(self, known: Knowledge):
        self.nodes: dict[tuple[str, str], Node] = {}
        for diagram in known.diagrams:
            for process in diagram.processes:
                for element in process.walk():
                    self.nodes.setdefault((process.path, element.id), Node(element, process, dict(_sets(element, diagram))))
        self.setters: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            for name in node.sets:
                self.setters.setdefault(name, []).append(node)
        self._processes = {process.id: process for process in known.processes}
        called = {node.element.xml.get("calledElement", "") for node in self.nodes.values() if node.element.kind == "callActivity"}
        for node in self.nodes.values():
            self._connect(node, called)
        self._solve()

    def node(self, process: Process, name: str) -> Node | None:
        return self.nodes.get((process.path, name))

    def _of(self, process: Process, elements) -> list[Node]:
        return [node for element in elements if (node := self.node(process, element.id))]

    def _connect(self, node: Node, called: set[str]) -> None:
        element, scope = node.element, node.element.scope
        for flow in element.incoming:
            for source in self._of(node.process, filter(None, [scope.elements.get(flow.source)])):
                node.after.append((source, _given(flow, source.element)))
        if element.kind == "boundaryEvent" and element.attached_to in scope.elements:
            node.inside = self._of(node.process, [scope.elements[element.attached_to]])
        if element.kind == "startEvent" and scope.owner is not None:
            node.inside = self._of(node.process, [scope.owner])
        elif element.kind == "startEvent":
            node.begins = node.process.id not in called or bool(node.process.properties.get("starters") or element.properties.get("role"))
        if element.inner:
            node.ends = self._of(node.process, main_ends(element.inner))
        other = self._processes.get(element.xml.get("calledElement", "")) if element.kind == "callActivity" else None
        if other is not None:
            node.ends = self._of(other, main_ends(other.scope))
            for start in self._of(other, (one for one in other.scope.elements.values() if one.kind == "startEvent")):
                start.inside.append(node)

    def _solve(self) -> None:
        """The greatest solution: everything is thought to be set until a way without it is found."""
        everything = frozenset(self.setters)
        for node in self.nodes.values():
            node.before = node.behind = everything
        changed = True
        while changed:
            changed = False
            for node in self.nodes.values():
                before = self._before(node, everything)
                behind = before.union(node.sets, frozenset.intersection(*(end.behind for end in node.ends)) if node.ends else ())
                if (before, behind) != (node.before, node.behind):
                    node.before, node.behind, changed = before, behind, True

    def _before(self, node: Node, everything: frozenset[str]) -> frozenset[str]:
        if node.begins:
            return frozenset()
        arriving = [self.over(source, given) for source, given in node.after] + [one.before for one in node.inside]
        if not arriving:
            return everything       # cannot be reached: told by another rule
        return (frozenset.union if node.element.kind == "parallelGateway" else frozenset.intersection)(*arriving)

    def over(self, source: Node, given: tuple[Given, ...]) -> frozenset[str]:
        """What is there at the end of a flow: behind its source, and what its condition lets conclude."""
        return self.concluded(source.behind, given)

    def concluded(self, found: frozenset[str], given: tuple[Given, ...]) -> frozenset[str]:
        """What is there besides, when these names have a value: whatever was there wherever they were set."""
        for name, constants in given:
            setters = [node for node in self.setters.get(name, ()) if not constants or node.sets[name] is UNKNOWN or node.sets[name] in constants]
            if setters:
                found = found.union(frozenset.intersection(*(node.behind for node in setters)))
        return found

    def way_without(self, node: Node, name: str) -> list[Node]:
        """The elements of a short way from a start to this one on which nothing sets the name; empty when there is none."""
        origin: dict[int, Node | None] = {id(node): None}
        waiting = [node]
        for one in waiting:
            if one.begins:
                return list(_trail(one, origin))
            lacking = [source for source, given in one.after if name not in self.over(source, given)]
            for other in [*lacking, *(other for other in one.inside if name not in other.before)]:
                if id(other) not in origin:
                    origin[id(other)] = one
                    waiting.append(other)
        return []


def _trail(node: Node | None, origin: dict) -> Iterator[Node]:
    while node is not None:
        yield node
        node = origin[id(node)]


def _given(flow: Flow, gateway: Element) -> tuple[Given, ...]:
    """The values that whoever takes the flow surely has: by its own condition, and by those that did not hold."""
    found = list(given_by(flow.condition or ""))
    if flow.default:
        others = [other.condition for other in gateway.outgoing if other is not flow and other.condition]
        found += [(name, frozenset()) for text in others for name in sorted(given_values(text, False))]
    return tuple(found)


def given_by(text: str) -> tuple[Given, ...]:
    """The values that are surely there when a condition holds."""
    return tuple((name, constants_of(text, name)) for name in sorted(given_values(text))) if text else ()


def constants_of(text: str, name: str) -> frozenset:
    """What the condition compares the name itself with, when it allows nothing else."""
    try:
        return frozenset() if "||" in text or "?" in text else compile_expression(text).literals_of(name)
    except ExpressionError:
        return frozenset()      # told by the check of the flow


def main_ends(scope: Scope) -> list[Element]:
    """The end events that are reached without a boundary event that does not interrupt: such branches are errands."""
    reached, waiting = set(), [element for element in scope.elements.values() if element.kind == "startEvent"]
    while waiting:
        element = waiting.pop()
        if element.id in reached:
            continue
        reached.add(element.id)
        waiting += [scope.elements[flow.target] for flow in element.outgoing if flow.target in scope.elements]
        waiting += [one for one in element.boundaries if one.xml.get("cancelActivity") != "false"]
    return [element for element in scope.elements.values() if element.kind == "endEvent" and element.id in reached]


def _sets(element: Element, diagram: Diagram) -> Iterator[tuple[str, object]]:
    """The names that have a value once the element is done: `vars.x`, `form.k`."""
    if element.kind == "scriptTask":
        yield from assigned(element)
    names = [element.xml.get(f"{CAMUNDA}resultVariable"), element.properties.get("gather_into"), message_of(element, diagram)]
    if element.kind == "serviceTask":
        names += [output.get("name") for output in element.xml.iter(f"{CAMUNDA}outputParameter")]
    yield from ((f"vars.{name}", UNKNOWN) for name in names if name)
    if form := element.xml.get(f"{CAMUNDA}formKey"):
        yield f"form.{form}", UNKNOWN


def assigned(element: Element) -> Iterator[tuple[str, object]]:
    """The variables that a script writes, each with the constant or UNKNOWN."""
    try:
        for target, expression in parse_assignments(element.xml.findtext(f"{BPMN}script") or ""):
            if "." not in target:
                yield f"vars.{target}", _constant(expression.text)
    except ExpressionError:
        return      # told by the check of the script


def _constant(text: str):
    """Constants of CEL are those of JSON, as far as anybody compares with them."""
    try:
        value = json.loads(text)
    except ValueError:
        return UNKNOWN
    return value if isinstance(value, (str, int, float, bool)) else UNKNOWN
