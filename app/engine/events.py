"""Waiting for messages and timers: the event definitions and the task specs that wait.

Only `app/engine` imports it. Nothing here fires by itself: a message fires when it is sent, a timer only in the
command that fires timers, never as a side effect of another one.
"""
from __future__ import annotations

from datetime import datetime, timezone

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BoundaryEventMixin, IntermediateCatchEventMixin
from SpiffWorkflow.bpmn.util import BpmnEvent

from app.expressions import Expression

from .errors import EngineError
from .evaluation import ENGINE, assign, reference_of
from .nodes import Node
from .timing import due_at


class MessageDefinition(EventDefinition):
    """A message by name. Who may send it is settled when the waiting begins and kept."""

    def __init__(self, name: str, scope: Expression | None):
        super().__init__(name)
        self.scope = scope

    def update_task(self, my_task) -> None:
        my_task.internal_data = {"scope": reference_of(my_task, self.scope)}


class TimerDefinition(EventDefinition):
    """A timer. Its text is evaluated once, when it starts; `value` is the compiled expression or an ISO literal."""

    def __init__(self, name: str, kind: str, value: Expression | str):
        super().__init__(name)
        self.kind, self.value = kind, value

    def update_task(self, my_task) -> None:
        literal = isinstance(self.value, str)
        found = self.value if literal else ENGINE.evaluate(my_task, self.value)
        try:
            due = due_at(self.kind, found, my_task.case.facts.now)
        except (ValueError, OverflowError) as cause:
            text = self.value if literal else self.value.text
            raise EngineError.at(my_task.task_spec.element, str(cause), expression=text) from cause
        my_task.internal_data = {"due": due.isoformat()}


class Waiting(Node):
    """What events and receive tasks that wait have in common."""

    @property
    def is_timer(self) -> bool:
        return isinstance(self.event_definition, TimerDefinition)


class CatchEvent(IntermediateCatchEventMixin, Waiting):
    """An intermediate event or a receive task."""


class BoundaryEvent(BoundaryEventMixin, Waiting):
    """An event on an activity. It is entered when it fires, not while it is armed."""

    def entered(self, my_task, via: str) -> None:
        """Nothing while it is only armed."""

    def cancelled(self, my_task) -> None:
        """Nothing: it was never entered."""

    def _run_hook(self, my_task) -> bool:
        my_task.case.note("enter", self.element.id)
        split = my_task.parent
        if self.cancel_activity:
            split.task_spec.released(split, interrupted_by=my_task)
        elif not self.is_timer:
            split.add_child(self).arrive()
        return super()._run_hook(my_task)

    def left(self, my_task) -> None:
        my_task.case.note("leave", self.element.id)
        my_task.case.count_visit(self.element.id)


def deliver(my_task, payload) -> None:
    """The message that a task waits for has come; a payload that is not empty becomes `vars.<message name>`."""
    definition = my_task.task_spec.event_definition
    if payload:
        assign(my_task, definition.name, payload)
    _fire(my_task)


def ring(my_task) -> None:
    """The timer is due."""
    _fire(my_task)


def due_of(my_task) -> datetime:
    return datetime.fromisoformat(my_task.internal_data["due"]).astimezone(timezone.utc)


def _fire(my_task) -> None:
    spec = my_task.task_spec
    spec.catch(my_task, BpmnEvent(spec.event_definition))
    my_task.arrive()
