"""The shortest way from each element of a diagram to a good end, counted in steps of people. A leaf that knows no case.

An act led a case back when the shortest way on from where it led comes to the very same step again, or when it led to a step that
edits what was submitted before (its property `edit`): a condition on data may let the second way round be shorter than the first.
"""
from __future__ import annotations

import heapq
from collections import defaultdict

from app import engine

PEOPLE = "userTask"


class Shortest:
    """Of one process in one release, with everything that it calls."""

    def __init__(self, process: engine.Process):
        self.elements = process.elements
        self._next = _towards(_goals(process), _before(process), process)
        self._ways: dict[str, tuple[str, ...]] = {}

    def led_back(self, source: str, target: str) -> bool:
        """Whether an act at the source that led to the target has to be done again. What sits on a step acts for that step; a step
        that only begins anew, with another time limit say, was not led back, nor is what comes between an act and its consequence."""
        found, to = self.elements.get(source), self.next_of_people(target)
        step = found.attached_to or source if found else source
        if to == step or to not in self.elements:
            return False
        return step in self._way(target) or (bool(self.elements[to].properties.get("edit")) and self.next_of_people(step) != to)

    def next_of_people(self, element: str) -> str:
        """The nearest step of people on the shortest way, this one included; the element itself where there is none."""
        return next((each for each in self._way(element) if self.elements[each].kind == PEOPLE), element)

    def _way(self, element: str) -> tuple[str, ...]:
        """The elements of the shortest way, this one first; nothing from where no good end can be reached."""
        if element not in self._ways:
            found, here = [], element
            while here:
                found.append(here)
                here = self._next.get(here, "")
            self._ways[element] = tuple(found) if element in self._next else ()
        return self._ways[element]


def _goals(process: engine.Process) -> list[str]:
    """The ends that count as good; every end of a diagram that calls none good."""
    ends = [e for e in process.elements.values() if e.kind == "endEvent" and e.process == process.id and not e.parent]
    good = [e.id for e in ends if e.properties.get("tone") == "good"]
    return good or [e.id for e in ends]


def _before(process: engine.Process) -> dict[str, set[str]]:
    """element -> the elements from which a token comes to it. A sub-process is gone through, not passed by."""
    found, inside = defaultdict(set), _inside(process)
    for flow in process.flows.values():
        sources = inside[flow.source][1] if flow.source in inside else (flow.source,)
        for source in sources:
            found[flow.target].add(source)
    for container, (starts, _ends) in inside.items():
        for start in starts:
            found[start].add(container)
    return found


def _inside(process: engine.Process) -> dict[str, tuple[list[str], list[str]]]:
    """container -> (its start events, its end events)."""
    found = {}
    for element in process.elements.values():
        if element.kind in ("subProcess", "callActivity"):
            called = process.called.get(element.id)
            within = [e for e in process.elements.values() if (e.process == called and not e.parent if called else e.parent == element.id)]
            ends = [e.id for e in within if e.kind == "endEvent"]
            starts = [e.id for e in within if e.kind == "startEvent"]
            if starts and ends:
                found[element.id] = starts, ends
    return found


def _towards(goals: list[str], before: dict[str, set[str]], process: engine.Process) -> dict[str, str]:
    """element -> the one that comes next on its shortest way; "" for an end."""
    following: dict[str, str] = {}
    waiting = [(0, goal, "") for goal in goals]
    while waiting:
        far, here, after = heapq.heappop(waiting)
        if here in following:
            continue
        following[here] = after
        for source in sorted(before.get(here, ())):
            heapq.heappush(waiting, (far + (process.elements[source].kind == PEOPLE), source, here))
    return following
