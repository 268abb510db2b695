"""Whether the tokens of a workflow could come to stand for ever: at joins for which something is missing that nobody brings.

Only `moving.py` uses it. Plays with bare tokens: every gateway may go every way, nothing is evaluated. One token is
moved at a time until it is gone or waits at a join; tokens do not disturb each other, so the order does not matter.
"""
from __future__ import annotations

from dataclasses import dataclass

from .process import Process

MOST = 20_000   # positions looked at; a diagram beyond that is taken as it is


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A join that waits for ever, and the element from which nothing will come."""

    join: str
    join_name: str
    missing_name: str


def dead_end(process: Process, scope: str, rows: list[list]) -> DeadEnd | None:
    """The dead end that tokens at these rows of a workflow may run into; None when they cannot."""
    game = _Game(process)
    waiting, seen = [game.position(rows)], set()
    while waiting and len(seen) < MOST:
        position = waiting.pop()
        if position in seen:
            continue
        seen.add(position)
        following = game.following(position)
        if following is None:
            return game.explain(position)
        waiting += following
    return None


class _Game:
    """A position is a sorted tuple of places: `e:<element>` has a token, `f:<flow>` a token that waits at a join."""

    def __init__(self, process: Process):
        self.process = process
        self.leaving: dict[str, list[str]] = {}
        self.arriving: dict[str, list[str]] = {}
        self.events: dict[str, list[str]] = {}
        for name, flow in process.flows.items():
            self.leaving.setdefault(flow.source, []).append(name)
            self.arriving.setdefault(flow.target, []).append(name)
        for element in process.elements.values():
            if element.attached_to and element.interrupting:
                self.events.setdefault(element.attached_to, []).append(element.id)

    def position(self, rows: list[list]) -> tuple[str, ...]:
        """Where the tokens of these rows are; splits, armed events and instances are no tokens of their own."""
        places = []
        for _number, _id, name, _state, _above, _data, internal in rows:
            element = self.process.elements.get(name)
            if element is None or element.kind == "boundaryEvent":
                continue
            places.append(f"f:{internal['via']}" if "via" in internal else f"e:{name}")
        return tuple(sorted(places))

    def following(self, position: tuple[str, ...]) -> list[tuple[str, ...]] | None:
        """The positions after one move; none for an empty one; None when nothing can move."""
        if not position:
            return []
        fired = self._fired(position)
        if fired is not None:
            return [fired]
        token = next((place for place in position if place[0] == "e"), None)
        if token is None:
            return None
        rest = list(position)
        rest.remove(token)
        return [self._put(rest, way) for way in self._ways(token[2:])]

    def _fired(self, position: tuple[str, ...]) -> tuple[str, ...] | None:
        for place in position:
            if place[0] == "f":
                join = self.process.flows[place[2:]].target
                needed = [f"f:{flow}" for flow in self.arriving[join]]
                if all(each in position for each in needed):
                    rest = list(position)
                    for each in needed:
                        rest.remove(each)
                    return self._put(rest, self.leaving.get(join, []))
        return None

    def _ways(self, element: str) -> list[list[str] | None]:
        """Each way to leave an element: the flows taken; None for an end that ends everything."""
        found = self.process.elements[element]
        out = self.leaving.get(element, [])
        if found.kind == "endEvent" and found.terminate:
            return [None]
        ways = [[flow] for flow in out] if found.kind == "exclusiveGateway" else [out]
        return ways + [self.leaving.get(event, []) for event in self.events.get(element, ())]

    def _put(self, rest: list[str], flows: list[str] | None) -> tuple[str, ...]:
        if flows is None:
            return ()
        targets = [(flow, self.process.flows[flow].target) for flow in flows]
        return tuple(sorted([*rest, *(f"f:{flow}" if self._joins(target) else f"e:{target}" for flow, target in targets)]))

    def _joins(self, element: str) -> bool:
        return self.process.elements[element].kind == "parallelGateway"

    def explain(self, position: tuple[str, ...]) -> DeadEnd:
        """Of a position where nothing moves: the join and what is missing."""
        join = self.process.flows[position[0][2:]].target
        missing = next(flow for flow in self.arriving[join] if f"f:{flow}" not in position)
        named = [self.process.elements[each] for each in (join, self.process.flows[missing].source)]
        return DeadEnd(join, *(element.name or element.id for element in named))
