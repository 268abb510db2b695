"""What happened to a case, as lines for people. Who did it is said as far as the reader may know.

The person whose case it is reads roles instead of names: who exactly reviewed is not theirs to know.
"""
from __future__ import annotations

import sqlalchemy as sa

from app.operations import releases
from app.operations.reading.views import Happening
from app.store import session
from app.store.models import Case, Event, Task

_INNER = frozenset({"open", "take", "give_back", "hand", "answer"})  # of interest to those who work on it only


def timeline(case: Case, actor) -> tuple[Happening, ...]:
    """The case's history, oldest first, as `actor` may read it."""
    process = releases.process_of(case)
    inner = case.starter_id != actor.id
    events = session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq))
    return tuple(_happening(e, process, case, actor) for e in events if inner or e.kind not in _INNER)


def remarks_on(task: Task, case: Case, actor) -> tuple[Happening, ...]:
    """The reasons given by whoever sent the case to this task: what a returned person must read first."""
    process = releases.process_of(case)
    # A command stamps its event and the tasks it opens with the same instant.
    events = session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.at == task.created_at))
    found = (_happening(e, process, case, actor) for e in events if e.task_id != task.id)
    return tuple(h for h in found if h.reason)


def _happening(event: Event, process, case: Case, actor) -> Happening:
    element = process.elements.get(event.element)
    decision = next((d for d in element.decisions if d.outcome == event.outcome), None) if element else None
    own = element.properties if element else {}
    style = decision.style if decision else own.get("style", "")
    name = (element.name or own.get("label", "")) if element else ""
    label = event.details.get("label") or (decision.label if decision else "") or event.details.get("to_name", "")
    return Happening(
        seq=event.seq, at=event.at, kind=event.kind, element=event.element, element_name=name or event.element,
        who=_who(event, element, case, actor), outcome=event.outcome, outcome_label=label,
        tone="bad" if style == "danger" else "", reason=event.details.get("reason", ""))


def _who(event: Event, element, case: Case, actor) -> str:
    if event.actor_id == "system":  # timers, connectors, other cases
        return ""
    if event.actor_id == actor.id or case.starter_id != actor.id:
        return event.actor_name
    return element.lane if element and element.lane else ""
