"""Whether a token can always come to an end: rings that nothing leaves, and joins that wait for a way nobody takes."""
from __future__ import annotations

from ..diagrams import Element, Process, Scope
from .knowledge import Knowledge


def check_endings(known: Knowledge) -> None:
    for process in known.processes:
        for scope in process.scope.scopes():
            _check_exits(known, process, scope)
            _check_joins(known, process, scope)


def next_of(element: Element) -> list[Element]:
    """The elements that a token can come to next."""
    scope = element.scope
    return [scope.elements[flow.target] for flow in element.outgoing if flow.target in scope.elements] + element.boundaries


def _reached(starts: list[Element], following) -> set[str]:
    found, waiting = set(), list(starts)
    while waiting:
        element = waiting.pop()
        if element.id not in found:
            found.add(element.id)
            waiting += following(element)
    return found


def _check_exits(known: Knowledge, process: Process, scope: Scope) -> None:
    """A ring none of whose elements leads to an end. What leads to an element without way out is told by `dead-end`."""
    before: dict[str, list[Element]] = {}
    for element in scope.elements.values():
        for target in next_of(element):
            before.setdefault(target.id, []).append(element)
    finishing = [element for element in scope.elements.values() if element.kind == "endEvent" or not next_of(element)]
    leaving = _reached(finishing, lambda element: before.get(element.id, []))
    started = _reached([element for element in scope.elements.values() if element.kind == "startEvent"], next_of)
    caught = [element for element in scope.elements.values() if element.id in started - leaving]
    while caught and finishing:     # no end at all is told by `no-end`
        ring = _reached([caught[0]], next_of)
        names = "、".join(f"“{element.name or element.id}”" for element in caught if element.id in ring)
        known.findings.add("no-way-out", process.path, caught[0].id,
                           f"{names}绕成一圈，没有一条路通向结束事件，事项永远办不完。请从其中一个环节画一条通向结束的出线")
        inside = _reached([caught[0]], lambda element: [*next_of(element), *before.get(element.id, [])])
        caught = [element for element in caught if element.id not in inside]


def _check_joins(known: Knowledge, process: Process, scope: Scope) -> None:
    """A parallel join waits for all its ways; behind an exclusive gateway only one of them is taken."""
    for join in scope.elements.values():
        sources = [scope.elements[flow.source] for flow in join.incoming if flow.source in scope.elements]
        if join.kind != "parallelGateway" or len(sources) < 2:
            continue
        origins = [_choices(scope, source) for source in sources]
        for gateway in set.intersection(*origins) if all(origins) else ():
            known.findings.add("join-never-complete", process.path, join.id,
                               f"并行网关“{join.name or join.id}”要等所有进线都到，但它们从互斥网关“{scope.elements[gateway].name or gateway}”分出，"
                               "只会走其中一条，会一直等下去。请改用互斥网关汇合")


def _choices(scope: Scope, element: Element) -> set[str]:
    """The exclusive gateway that a straight way back ends at: one way in everywhere, no split in between."""
    seen: set[str] = set()
    while element.id not in seen:
        seen.add(element.id)
        if element.kind == "exclusiveGateway" and len(element.outgoing) > 1:
            return {element.id}
        sources = [scope.elements[flow.source] for flow in element.incoming if flow.source in scope.elements]
        if len(sources) != 1 or element.kind == "boundaryEvent" or element.kind == "parallelGateway":
            return set()
        element = sources[0]
    return set()
