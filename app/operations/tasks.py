"""Verbs on tasks: complete, take, give back, hand to a colleague. Each is one event."""
from __future__ import annotations

from app import ballots, engine
from app.errors import NotAllowed, NotFound
from app.operations import events, marks, releases
from app.operations.access import can_work_on, ensure_can_view, ensure_can_work, ensure_open
from app.operations.answers import Checked, checked
from app.operations.choices import CaseChoices
from app.operations.bars import ensure_not_barred
from app.operations.claims import ensure_claim
from app.operations.commands import Entry, case_id_of, locked_case, locked_task, move
from app.operations.contexts import case_context
from app.operations.decisions import decisions_of, ensure_offered
from app.operations.drafts import drop_drafts, starting_answers
from app.operations.idempotency import keep_no_fingerprint
from app.operations.revising import lock_of
from app.people import actor_with_id
from app.store import session
from app.store.models import Case, CaseParty, Snapshot, Task


def complete_task(task_id: str, *, actor, clock, answers: dict, outcome: str, reason: str = "") -> Case:
    """Stores the answers and moves the case along the way of `outcome`.

    Raises NotFound, TaskNoLongerOpen, TaskTaken, FourEyes, NotAllowed, UnknownOutcome, ReasonNeeded, AnswersInvalid,
    ClaimTaken.
    """
    with locked_case(case_id_of(task_id)) as case:
        task = locked_task(task_id)
        ensure_can_work(task, actor)
        process = releases.process_of(case)
        _kept = session().get(Snapshot, case.id)  # read once: the session alone would let go of it before `move`
        context = case_context(case, actor=actor, clock=clock, task=task)
        marked = bool(marks.marks_of(task, actor)) if marks.sends_marks(process, task.element) else False
        decision = ensure_offered(decisions_of(process, task, context), outcome, reason, marked)
        found = _checked_answers(case, task, answers, context | {"outcome": outcome}, actor)
        ensure_not_barred(case, process.elements[task.element], context | {"outcome": outcome}, {task.form: found.answers} if task.form else {}, actor)
        ensure_claim(case, process, task, context | {"outcome": outcome}, found.answers, actor, clock)
        entry = Entry("complete", actor, clock(), element=task.element, task=task, outcome=decision.outcome)
        entry.answers = {task.form: found.answers} if task.form else {}
        entry.details = {"label": decision.label} | ({"reason": reason} if reason else {}) | _said(case, process, task, decision, actor)
        entry.parties = found.parties
        move(case, entry, lambda p, state, facts: engine.complete(p, state, task.id, outcome, facts))
        _keep_together(case, found.cases)
        drop_drafts(task, actor)
        marks.drop_marks(task, actor)
        return case


def _said(case: Case, process: engine.Process, task: Task, decision: engine.Decision, actor) -> dict:
    """What the event holds of marks: those that go with a return, the replies that go with what was changed."""
    sent = marks.taken_along(task, decision, actor)
    replies = marks.replies_to_send(case, task, actor) if process.elements[task.element].properties.get("edit") else {}
    return ({"marks": sent} if sent else {}) | ({"replies": replies} if replies else {})


def _keep_together(case: Case, numbers: list[str]) -> None:
    """Remembers which cases travel with this one, so that their starters find them as such (打包办)."""
    for number in numbers:
        session().merge(CaseParty(case_id=case.id, name=f"case:{number}", ref=f"case:{number}"))


def _checked_answers(case: Case, task: Task, answers: dict, context: dict, actor) -> Checked:
    if not task.form:
        return Checked({}, {}, [], [])
    form = releases.procedure_of(case.release).forms[task.form]
    lock = lock_of(case, task, form, context, CaseChoices(case.release, case, actor))
    answers = lock.ensure_kept(answers) if lock else answers
    found = checked(form, answers, context, case, actor, previous=starting_answers(case, task))
    for ballot_id, choice in found.votes:
        ballots.cast(ballot_id, actor.id, choice)
        keep_no_fingerprint()
    return found


def take_task(task_id: str, *, actor, clock) -> Task:
    """Takes a task out of the actor's pool. Raises TaskTaken when a colleague was first."""
    with locked_case(case_id_of(task_id)) as case:
        task = locked_task(task_id)
        ensure_can_work(task, actor)
        if task.assignee != actor.id:
            task.assignee = actor.id
            _note(case, "take", task, actor, clock)
        return task


def give_back_task(task_id: str, *, actor, clock) -> Task:
    """Puts a taken task back into its pool."""
    with locked_case(case_id_of(task_id)) as case:
        task = locked_task(task_id)
        ensure_can_view(case, actor)
        if task.personal or task.assignee != actor.id:
            raise NotAllowed()
        ensure_open(task)
        task.assignee = ""
        _note(case, "give_back", task, actor, clock)
        return task


def hand_task(task_id: str, to: str, *, actor, clock) -> Task:
    """Hands a task to a colleague of the same pool. Raises NotAllowed when the colleague may not do it."""
    with locked_case(case_id_of(task_id)) as case:
        task = locked_task(task_id)
        ensure_can_work(task, actor)
        colleague = actor_with_id(to)
        if colleague is None:
            raise NotFound()
        if task.personal or task.pool not in colleague.pools or not _may_follow(task, colleague):
            raise NotAllowed()
        task.assignee = colleague.id
        _note(case, "hand", task, actor, clock, {"to": colleague.id, "to_name": colleague.name})
        return task


def _may_follow(task: Task, colleague) -> bool:
    return all(person != colleague.id for person, _element in task.excluded)


def mark_opened(task_id: str, *, actor, clock) -> None:
    """Remembers that somebody who may do the task has looked at it, once."""
    task = session().get(Task, task_id)
    if task is None or task.opened_at or not can_work_on(task, actor):
        return
    with locked_case(task.case_id) as case:
        task = locked_task(task_id)
        if task.opened_at is None and task.state == "open":
            task.opened_at = clock()
            _note(case, "open", task, actor, clock)


def _note(case: Case, kind: str, task: Task, actor, clock, details: dict | None = None) -> None:
    case.version += 1
    events.append_event(
        case, kind, actor=actor, at=clock(), element=task.element, task_id=task.id, details=details or {},
        state_digest=events.latest_state_digest(case),
    )
