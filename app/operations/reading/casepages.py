"""One case as its page shows it: head, steps, history, forms, reports. Asks `access` first; writes nothing."""
from __future__ import annotations

import sqlalchemy as sa

from app import engine
from app.errors import NotFound
from app.operations import releases
from app.operations.access import can_view_case, can_work_on, ensure_can_view
from app.operations.blinding import veiled_case, veiled_row
from app.operations.messages import actions_of
from app.operations.reading.caselists import handler_for
from app.operations.reading.discretion import kept_from
from app.operations.reading.views import CaseView, StageMark, StepState, TaskRow
from app.store import session
from app.store.models import Case, Event, Task

# Made once; of the finished tasks only their stages, or a case with many returns would become slow to look at.
_OPEN = sa.select(Task).where(Task.case_id == sa.bindparam("of"), Task.state == "open").order_by(Task.created_at, Task.id)
_DONE = sa.select(Task.stage).where(Task.case_id == sa.bindparam("of"), Task.state == "done").distinct()


def readable_case(case_id: int, actor) -> Case:
    """The case, or NotFound when there is none or this actor may not read it."""
    return ensure_can_view(session().get(Case, case_id), actor)


def case_if_readable(case_id: int, actor) -> Case | None:
    """The case while this actor may still read it: an action may have been the last thing that made it theirs to see."""
    case = session().get(Case, case_id)
    return case if case is not None and can_view_case(case, actor) else None


def view_case(case_id: int, actor, clock) -> CaseView:
    """The head of a case: where it is, since when, what the actor may do. Raises NotFound."""
    case = readable_case(case_id, actor)
    kept = kept_from(case, actor)
    open_tasks = [task for task in session().scalars(_OPEN, {"of": case.id}) if task.element not in kept]
    done = set(session().scalars(_DONE, {"of": case.id}))
    return CaseView(
        case=veiled_case(case, actor), stages=stage_marks(releases.process_of(case).stages, case, done),
        open_tasks=tuple(_row(case, task, actor) for task in open_tasks),
        mine=tuple(_row(case, task, actor) for task in open_tasks if can_work_on(task, actor)),
        actions=tuple(actions_of(case, actor, clock)), handler=handler_for(case, open_tasks, actor),
        since=min((task.created_at for task in open_tasks), default=case.changed_at),
        due=min((task.due for task in open_tasks if task.due), default=""),
    )


def stage_marks(stages, case: Case, visited: set[str]) -> tuple[StageMark, ...]:
    """The bar of stages; `visited` are those of done tasks. A return moves the mark back: what comes again is not done any more."""
    # A label may hold the very mark that stands between two.
    now = {label for label in stages if f"、{label}、" in f"、{case.stage}、"} if case.ended_at is None else set()
    places = [place for place, label in enumerate(stages) if label in now]
    return tuple(StageMark(label, _mark(place, label, places, visited, case, now)) for place, label in enumerate(stages))


def _mark(place: int, label: str, places: list[int], visited: set, case: Case, now: set) -> str:
    if label in now:
        return "current"
    if case.ended_at is not None:
        return "done" if case.tone == "good" or label in visited else "coming"
    passed = place < min(places, default=0) or (place < max(places, default=0) and label in visited)
    return "done" if passed else "coming"


def steps_of(case: Case, actor) -> tuple[StepState, ...]:
    """The steps of the diagram as a list for those who cannot see it: what is done, what is open, by whom."""
    elements = releases.process_of(case).elements
    found: dict[str, StepState] = {}
    tasks = session().scalars(sa.select(Task).where(Task.case_id == case.id).order_by(Task.created_at, Task.id))
    for task in (task for task in tasks if task.element not in kept_from(case, actor)):
        before = found.get(task.element)
        element = elements.get(task.element)
        found[task.element] = StepState(  # of several members one may still be at it
            element=task.element, name=task.name, lane=element.lane if element else "",
            state="open" if before and before.state == "open" else task.state,
            # Several people side by side are one visit.
            visits=1 + (before.visits if before else 0) if task.item is None else 1, since=task.closed_at or task.created_at)
    return tuple(found.values())


def progress_of(case: Case, actor) -> dict[str, list[str]]:
    """`{"walked": [ids of flows and elements], "current": [ids]}` for painting the diagram."""
    walked: dict[str, None] = {}
    inside: dict[str, int] = {}
    for details in session().scalars(sa.select(Event.details).where(Event.case_id == case.id).order_by(Event.seq)):
        for kind, element in details.get("trail", ()):
            walked[element] = None
            if kind != "flow":
                inside[element] = inside.get(element, 0) + (1 if kind == "enter" else -1)
    current = dict.fromkeys(session().scalars(sa.select(Task.element).where(Task.case_id == case.id, Task.state == "open")))
    elements, kept = releases.process_of(case).elements, kept_from(case, actor)
    current |= {e: None for e, times in inside.items() if times > 0 and e in elements and not elements[e].attached_to}
    now = [e for e in current if e not in kept] if case.ended_at is None else []
    return {"walked": [e for e in walked if e not in current and e not in kept], "current": now}


def diagram_of(case: Case) -> bytes:
    """The BPMN of the case's process in the release the case is pinned to."""
    return process_diagram(case.release, case.process_id)


def process_diagram(digest: str, process_id: str) -> bytes:
    """The BPMN file of a process in a release. Raises NotFound."""
    procedure = releases.procedure_of(digest)
    if process_id not in procedure.processes:
        raise NotFound()
    return procedure.files[procedure.processes[process_id]]


def process_in(digest: str, process_id: str) -> engine.Process:
    """A process as a release holds it, current or not. Raises NotFound."""
    process_diagram(digest, process_id)
    return engine.load_process(process_id, releases.procedure_of(digest).files)


def _row(case: Case, task: Task, actor) -> TaskRow:
    row = TaskRow(
        id=task.id, case_id=case.id, element=task.element, name=task.name, stage=task.stage, number=case.number,
        title=case.title, summary=case.summary, starter_name=case.starter_name, due=task.due, created_at=task.created_at,
        opened_at=task.opened_at, held=task.assignee == actor.id, personal=task.personal,
        excluded=next((tuple(pair) for pair in task.excluded or () if pair[0] == actor.id), None))
    return veiled_row(row, actor, case)
