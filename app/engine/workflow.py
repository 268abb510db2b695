"""Tasks and workflows of SpiffWorkflow without its clock, its random ids, its predictions and its tree searches.

Only `app/engine` imports it. A task here makes its children when it completes and takes its data when it is made; so
a restored case needs nothing but its unfinished tasks, and equal commands give equal states.
"""
from __future__ import annotations

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task, TaskState

from .case import Case
from .evaluation import ENGINE
from .nodes import enter

UNFINISHED = TaskState.DEFINITE_MASK
ROOT = "root"


class CaseTask(Task):
    """A token at an element. `number` is its place in the order in which the tasks of the case were made."""

    def __init__(self, workflow, task_spec, parent=None, state=TaskState.FUTURE, id=ROOT, number=0):
        # Task.__init__ is not called: it reads the wall clock.
        self.id, self.number = id, number
        self.workflow, self.task_spec = workflow, task_spec
        self._parent, self._children, self._state = parent and parent.id, [], state
        self.triggered, self.thread_id, self.last_state_change = False, 0, 0.0
        self.data, self.internal_data = {}, {}
        workflow.tasks[id] = self
        if self.is_unfinished:
            workflow.active[id] = self
        if parent is not None:
            parent._children.append(id)

    @property
    def case(self) -> Case:
        return self.workflow.top_workflow.case

    @property
    def is_ready(self) -> bool:
        return self._state == TaskState.READY

    @property
    def is_unfinished(self) -> bool:
        return self._state & UNFINISHED != 0

    def add_child(self, task_spec, **local_data) -> "CaseTask":
        """A new token below this one with a copy of its data; it has still to arrive."""
        number, identifier = self.case.new_id()
        child = CaseTask(self.workflow, task_spec, self, id=identifier, number=number)
        child.data = {**self.data, **local_data}
        return child

    def arrive(self) -> None:
        self.case.current = self.task_spec.element or self.case.current
        self.task_spec._update(self)

    def _set_state(self, value) -> None:
        self._state = value   # Task logs here, at more cost than the step itself, and reads the clock
        if not self.is_unfinished:
            self.workflow.active.pop(self.id, None)

    def _inherit_data(self) -> None:
        """Nothing: done once, by add_child. Inheriting again would take data of a branch that went another way."""

    def _ready(self) -> None:
        super()._ready()
        if self.is_ready and not self.task_spec.manual:
            self.case.queue.append(self)

    def complete(self) -> None:
        """Leaves the element, takes the flows out of it, and tells whoever waits for that."""
        spec = self.task_spec
        self.case.current = spec.element or self.case.current
        ways = spec.ways_out(self)
        self._set_state(TaskState.COMPLETED)
        spec.left(self)
        for child in [spec.walk(self, way) for way in ways]:
            child.arrive()
        spec.done(self)
        self.workflow._task_completed_notify(self)

    def cancel(self) -> None:
        """Cancels an unfinished task with all that runs inside it."""
        if not self.is_unfinished:
            return
        for child in self.children:
            child.cancel()
        self._set_state(TaskState.CANCELLED)
        self.task_spec._on_cancel(self)
        self.task_spec.cancelled(self)


class _Tokens:
    """What the workflow of a case and a sub-workflow have in common."""

    def plant(self) -> None:
        """The root below which all tokens stand. `active` are the unfinished tasks in the order they were made."""
        self.active: dict[str, CaseTask] = {}
        self.task_tree = CaseTask(self, self.spec.start, state=TaskState.COMPLETED)

    def begin(self, data: dict) -> None:
        """Puts the first token on the start event."""
        self.plant()
        self.task_tree.data = data
        enter(self.task_tree, self.spec.entry(self.spec.first)).arrive()

    def unfinished(self) -> list[CaseTask]:
        return list(self.active.values())

    def cancel(self) -> None:
        self.completed = True
        for task in self.unfinished():
            task.cancel()

    def _task_completed_notify(self, task) -> None:
        if self.completed or self.active:
            return
        self.completed = True
        self.ended(task)


class CaseWorkflow(_Tokens, BpmnWorkflow):
    """The top process of a case."""

    def __init__(self, spec, subprocess_specs):
        super().__init__(spec, subprocess_specs, script_engine=ENGINE, deserializing=True)
        self.case = Case()

    def all(self) -> tuple:
        """This workflow and the running sub-workflows, outer before inner."""
        return (self, *self.subprocesses.values())

    def tasks_in_order(self) -> list[CaseTask]:
        """The unfinished tasks of the case in the order in which they were made."""
        return sorted((task for workflow in self.all() for task in workflow.unfinished()), key=lambda task: task.number)

    def find(self, task_id: str) -> CaseTask | None:
        """The unfinished task of this id."""
        return next((workflow.active[task_id] for workflow in self.all() if task_id in workflow.active), None)

    def get_task_from_id(self, task_id: str) -> CaseTask:
        return next(workflow.tasks[task_id] for workflow in self.all() if task_id in workflow.tasks)

    def create_subprocess(self, my_task, spec_name: str) -> "CaseSubWorkflow":
        found = CaseSubWorkflow(self.subprocess_specs[spec_name], my_task.id, self, deserializing=True)
        self.subprocesses[my_task.id] = found
        return found

    def ended(self, task) -> None:
        """Nothing is above the top process."""


class CaseSubWorkflow(_Tokens, BpmnSubWorkflow):
    """An embedded sub-process or a called process while it runs."""

    def ended(self, task) -> None:
        """Gives the token back to the activity in the process above, with the last outcome."""
        caller = self.top_workflow.get_task_from_id(self.parent_task_id)
        self.top_workflow.subprocesses.pop(caller.id, None)
        caller.data = {**caller.data, "outcome": task.data.get("outcome")}
        caller.complete()
