"""Which filled forms of a case somebody may read, and one of them. Writes nothing."""
from __future__ import annotations

import sqlalchemy as sa

from app.errors import NotFound
from app.operations import releases
from app.operations.access import READS_ALL
from app.operations.answers import material_ids
from app.operations.contexts import case_context
from app.operations.reading.views import FormLink
from app.store import session
from app.store.models import Answers, Case, Task


def readable_forms(case: Case, actor, *, without: str = "") -> tuple[FormLink, ...]:
    """The latest answers of each form, as far as `actor` may read them, in the order they were given."""
    forms = releases.procedure_of(case.release).forms
    rows = session().execute(
        sa.select(Answers.id, Answers.form, Answers.actor_id, Answers.at, Answers.revision, Answers.seq).where(Answers.id.in_(list(case.latest.values()))).order_by(Answers.id))
    shared, first = _asked_of_several(case, actor), releases.process_of(case).start_form
    rows = sorted(rows, key=lambda row: row.form == first)  # what was asked before the case existed is seldom what one looks for
    redone = max((row.seq for row in rows if row.actor_id == case.starter_id and row.revision > 1), default=0)
    return tuple(
        FormLink(form, forms[form].title, answers_id, at, revision, older=author != case.starter_id and seq < redone)
        for answers_id, form, author, at, revision, seq in rows
        if form != without and form in forms and _may_read(case, actor, forms[form], author, shared))


def _may_read(case: Case, actor, form, author: str, shared: set[str]) -> bool:
    """Whether this actor may read these answers."""
    if author == actor.id:  # they gave them
        return True
    if case.starter_id == actor.id:  # what reviewers wrote reaches the person through reasons and results alone
        return False
    if form.readers and not any(role in form.readers or role in READS_ALL for role, _organisation in actor.roles):
        return False  # the form names who reads it, and this is nobody of them
    return form.key not in shared  # one of several who answer the same form: each writes without having read the others


def _asked_of_several(case: Case, actor) -> set[str]:
    own = sa.select(Task.form, Task.item).where(
        Task.case_id == case.id, sa.or_(Task.assignee == actor.id, Task.closed_by == actor.id))
    return {form for form, item in session().execute(own) if item is not None}


def filled_form(case: Case, key: str, actor, clock):
    """(Form, answers, context) of one readable form of the case. Raises NotFound."""
    link = next((link for link in readable_forms(case, actor) if link.key == key), None)
    if link is None:
        raise NotFound()
    form = releases.procedure_of(case.release).forms[key]
    return form, session().get(Answers, link.answers_id).data, case_context(case, actor=actor, clock=clock)


def reads_masked(case: Case, actor) -> bool:
    """Whether personal data of others is masked for this actor: by their roles in this procedure, unless it is their own case (D-126)."""
    roles = releases.procedure_of(case.release).roles
    held = [roles[role] for role, _organisation in actor.roles if role in roles]
    return case.starter_id != actor.id and bool(held) and all(role.masked for role in held)


def hides_file(case: Case, material, actor) -> bool:
    """Whether a file is kept from this actor: who reads a case masked opens only what was handed in and says not who somebody is."""
    return reads_masked(case, actor) and material.id not in _open_files(case)


def _open_files(case: Case) -> set[str]:
    forms = releases.procedure_of(case.release).forms
    given = {key: session().get(Answers, answers_id).data for key, answers_id in case.latest.items() if key in forms}
    return {one for key, data in given.items() for one in material_ids(forms[key], data, personal=False)}


def handed_in(case: Case, actor) -> list[tuple[str, list[str]]]:
    """(form title, ids of its files) of every form that this actor may read, in the order they were given."""
    forms = releases.procedure_of(case.release).forms
    return [(link.title, list(material_ids(forms[link.key], session().get(Answers, link.answers_id).data))) for link in readable_forms(case, actor)]
