"""Who may read what was filled in for a case: of pages, prints and files alike. Writes nothing."""
from __future__ import annotations

import sqlalchemy as sa

from app.operations import releases
from app.operations.access import READS_ALL
from app.people import SYSTEM
from app.store import session
from app.store.models import Answers, Case, CaseParty, Task


def readable_keys(case: Case, actor) -> frozenset[str]:
    """Keys of the forms of which this actor may read the latest answers; the system reads all."""
    if actor.id == SYSTEM.id:
        return frozenset(case.latest)
    forms, shared = releases.procedure_of(case.release).forms, asked_of_several(case, actor)
    given = session().execute(sa.select(Answers.form, Answers.actor_id).where(Answers.id.in_(list(case.latest.values()))))
    return frozenset(key for key, author in given if key in forms and may_read(case, actor, forms[key], author, shared))


def may_read(case: Case, actor, form, author: str, shared: set[str]) -> bool:
    """Whether this actor may read these answers. `shared` as from `asked_of_several`."""
    if author == actor.id:  # they gave them
        return True
    if case.starter_id == actor.id:  # what reviewers wrote reaches the person through reasons and results alone
        return False
    if form.readers and not any(role in form.readers or role in READS_ALL for role, _organisation in actor.roles):
        return False  # the form names who reads it, and this is nobody of them
    return form.key not in shared  # one of several who answer the same form: each writes without having read the others


def asked_of_several(case: Case, actor) -> set[str]:
    """Keys of the forms that this actor answers as one of several."""
    own = sa.select(Task.form, Task.item).where(
        Task.case_id == case.id, sa.or_(Task.assignee == actor.id, Task.closed_by == actor.id))
    return {form for form, item in session().execute(own) if item is not None}


def may_read_file(case: Case, material, actor) -> bool:
    """Whether this actor may read the form that a file was uploaded for; a file of no step belongs to the case as such."""
    task = session().get(Task, material.task_id) if material.task_id else None
    form = releases.procedure_of(case.release).forms.get(task.form) if task and task.case_id == case.id else None
    return form is None or may_read(case, actor, form, material.owner, asked_of_several(case, actor))


def reads_masked(case: Case, actor) -> bool:
    """Whether personal data of others is masked for this actor: by their roles in this procedure, unless it is their own case (D-126).

    Another role of a masked reader lifts that only where it gives them something to do with this case: what everybody gets
    who registers never does, one held in an organisation does where the case is that organisation's.
    """
    roles = releases.procedure_of(case.release).roles
    held = [(roles[role], where) for role, where in actor.roles if role in roles]
    if case.starter_id == actor.id or not any(role.masked for role, _where in held):
        return False
    open_ones = [(role, where) for role, where in held if not role.masked and role.given_to != "person"]
    return not any(not where or _works_on(case, role.code, where) for role, where in open_ones)


def _works_on(case: Case, role: str, where: str) -> bool:
    """Whether the case names the organisation, or had something for this role there."""
    named = sa.select(CaseParty.name).where(CaseParty.case_id == case.id, CaseParty.ref == f"org:{where}")
    had = sa.select(Task.id).where(Task.case_id == case.id, Task.pool == f"{role}@org:{where}")
    return any(session().scalar(query.limit(1)) is not None for query in (named, had))
