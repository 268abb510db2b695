"""Where the ways of one diagram are in another: the next steps that are still there, the way into a join.

Only `placing.py` uses it, and `app.engine` gives `proposals` to everybody. Looks at elements and flows alone.
"""
from __future__ import annotations

from collections.abc import Mapping

from .process import Process

BEGINNINGS = ("userTask", "receiveTask", "intermediateCatchEvent", "serviceTask", "scriptTask", "businessRuleTask",
              "exclusiveGateway", "subProcess", "callActivity")   # where a token may begin afresh


def proposals(old: Process, new: Process, element: str, scope: str = "", spec: str = "") -> tuple[str, ...]:
    """Elements of the new process at which a token of an element that is no more may go on: one that only has another
    id, else the nearest steps after it that are still there."""
    known = new.specs[spec].task_specs if spec else new.elements
    gone = old.elements[element]
    renamed = [e.id for e in new.elements.values() if e.id in known and e.id not in old.elements and e.kind == gone.kind
               and e.name and e.name == gone.name and bool(e.multiple) == bool(gone.multiple)]
    ahead = dict.fromkeys([*_right_behind(old, new, element, known), *_next_steps(old, new, element, known)])
    return tuple(renamed) or tuple(ahead) or _new_between(old, new, element, known)


def _right_behind(old: Process, new: Process, element: str, known) -> list[str]:
    """What follows an element that is gone, past others that are gone: there nothing is left out.

    Not a gateway that asks for the outcome of the very step that is gone.
    """
    found, seen, waiting = [], {element}, [element]
    while waiting:
        here = waiting.pop(0)
        for target in (flow.target for flow in old.flows.values() if flow.source == here):
            if target in known and (new.elements[target].kind in BEGINNINGS and new.elements[target].kind != "exclusiveGateway" or _is_place(new, target)):
                found.append(target)
            elif target not in new.elements and target not in seen:
                seen.add(target)
                waiting.append(target)
    return found


def _next_steps(old: Process, new: Process, element: str, known) -> tuple[str, ...]:
    found: list[str] = []
    seen, waiting = {element}, [element]
    while waiting and not found:
        after = list(dict.fromkeys(flow.target for here in waiting for flow in old.flows.values() if flow.source == here))
        waiting = [each for each in after if each not in seen]
        seen |= set(waiting)
        found = [each for each in waiting if each in known and _is_place(new, each)]
    return tuple(found)


def _is_place(new: Process, element: str) -> bool:
    """Whether a token may be put here for one that stood before: at a step of one person, at a join or a fork."""
    found = new.elements[element]
    return found.kind == "parallelGateway" or found.kind == "userTask" and not found.multiple


def ahead_of_joins(process: Process, element: str) -> set[str]:
    """What follows an element up to the joins that gather its branch."""
    found, waiting = set(), [element]
    while waiting:
        here = waiting.pop()
        for flow in process.flows.values():
            if flow.source == here and flow.target not in found:
                found.add(flow.target)
                if not (process.elements[flow.target].kind == "parallelGateway" and is_join(process, flow.target)):
                    waiting.append(flow.target)
    return found


def is_join(process: Process, element: str) -> bool:
    """Whether a parallel gateway waits for several ways."""
    return sum(flow.target == element for flow in process.flows.values()) > 1


def places(old: Process, new: Process, element: str) -> tuple[str, ...]:
    """All elements of the new process at which a token of this element may be put, steps of people first."""
    was = old.elements[element]
    spec = new.specs.get(was.parent or was.process)
    if spec is None:
        return ()
    found = [name for name in new.elements if name in spec.task_specs and (new.elements[name].kind in BEGINNINGS or _is_place(new, name))]
    return tuple(sorted(found, key=lambda name: new.elements[name].kind != "userTask"))


def way_on_to(old: Process, new: Process, element: str, join: str) -> str:
    """The flow by which the way from an element that is no more came to a join, past nothing that is still there; "" when none did."""
    seen, waiting = set(), [element]
    while waiting:
        here = waiting.pop()
        for name, flow in old.flows.items():
            if flow.source == here and flow.target == join:
                return name
            if flow.source == here and flow.target not in seen and flow.target not in new.elements:
                seen.add(flow.target)
                waiting.append(flow.target)
    return ""


def _new_between(old: Process, new: Process, element: str, known) -> tuple[str, ...]:
    """Steps that only the new diagram has, right behind what stood before the element that is gone."""
    before = {flow.source for flow in old.flows.values() if flow.target == element}
    return tuple(dict.fromkeys(flow.target for flow in new.flows.values() if flow.source in before and flow.target in known
                               and flow.target not in old.elements and new.elements[flow.target].kind == "userTask"))


def way_into(old: Process, new: Process, flow: str, old_join: str, new_join: str, renamed: Mapping[str, str]) -> str | None:
    """The flow into a join of the new process that stands for one of the old process: "" when its branch is no more,
    None when it cannot be told."""
    before = {name for name, each in old.flows.items() if each.target == old_join}
    after = {name for name, each in new.flows.items() if each.target == new_join}
    if flow in after:
        return flow
    fresh, lost = sorted(after - before), sorted(before - after)
    if not fresh:
        return ""
    both = {e for e in old.elements if e in new.elements}

    def before_in_old(each: str) -> set[str]:
        return {renamed.get(e, e) for e in _origins(old, each, both | set(renamed))}

    known = both | set(renamed.values())
    found = [each for each in fresh if before_in_old(flow) & _origins(new, each, known)]
    if len(found) != 1:
        return fresh[0] if len(fresh) == len(lost) == 1 else None
    rivals = [each for each in lost if each != flow and before_in_old(each) & _origins(new, found[0], known)]
    return found[0] if not rivals else None


def _origins(process: Process, flow: str, known: set[str]) -> set[str]:
    """The nearest elements before a flow that both diagrams have."""
    found, seen, waiting = set(), set(), [process.flows[flow].source]
    while waiting:
        here = waiting.pop()
        if here in known:
            found.add(here)
        elif here not in seen:
            seen.add(here)
            element = process.elements[here]
            waiting += [element.attached_to] if element.attached_to else [f.source for f in process.flows.values() if f.target == here]
    return found
