"""One task as its page shows it: form, draft, decisions, what was said before. Asks `access` first; writes nothing."""
from __future__ import annotations

from app.errors import NotFound
from app.operations import marks, releases
from app.operations.access import can_work_on
from app.operations.bars import bar_notice
from app.operations.claims import claim_notice
from app.operations.contexts import case_context
from app.operations.decisions import decisions_of
from app.operations.drafts import carried_draft, read_draft, starting_answers
from app.operations.reading.casepages import view_case
from app.operations.reading.filled import readable_forms
from app.operations.reading.histories import remarks_on
from app.operations.reading.remarks import returned_remarks
from app.operations.reading.views import TaskView
from app.people import people_with_role
from app.store import session
from app.store.models import Case, Task


def view_task(task_id: str, actor, clock) -> TaskView:
    """A task and the head of its case. Raises NotFound when the actor may not see the case."""
    task = session().get(Task, task_id)
    if task is None:
        raise NotFound()
    head = view_case(task.case_id, actor, clock)
    case, context = head.case, case_context(head.case, actor=actor, clock=clock, task=task)
    draft = read_draft(task, actor)
    carried = None if draft else carried_draft(case, task, actor)
    answers = dict((draft or carried).data) if draft or carried else _begun(case, task)
    process = releases.process_of(case)
    marking = marks.sends_marks(process, task.element)
    return TaskView(
        task=task, head=head, form=releases.procedure_of(case.release).forms[task.form] if task.form else None,
        answers=answers, draft=draft, context=context,
        decisions=tuple(decisions_of(process, task, context)),
        remarks=remarks_on(task, case, actor), claim=_hindrance(case, task, process, context, answers, actor), mine=can_work_on(task, actor),
        takeable=can_work_on(task, actor) and not task.assignee, carried=carried is not None,
        marks=tuple(marks.marks_of(task, actor)) if marking else (), markable=marks.markable_forms(process) if marking else frozenset(),
        returned=returned_remarks(case, task, actor) if can_work_on(task, actor) else (),
        beside=readable_forms(case, actor, without=task.form) if case.starter_id != actor.id else ())


def _hindrance(case: Case, task: Task, process, context: dict, answers: dict, actor) -> str:
    """Why these answers could not be submitted now: a bar, or what another case has claimed."""
    given = {task.form: answers} if task.form else {}
    barred = bar_notice(case, process.elements[task.element], context, given, actor) if can_work_on(task, actor) else ""
    return barred or claim_notice(case, task, context, answers, actor)


def _begun(case: Case, task: Task) -> dict:
    """What the form opens with. One of several who answer the same form begins with nothing: not with another's answers."""
    return starting_answers(case, task) if task.item is None else {}


def colleagues_for(task: Task, actor) -> list[dict]:
    """Parties to whom the actor may hand this task: the other holders of its pool, four eyes kept."""
    role, _, scope = task.pool.partition("@")
    kept_out = {person for person, _element in task.excluded or ()} | {actor.id}
    if task.personal or not role:
        return []
    return [party for party in people_with_role(role, scope) if party["ref"].partition(":")[2] not in kept_out]
