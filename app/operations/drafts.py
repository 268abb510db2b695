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

_DROP = sa.delete(Draft.__table__).where(Draft.__table__.c.task_id == sa.bindparam("of"))


def read_draft(task: Task, actor) -> Draft | None:
    """What this person has saved for this task, or None."""
    return session().get(Draft, (task.id, actor.id))


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
            draft = Draft(task_id=task_id, person_id=actor.id, case_id=case.id, version=0, data=starting_answers(case, task))
            session().add(draft)
        elif seen_version is not None and seen_version != draft.version:
            raise DraftConflict(at=instant(draft.saved_at)[11:16], draft=draft)
        draft.data = {**draft.data, **_storable(case, task, answers)}
        draft.version += 1
        draft.saved_at = clock()
        session().flush()
        return draft


def _storable(case: Case, task: Task, answers: dict) -> dict:
    form = releases.procedure_of(case.release).forms.get(task.form)
    secret = {field.key for field in form.fields() if field_type(field).secret} if form else ()
    return {key: value for key, value in answers.items() if key not in secret}


def drop_drafts(task: Task) -> None:
    """Removes the drafts of a finished task; its answers are kept by then."""
    session().execute(_DROP, {"of": task.id})
