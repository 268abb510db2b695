"""The commands of the engine: each takes a state and facts, moves the case, and returns the step.

Anybody may use the functions through `app.engine`. `Session` is the case while it is in memory; outside the engine
only its tests use it, to compare a case that lives on with one that is restored before every step.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.errors import PingshenError

from . import snapshot
from .errors import EngineError, NotWaiting, TaskNotOpen, UnknownOutcome, near
from .events import BoundaryEvent, Waiting, deliver, due_of, ring
from .model import Ended, Facts, OpenTask, Step, Subscription, Timer
from .nodes import ServiceTask, SubProcess, UserTask
from .process import Process
from .workflow import CaseTask, CaseWorkflow


def start(process: Process, facts: Facts) -> Step:
    """A new case, moved to where people or clocks are needed. Parties come with `facts.case["parties"]`."""
    session = Session(process)
    session.start(facts)
    return session.step()


def complete(process: Process, state: bytes, task_id: str, outcome: str, facts: Facts) -> Step:
    """A person has done a task. Due timers do not fire here: whoever was in time is not overtaken by the clock.

    Raises TaskNotOpen, UnknownOutcome, or EngineError (NoWayOut among them) with the state unchanged.
    """
    session = Session(process, state)
    session.complete(task_id, outcome, facts)
    return session.step()


def send(process: Process, state: bytes, message: str, payload: Mapping | None, facts: Facts,
         subscription_id: str | None = None) -> Step:
    """A message for one subscription: the given one, or the one of that name that waits longest.

    A payload that is not empty becomes `vars.<message>`. Raises NotWaiting.
    """
    session = Session(process, state)
    session.send(message, payload, facts, subscription_id)
    return session.step()


def answer(process: Process, state: bytes, task_id: str, result, facts: Facts) -> Step:
    """A connector has answered the request of this id. Raises NotWaiting when the task is done or was cancelled."""
    session = Session(process, state)
    session.answer(task_id, result, facts)
    return session.step()


def fire_timers(process: Process, state: bytes, facts: Facts) -> Step:
    """Fires every timer that is due at `facts.now`, the earliest first, and what these start that is already due."""
    session = Session(process, state)
    session.fire_timers(facts)
    return session.step()


def look(process: Process, state: bytes) -> Step:
    """The case as it stands, nothing moved: no requests, no trail."""
    return Session(process, state).step()


def variables_of(state: bytes) -> dict:
    """`vars` of a state, without its process."""
    return snapshot.read_state(state)["vars"]


def visits_of(state: bytes) -> dict:
    """How often each element was completed, without the process."""
    return snapshot.read_state(state)["visits"]


def digest_of(state: bytes) -> str:
    """The digest of a state, as `Step.digest` has it."""
    return snapshot.digest_of(state)


def resting(process: Process, state: bytes) -> tuple[str, ...]:
    """Ids of the elements at which tokens rest, each once: activities at work (with those inside them), events that are
    waited for on the way, joins that wait. Not events that only are armed on an activity."""
    rows = [(each["s"], row) for each in snapshot.read_state(state)["w"] for row in each["t"]]
    specs = [process.specs[scope].task_specs[row[2]] for scope, row in rows if scope in process.specs]
    found = (spec for spec in specs if spec.shown and not isinstance(spec, BoundaryEvent))
    return tuple(dict.fromkeys(spec.element.id for spec in found))


class Session:
    """A case in memory."""

    def __init__(self, process: Process, state: bytes | None = None):
        self.process = process
        if state is None:
            self.workflow = CaseWorkflow(process.specs[process.id], process.specs)
        else:
            self.workflow = snapshot.unpack(process, state)
        self.case = self.workflow.case
        self.case.created_before = self.case.created

    def start(self, facts: Facts) -> None:
        with self.command(facts):
            self.workflow.begin({})

    def complete(self, task_id: str, outcome: str, facts: Facts) -> None:
        task = self._found(task_id, UserTask)
        if task is None or not task.is_ready:
            raise TaskNotOpen(task_id=task_id)
        ensure_outcome(task.task_spec.element, outcome)
        with self.command(facts):
            task.data = {**task.data, "outcome": outcome}
            task.run()

    def send(self, message: str, payload, facts: Facts, subscription_id: str | None = None) -> None:
        for task in self._waiting():
            fits = subscription_id in (None, task.id) and task.task_spec.element.message == message
            if fits and not task.task_spec.is_timer:
                break
        else:
            raise NotWaiting(name=message)
        with self.command(facts):
            deliver(task, payload)

    def answer(self, task_id: str, result, facts: Facts) -> None:
        task = self._found(task_id, ServiceTask)
        if task is None:
            raise NotWaiting(name=task_id)
        with self.command(facts):
            task.task_spec.answered(task, result)

    def fire_timers(self, facts: Facts) -> None:
        with self.command(facts):
            while (task := self._earliest_due(facts)) is not None:
                ring(task)
                self.case.run_queue()

    @contextmanager
    def command(self, facts: Facts) -> Iterator[None]:
        """Runs a command to where the case waits again. Every fault comes out as EngineError with its true cause."""
        try:
            self.case.open_command(facts)
            yield
            self.case.run_queue()
            self._ensure_not_stuck()
        except PingshenError:
            raise
        except (Exception, SystemExit) as cause:  # whatever asks to leave: the worker has other cases
            reason = f"流程引擎出错：{type(cause).__name__}: {', '.join(map(str, cause.args))}"
            at = self.case.current
            raise (EngineError.at(at, reason) if at else EngineError(reason)) from cause

    def _ensure_not_stuck(self) -> None:
        tasks = self.workflow.tasks_in_order()
        if tasks and not any(isinstance(task.task_spec, (UserTask, ServiceTask, Waiting)) for task in tasks):
            raise EngineError.at(tasks[-1].task_spec.element, "流程停在此处：等待的分支永远不会到达")

    def _found(self, task_id: str, kind: type) -> CaseTask | None:
        task = self.workflow.find(task_id)
        return task if task is not None and isinstance(task.task_spec, kind) else None

    def _waiting(self) -> list[CaseTask]:
        return [task for task in self.workflow.tasks_in_order() if isinstance(task.task_spec, Waiting)]

    def _earliest_due(self, facts: Facts) -> CaseTask | None:
        due = [task for task in self._waiting() if task.task_spec.is_timer and due_of(task) <= facts.now]
        return min(due, key=lambda task: (due_of(task), task.number), default=None)

    # -- what the case looks like now

    def step(self) -> Step:
        state, digest = snapshot.pack(self.process, self.workflow)
        tasks, case = self.workflow.tasks_in_order(), self.case
        waiting = [task for task in tasks if isinstance(task.task_spec, Waiting)]
        clocks = [task for task in waiting if task.task_spec.is_timer]
        timers = [Timer(task.id, task.task_spec.element.id, due_of(task)) for task in clocks]
        return Step(
            state=state, digest=digest, variables=case.variables, parties=case.parties, visits=case.visits,
            open_tasks=tuple(self._open_task(task) for task in tasks if isinstance(task.task_spec, UserTask)),
            subscriptions=tuple(_subscription(task) for task in waiting if not task.task_spec.is_timer),
            timers=tuple(sorted(timers, key=lambda timer: timer.due)),
            requests=tuple(case.requests), trail=tuple(case.trail), ended=self._ended())

    def _open_task(self, task: CaseTask) -> OpenTask:
        element = task.task_spec.element
        return OpenTask(task.id, element.id, element.role, task.internal_data["scope"], task.data.get("item"),
                        task.number > self.case.created_before)

    def _ended(self) -> Ended | None:
        if not self.workflow.completed:
            return None
        if not self.case.end:
            return Ended("", "", "neutral")
        element = self.process.elements[self.case.end]
        properties = element.properties
        return Ended(element.id, properties.get("result") or element.name, properties.get("tone") or "neutral")


def ensure_outcome(element, outcome: str) -> None:
    known = [decision.outcome for decision in element.decisions]
    if outcome not in known:
        raise UnknownOutcome(outcome=outcome, element=element.id, element_name=element.name, known=tuple(known),
                             hint=near(outcome, known))


def _subscription(task: CaseTask) -> Subscription:
    element = task.task_spec.element
    return Subscription(task.id, element.message, element.id, element.attached_to, _attached_task(task), element.role,
                        task.internal_data["scope"], element.properties.get("when", ""))


def _attached_task(task: CaseTask) -> str:
    if not isinstance(task.task_spec, BoundaryEvent):
        return ""
    main = task.parent.task_spec.main_task(task.parent)
    return main.id if main is not None and isinstance(main.task_spec, (UserTask, SubProcess)) else ""
