"""What of a case its own person does not get to know: branches that the diagram calls discreet (a complaint, D-49)."""
from __future__ import annotations

from functools import lru_cache

from app import engine
from app.operations import releases
from app.operations.past_releases import releases_of
from app.store.models import Case

_NONE: frozenset[str] = frozenset()


def kept_from(case: Case, actor) -> frozenset[str]:
    """Ids of elements and flows that this actor must not learn of; nothing for anybody but the starter."""
    if case.starter_id != actor.id:
        return _NONE
    return _NONE.union(*(_discreet(digest, case.process_id) for digest in releases_of(case)))


@lru_cache(maxsize=64)
def _discreet(digest: str, process_id: str) -> frozenset[str]:
    """The discreet elements and what can be reached through them alone."""
    process = engine.load_process(process_id, releases.procedure_of(digest).files)
    marked = {e.id for e in process.elements.values() if e.properties.get("discreet") == "true"}
    if not marked:
        return _NONE
    after = _after(process)
    begins = {e.id for e in process.elements.values() if not e.attached_to and e.id not in {t for ts in after.values() for t in ts}}
    hidden = _reached(marked, after, _NONE) - _reached(begins - marked, after, marked)
    return frozenset(hidden | {key for key, flow in process.flows.items() if flow.source in hidden or flow.target in hidden})


def _after(process) -> dict[str, set[str]]:
    """element -> what may follow it: along the flows, and the events attached to it."""
    after: dict[str, set[str]] = {}
    for flow in process.flows.values():
        after.setdefault(flow.source, set()).add(flow.target)
    for element in process.elements.values():
        if element.attached_to:
            after.setdefault(element.attached_to, set()).add(element.id)
    return after


def _reached(roots: set[str], after: dict[str, set[str]], closed) -> set[str]:
    found, waiting = set(), list(roots)
    while waiting:
        element = waiting.pop()
        if element not in found and element not in closed:
            found.add(element)
            waiting += after.get(element, ())
    return found
