"""The task specs of SpiffWorkflow for each kind of element of the dialect: what a token does when it is there.

Only `app/engine` imports it. Texts of diagrams are compiled before they come here (`building.py`); specs are shared
by all cases of a release and never change.
"""
from __future__ import annotations

from dataclasses import dataclass

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin, ScriptTaskMixin, SubWorkflowTaskMixin, UserTaskMixin
from SpiffWorkflow.task import TaskState

from app.expressions import Expression

from .errors import EngineError, NoWayOut
from .evaluation import ENGINE, assign, ensure_plain, reference_of
from .model import Element, Request
from .tables import Table
from .watching import Chosen, tell


@dataclass(frozen=True)
class Way:
    """A sequence flow out of a node. `condition` is None where there is nothing to ask."""

    id: str
    target: str
    condition: Expression | None
    default: bool


class ProcessSpec(BpmnProcessSpec):
    """The specs of a process or an embedded sub-process. `first` is its start event."""

    def __init__(self, name: str, file: str):
        super().__init__(name=name, filename=file)
        self.first = ""
        self.entries: dict[str, str] = {}   # element id -> the spec that a token arrives at, where it is another one

    def entry(self, element: str) -> "Node":
        return self.task_specs[self.entries.get(element, element)]


class Node(BpmnSpecMixin):
    """What all elements have in common.

    `shown` is whether the trail tells of it; `each_of` names the multi-instance where this is the spec of an instance.
    """

    def __init__(self, wf_spec, name: str, element: Element | None = None, ways: tuple[Way, ...] = (),
                 each_of: str = "", **kwargs):
        super().__init__(wf_spec, name, **kwargs)
        self.element, self.ways, self.each_of = element, ways, each_of
        self.shown = element is not None and not each_of
        self.incoming: tuple[str, ...] = ()

    def test(self) -> None:
        """Nothing: the diagram was checked when it was read."""

    def ways_out(self, my_task) -> tuple[Way, ...]:
        return self.ways

    def walk(self, my_task, way: Way):
        """The token at the other end of a flow; it has still to arrive."""
        my_task.case.note("flow", way.id)
        return enter(my_task, self._wf_spec.entry(way.target), way.id)

    def entered(self, my_task, via: str) -> None:
        if self.shown:
            my_task.case.note("enter", self.element.id)

    def left(self, my_task) -> None:
        if self.shown:
            my_task.case.note("leave", self.element.id)
            if not self.element.kind.endswith("Gateway"):
                my_task.case.count_visit(self.element.id)
        if isinstance(my_task.parent.task_spec, BoundarySplit):
            my_task.parent.task_spec.released(my_task.parent)

    def cancelled(self, my_task) -> None:
        if self.shown:
            my_task.case.note("cancel", self.element.id)

    def done(self, my_task) -> None:
        """After the tokens that follow have arrived."""
        if self.each_of:
            my_task.parent.task_spec.one_done(my_task.parent, my_task)


def enter(parent, spec: Node, via: str = ""):
    """A token for a node below the task that leads to it."""
    child = parent.add_child(spec)
    spec.entered(child, via)
    return child


class PassThrough(Node):
    """A start event."""


class UserTask(UserTaskMixin, Node):
    """Waits for a person. Whose it is is settled when it opens and kept."""

    def __init__(self, wf_spec, name: str, scope: Expression | None, **kwargs):
        super().__init__(wf_spec, name, **kwargs)
        self.scope = scope

    def _on_ready_hook(self, my_task) -> None:
        self.settle(my_task)

    def settle(self, my_task) -> None:
        """Settles whose the task is: when it opens, and again when a move gave it another lane."""
        my_task.internal_data = {"scope": reference_of(my_task, self.scope)}


class ScriptTask(ScriptTaskMixin, Node):
    """Assignments; `script` is the compiled list of them."""


class ServiceTask(Node):
    """Asks a connector and stays STARTED until the answer comes."""

    def __init__(self, wf_spec, name: str, parameters, results, **kwargs):
        super().__init__(wf_spec, name, **kwargs)
        self.parameters, self.results = parameters, results   # `inputs` and `outputs` are names of TaskSpec

    def _run_hook(self, my_task) -> None:
        parameters = {
            name: ensure_plain(ENGINE.evaluate(my_task, value), self.element) for name, value in self.parameters}
        my_task.case.requests.append(Request(my_task.id, self.element.id, self.element.topic, parameters))

    def answered(self, my_task, result) -> None:
        result = ensure_plain(result, self.element)
        for name, value in self.results:
            assign(my_task, name, ENGINE.evaluate(my_task, value, {"result": result}))
        my_task.complete()


class RuleTask(Node):
    """Decides by a table into one variable."""

    def __init__(self, wf_spec, name: str, table: Table, **kwargs):
        super().__init__(wf_spec, name, **kwargs)
        self.table = table

    def _run_hook(self, my_task) -> bool:
        found = self.table.decide(lambda expression, **roots: ENGINE.evaluate(my_task, expression, roots))
        tell(my_task, lambda: Chosen("table", found))
        assign(my_task, self.element.result_variable, found)
        return True


class ExclusiveGateway(Node):
    """Takes the first flow, in the order of the file, whose condition holds; else the default one."""

    def ways_out(self, my_task) -> tuple[Way, ...]:
        way = self.way_for(my_task)
        tell(my_task, lambda: Chosen("flow", way.id))
        return (way,)

    def way_for(self, my_task) -> Way:
        """The way that the facts of a token ask for."""
        for way in self.ways:
            if not way.default and (way.condition is None or ENGINE.holds(my_task, way.condition)):
                return way
        fallback = next((way for way in self.ways if way.default), None)
        if fallback is None:
            conditions = tuple(way.condition.text for way in self.ways)
            raise NoWayOut.at(self.element, "", conditions=conditions, outcome=my_task.data.get("outcome"))
        return fallback


class ParallelGateway(Node):
    """Fires when there is a token on each incoming flow, consumes one of each, and puts one on each outgoing flow.

    A second token on the same flow stays for the next round. SpiffWorkflow's own gateway decides by the history of
    the case, which is not kept here.
    """

    def entered(self, my_task, via: str) -> None:
        super().entered(my_task, via)
        my_task.internal_data = {"via": via}

    def _update_hook(self, my_task) -> bool:
        earlier: dict[str, object] = {}
        for task in my_task.workflow.unfinished():
            if task.task_spec is self and task.state == TaskState.WAITING and task is not my_task:
                earlier.setdefault(task.internal_data["via"], task)
        if {*earlier, my_task.internal_data["via"]} < set(self.incoming) or my_task.internal_data["via"] in earlier:
            my_task._set_state(TaskState.WAITING)
            return False
        self._consume(my_task, earlier.values())
        return True

    def _consume(self, my_task, others) -> None:
        for task in others:
            task._set_state(TaskState.COMPLETED)
            my_task.case.note("leave", self.element.id)   # each token that came in is told to have left

    def fire_if_complete(self, workflow) -> None:
        """Fires when nothing is missing for tokens that wait already: after a move, the ways into it may be fewer."""
        first: dict[str, object] = {}
        for task in workflow.unfinished():
            if task.task_spec is self and task.state == TaskState.WAITING:
                first.setdefault(task.internal_data["via"], task)
        if first and set(first) >= set(self.incoming):
            *others, last = (first[via] for via in self.incoming)
            self._consume(last, others)
            last._ready()


class EndEvent(Node):
    """The end of a branch, or of all branches of this process when it terminates."""

    def left(self, my_task) -> None:
        super().left(my_task)
        workflow = my_task.workflow
        if workflow is workflow.top_workflow:
            my_task.case.end = self.element.id
        if self.element.terminate:
            for task in workflow.unfinished():
                task.cancel()


class SubProcess(SubWorkflowTaskMixin, Node):
    """An embedded sub-process or a call activity. `spec` is the name of its specs."""

    def start_workflow(self, my_task) -> None:
        my_task.workflow.top_workflow.create_subprocess(my_task, self.spec).begin(dict(my_task.data))

    def _update_hook(self, my_task) -> None:
        # The state has to be set before the sub-workflow runs, not after it as in the mixin.
        my_task._set_state(TaskState.STARTED)
        self.start_workflow(my_task)

    def _on_cancel(self, my_task) -> None:
        found = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if found is not None:
            found.cancel()


class MultiInstance(Node):
    """Runs the spec `each` once per member of a list, all at once or one after another.

    The list is asked for once, on arrival. Afterwards `outcome` is that of the instance that was completed last, and
    the variable `gathering` names, emptied on arrival, holds what each completed instance left, in that order.
    """

    def __init__(self, wf_spec, name: str, each: Node, collection: Expression, completion: Expression | None,
                 gathering: tuple[str, Expression] | None = None, **kwargs):
        super().__init__(wf_spec, name, **kwargs)
        self.each, self.collection, self.completion, self.gathering = each, collection, completion, gathering

    def _update_hook(self, my_task) -> bool:
        members = ensure_plain(ENGINE.evaluate(my_task, self.collection), self.element)
        if not isinstance(members, list):
            raise EngineError.at(self.element, "camunda:collection 没有得出列表", expression=self.collection.text)
        if self.gathering:
            assign(my_task, self.gathering[0], [])
        if not members:
            return True
        my_task._set_state(TaskState.STARTED)
        at_once = len(members) if self.element.multiple == "parallel" else 1
        my_task.internal_data = {"rest": members[at_once:], "next": at_once}
        for index, item in enumerate(members[:at_once]):
            my_task.add_child(self.each, item=item, index=index).arrive()
        return False

    def one_done(self, my_task, instance) -> None:
        """After an instance was completed: the next one, or the end of them all."""
        my_task.data = {**my_task.data, "outcome": instance.data.get("outcome")}
        self._gather(my_task, instance)
        if self.completion is not None and ENGINE.holds(instance, self.completion):
            for other in self._running(my_task):
                other.cancel()
            my_task.complete()
        elif my_task.internal_data["rest"]:
            (item, *rest), index = my_task.internal_data["rest"], my_task.internal_data["next"]
            my_task.internal_data = {"rest": rest, "next": index + 1}
            my_task.add_child(self.each, item=item, index=index).arrive()
        elif not self._running(my_task):
            my_task.complete()

    def _gather(self, my_task, instance) -> None:
        """Adds what the completed instance leaves; null is nothing."""
        if self.gathering is None:
            return
        into, expression = self.gathering
        left = ENGINE.evaluate(instance, expression)
        if left is not None:
            assign(my_task, into, [*(my_task.case.variables.get(into) or []), left])

    def _running(self, my_task) -> list:
        return [task for task in my_task.children if task.is_unfinished]


class BoundarySplit(Node):
    """Stands before an activity with boundary events: its children are the activity and the armed events.

    SpiffWorkflow's join behind the activity is left out: the activity disarms the events when it is done, and a
    non-interrupting message can come again, as BPMN says.
    """

    def __init__(self, wf_spec, name: str, main: Node, events: tuple[Node, ...], **kwargs):
        super().__init__(wf_spec, name, **kwargs)
        self.main, self.events = main, events

    def entered(self, my_task, via: str) -> None:
        self.main.entered(my_task, via)

    def left(self, my_task) -> None:
        """Nothing is left: the activity begins."""

    def cancelled(self, my_task) -> None:
        self.main.cancelled(my_task)

    def done(self, my_task) -> None:
        for token in [my_task.add_child(spec) for spec in (self.main, *self.events)]:
            token.arrive()

    def main_task(self, my_task):
        """The token at the activity; None when it is finished."""
        return next((task for task in my_task.children if task.task_spec is self.main and task.is_unfinished), None)

    def released(self, my_task, interrupted_by=None) -> None:
        """Cancels what is still open: the events after the activity, or everything else after an interruption."""
        for task in my_task.children:
            if task is not interrupted_by:
                task.cancel()
