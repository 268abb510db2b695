"""The decisions a person may take on a task: the diagram's flows, without those whose `when` does not hold."""
from __future__ import annotations

from app import engine
from app.errors import ReasonNeeded, UnknownOutcome
from app.operations.contexts import holds
from app.store.models import Task


def decisions_of(process: engine.Process, task: Task, context: dict) -> list[engine.Decision]:
    """The buttons of this task for this context, in the order of the diagram."""
    offered = process.elements[task.element].decisions
    return [decision for decision in offered if holds(decision.when, context)]


def ensure_offered(decisions: list[engine.Decision], outcome: str, reason: str, marked: bool = False) -> engine.Decision:
    """The decision with this outcome; `marked`: whether something is marked. Raises UnknownOutcome, ReasonNeeded."""
    for decision in decisions:
        if decision.outcome == outcome:
            if needs_reason(decision, marked) and not reason.strip():
                raise ReasonNeeded(label=decision.label)
            return decision
    raise UnknownOutcome(outcome=outcome, known=[decision.outcome for decision in decisions])


def needs_reason(decision: engine.Decision, marked: bool) -> bool:
    """Whether a reason must be written: where marks are asked for, one of both is enough."""
    if decision.marks == "required":
        return not marked
    return decision.reason == "required"
