"""Drafts: what a person typed for a task and has not submitted. Of a person and a task; never lost, never shared."""
from __future__ import annotations

import sqlalchemy as sa

from app.errors import DraftConflict
from app.operations import releases
from app.operations.access import ensure_can_work
from app.operations.commands import case_id_of, locked_case, locked_task
from app.operations.contexts import instant
from app.rendering.field_types import field_type
from app.store import session
from app.store.models import Answers, Case, Draft, Task

_SAME_STEP = sa.select(Task.id).where(
    Task.case_id == sa.bindparam("case"), Task.element == sa.bindparam("element"), Task.state == "cancelled")
_DROP = sa.delete(Draft.__table__).where(sa.or_(
    Draft.__table__.c.task_id == sa.bindparam("of"),
    sa.and_(Draft.__table__.c.person_id == sa.bindparam("me"), Draft.__table__.c.task_id.in_(_SAME_STEP))))
_CARRIED = sa.select(Draft).where(
    Draft.case_id == sa.bindparam("case"), Draft.person_id == sa.bindparam("me"), Draft.task_id.in_(_SAME_STEP)
).order_by(Draft.saved_at.desc()).limit(1)


def read_draft(task: Task, actor) -> Draft | None:
    """What this person has saved for this task, or None."""
    return session().get(Draft, (task.id, actor.id))


def carried_draft(case: Case, task: Task, actor) -> Draft | None:
    """What this person typed at the same step before it was taken back, unless the form was answered since: it is not lost."""
    found = session().scalar(_CARRIED, {"case": case.id, "element": task.element, "me": actor.id})
    latest = session().get(Answers, case.latest[task.form]) if found and task.form in case.latest else None
    return found if found and (latest is None or latest.at <= found.saved_at) else None


def starting_answers(case: Case, task: Task) -> dict:
    """What a form opens with before anything is saved: the latest answers to the same form, else nothing.

    Of several people who answer the same form side by side nobody begins with another's answers.
    """
    latest = case.latest.get(task.form) if task.item is None else None
    return dict(session().get(Answers, latest).data) if latest else {}


def save_draft(task_id: str, answers: dict, *, actor, clock, seen_version: int | None = None) -> Draft:
    """Merges the given fields into the person's draft and saves it; a secret choice is left out.

    `seen_version` is the version the page was made from; when another window saved since, raises DraftConflict
    (with `.draft`) and changes nothing.
    """
    with locked_case(case_id_of(task_id)) as case:
        task = locked_task(task_id)
        ensure_can_work(task, actor)
        draft = session().get(Draft, (task_id, actor.id), with_for_update=True, populate_existing=True)
        if draft is None:
            draft = Draft(task_id=task_id, person_id=actor.id, case_id=case.id, version=0, data=_begun(case, task, actor))
            session().add(draft)
        elif seen_version is not None and seen_version != draft.version:
            raise DraftConflict(at=instant(draft.saved_at)[11:16], draft=draft)
        draft.data = {**draft.data, **_storable(case, task, answers)}
        draft.version += 1
        draft.saved_at = clock()
        session().flush()
        return draft


def _begun(case: Case, task: Task, actor) -> dict:
    carried = carried_draft(case, task, actor)
    return dict(carried.data) if carried else starting_answers(case, task)


def _storable(case: Case, task: Task, answers: dict) -> dict:
    form = releases.procedure_of(case.release).forms.get(task.form)
    secret = {field.key for field in form.fields() if field_type(field).secret} if form else ()
    return {key: value for key, value in answers.items() if key not in secret}


def drop_drafts(task: Task, actor) -> None:
    """Removes the drafts of a finished task, and what this person left at the same step; the answers are kept by then."""
    session().execute(_DROP, {"of": task.id, "case": task.case_id, "element": task.element, "me": actor.id})


def drop_all_drafts(case: Case) -> None:
    """Removes whatever was typed for a case and never submitted: somebody asked for it."""
    session().execute(sa.delete(Draft).where(Draft.case_id == case.id))
