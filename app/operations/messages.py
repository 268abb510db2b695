"""Messages to cases: actions of people (withdraw, terminate, urge…), answers of the world, words between cases."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app import engine
from app.errors import NotFound, NotWaitingFor, ReasonNeeded
from app.operations import releases
from app.operations.access import can_send, ensure_can_view
from app.operations.claims import free_where_said
from app.operations.commands import Entry, locked_case, move
from app.operations.contexts import case_context, holds
from app.operations.drafts import drop_all_drafts
from app.operations.idempotency import once
from app.people import SYSTEM
from app.store import session
from app.store.models import Case, Subscription, Task

_WAITING = sa.select(Subscription).where(Subscription.case_id == sa.bindparam("of")).order_by(Subscription.id)


@dataclass(frozen=True)
class Action:
    """An action the case offers to this actor now: a button."""

    message: str
    label: str
    element: str
    confirm: str
    reason: str  # ""|optional|required
    style: str  # primary|secondary|danger


def actions_of(case: Case, actor, clock) -> list[Action]:
    """The actions this actor may take on the case now, in the order they were offered."""
    process = releases.process_of(case)
    found = [(s, process.elements[s.element]) for s in _offered(case) if can_send(s, actor)]
    return [_action(s, element) for s, element in found if _holds(case, s, element, actor, clock)]


def send_message(case_id: int, name: str, *, actor, clock, reason: str = "") -> Case:
    """A person's action on a case. Raises NotFound, NotWaitingFor, ReasonNeeded.

    People give a reason and nothing else: a payload becomes `vars.<message>`, which flows may rely on.
    """
    with locked_case(case_id) as case:
        ensure_can_view(case, actor)
        process = releases.process_of(case)
        subscription, element = _subscription_for(case, process, name, actor, clock)
        if element.properties.get("reason") == "required" and not reason.strip():
            raise ReasonNeeded(label=label_of(element))
        payload = {"reason": reason} if reason else {}
        _deliver(case, subscription, payload, actor, clock, reason)
        return case


def deliver_message(number: str, name: str, payload: dict, *, clock, key: str = "") -> bool:
    """A message of the system to the case with this number; once per key. False when the case does not wait for it.

    Raises NotFound when there is no such case.
    """
    case_id = session().scalar(sa.select(Case.id).where(Case.number == number))
    if case_id is None:
        raise NotFound()
    answer = once(SYSTEM, key, name, clock, lambda: {"taken": _system_message(case_id, name, payload, clock)})
    return answer["taken"]


def _system_message(case_id: int, name: str, payload: dict, clock) -> bool:
    with locked_case(case_id) as case:
        waiting = [s for s in _all(case) if s.message == name]
        if not waiting:
            return False
        _deliver(case, waiting[0], payload, SYSTEM, clock, "")
        return True


def _deliver(case: Case, subscription: Subscription, payload: dict, actor, clock, reason: str) -> None:
    entry = Entry("message", actor, clock(), element=subscription.element, outcome=subscription.message)
    entry.details = {"payload": payload, "subscription": subscription.id} | ({"reason": reason} if reason else {})
    subscription_id, name = subscription.id, subscription.message
    free_where_said(case, releases.process_of(case).elements.get(subscription.element))
    element = releases.process_of(case).elements.get(subscription.element)
    move(case, entry, lambda p, state, facts: engine.send(p, state, name, payload, facts, subscription_id=subscription_id))
    if element is not None and element.properties.get("drops_drafts") == "true":
        drop_all_drafts(case)


def _subscription_for(case: Case, process, name: str, actor, clock):
    for subscription in _offered(case):
        if subscription.message != name:
            continue
        element = process.elements[subscription.element]
        if can_send(subscription, actor) and _holds(case, subscription, element, actor, clock):
            return subscription, element
    raise NotWaitingFor(message_name=name, label=label_of_message(case, name))


def label_of_message(case: Case, name: str) -> str:
    """What people call this action, also while the case does not wait for it; the bare name when its process has none such."""
    return next((label_of(element) for element in releases.process_of(case).elements.values() if element.message == name), name)


def _holds(case: Case, subscription: Subscription, element, actor, clock) -> bool:
    if not element.properties.get("when"):
        return True
    task = session().get(Task, subscription.attached_task) if subscription.attached_task else None
    return holds(element.properties["when"], case_context(case, actor=actor, clock=clock, task=task))


def _action(subscription: Subscription, element) -> Action:
    said = element.properties
    return Action(
        message=subscription.message, label=label_of(element), element=element.id, confirm=said.get("confirm", ""),
        reason=said.get("reason", ""), style=said.get("style", "secondary"),
    )


def label_of(element: engine.Element) -> str:
    """What the button of an action says."""
    return element.properties.get("label") or element.name or element.message


def _offered(case: Case) -> list[Subscription]:
    return [s for s in _all(case) if s.role]


def _all(case: Case) -> list[Subscription]:
    return list(session().scalars(_WAITING, {"of": case.id}))
