"""What happened to a case, as lines for people. Who did it is said as far as the reader may know.

The person whose case it is reads roles instead of names: who exactly reviewed is not theirs to know.
"""
from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from app.erased import shown, shown_name
from app.operations import releases
from app.operations.access import READS_ALL
from app.operations.blinding import veil_of
from app.operations.past_releases import Past
from app.operations.reading.discretion import kept_from
from app.operations.reading.places import place_of
from app.operations.reading.views import Happening
from app.store import session
from app.store.models import Answers, Case, Event, Task

_INNER = frozenset({"open", "take", "give_back", "hand", "answer"})  # of interest to those who work on it only


def timeline(case: Case, actor) -> tuple[Happening, ...]:
    """The case's history, oldest first, as `actor` may read it. That somebody looked is for auditors."""
    past = Past(case)
    inner = case.starter_id != actor.id
    events = session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq))
    hidden, kept = (() if actor.has_role("auditor") else ("open",)) if inner else _INNER, kept_from(case, actor)
    lines = (_happening(e, past.at(e.seq), case, actor) for e in events if e.kind not in hidden and e.element not in kept)
    return _veiled(lines, case, actor)


def _veiled(lines, case: Case, actor) -> tuple[Happening, ...]:
    """The lines as a blind reader may read them."""
    veil = veil_of(case, actor)
    if veil is None:
        return tuple(lines)
    return tuple(replace(line, who=veil.text(line.who), outcome_label=veil.text(line.outcome_label), reason=veil.text(line.reason),
                         marks=tuple((place, veil.text(said)) for place, said in line.marks)) for line in lines)


def remarks_on(task: Task, case: Case, actor) -> tuple[Happening, ...]:
    """The reasons given since this form was last answered: what a returned person must read first.

    Not those of the one command that opened the task: a word to somebody may have been sent in between.
    """
    past = Past(case)
    events = session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.seq >= _last_word(task, case)).order_by(Event.seq))
    found = (_happening(e, past.at(e.seq), case, actor) for e in events
             if e.kind in ("complete", "message") and e.task_id != task.id and e.element not in kept_from(case, actor))
    return _veiled((h for h in found if h.reason), case, actor)


def _last_word(task: Task, case: Case) -> int:
    """Where to begin: behind the last answers to this form; for a form never answered at the last decision."""
    if task.form in case.latest:
        return session().get(Answers, case.latest[task.form]).seq + 1
    decisions = sa.select(sa.func.max(Event.seq)).where(Event.case_id == case.id, Event.kind == "complete")
    return session().scalar(decisions) or 0


def _happening(event: Event, process, case: Case, actor) -> Happening:
    element = process.elements.get(event.element)
    decision = next((d for d in element.decisions if d.outcome == event.outcome), None) if element else None
    own = element.properties if element else {}
    style = decision.style if decision else own.get("style", "")
    name = (element.name or own.get("label", "")) if element else ""
    said = shown(event.details)
    label = said.get("label") or (decision.label if decision else "") or said.get("to_name", "")
    return Happening(
        seq=event.seq, at=event.at, kind=event.kind, element=event.element, element_name=name or event.element,
        who=who_did(event, element, case, actor), outcome=event.outcome, outcome_label=label,
        tone="bad" if style == "danger" else "", reason=said.get("reason", ""), marks=_marks(event, case, actor))


def _marks(event: Event, case: Case, actor) -> tuple[tuple[str, str], ...]:
    """(place, remark) of what was marked with this event, of forms that the reader knows: the starter's own, or all for reviewers."""
    forms = releases.procedure_of(case.release).forms
    known = [m for m in shown(event.details).get("marks", ()) if m["form"] in forms]
    return tuple((place_of(forms[m["form"]], m["section"], m["field"], m["row"]), m["remark"]) for m in known)


def who_did(event: Event, element, case: Case, actor) -> str:
    """Who did it, as far as this reader may know."""
    if event.actor_id == "system":  # timers, connectors, other cases
        return ""
    if event.actor_id == actor.id:
        return shown_name(event.actor_name)
    if element is None:
        return "" if case.starter_id == actor.id else shown_name(event.actor_name)
    role = releases.procedure_of(case.release).roles.get(element.properties.get("role") or element.role)
    if case.starter_id != actor.id and _is_told(role, actor):
        return shown_name(event.actor_name)
    return role.name if role else element.lane or ""  # an action may be another role's than the lane's it is drawn in


def _is_told(role, actor) -> bool:
    """Whether this reader may know who works in this role: a role can be told by name to some others alone (C-011)."""
    return role is None or not role.named_to or any(held in role.named_to or held in READS_ALL for held, _organisation in actor.roles)
