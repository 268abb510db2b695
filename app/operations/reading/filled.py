"""Which filled forms of a case somebody may read, and one of them. Writes nothing."""
from __future__ import annotations

import sqlalchemy as sa

from app.errors import NotFound
from app.operations import releases
from app.operations.answers import material_ids
from app.operations.blinding import veil_of
from app.operations.contexts import case_context
from app.operations.readership import asked_of_several, may_read, reads_masked
from app.operations.reading.views import FormLink
from app.store import session
from app.store.models import Answers, Case


def readable_forms(case: Case, actor, *, without: str = "") -> tuple[FormLink, ...]:
    """The latest answers of each form, as far as `actor` may read them, in the order they were given."""
    forms = releases.procedure_of(case.release).forms
    rows = session().execute(
        sa.select(Answers.id, Answers.form, Answers.actor_id, Answers.at, Answers.revision, Answers.seq).where(Answers.id.in_(list(case.latest.values()))).order_by(Answers.id))
    shared, first = asked_of_several(case, actor), releases.process_of(case).start_form
    rows = sorted(rows, key=lambda row: row.form == first)  # what was asked before the case existed is seldom what one looks for
    redone = max((row.seq for row in rows if row.actor_id == case.starter_id and row.revision > 1), default=0)
    return tuple(
        FormLink(form, forms[form].title, answers_id, at, revision, older=author != case.starter_id and seq < redone)
        for answers_id, form, author, at, revision, seq in rows
        if form != without and form in forms and may_read(case, actor, forms[form], author, shared))


def filled_form(case: Case, key: str, actor, clock):
    """(Form, answers, context) of one readable form of the case. Raises NotFound."""
    link = next((link for link in readable_forms(case, actor) if link.key == key), None)
    if link is None:
        raise NotFound()
    form = releases.procedure_of(case.release).forms[key]
    data, veil = session().get(Answers, link.answers_id).data, veil_of(case, actor)
    return form, veil.answers(form, data) if veil else data, case_context(case, actor=actor, clock=clock)


def hides_file(case: Case, material, actor) -> bool:
    """Whether a file of a form they read is kept from this actor: who reads a case masked opens only what was handed in
    and says not who somebody is."""
    return reads_masked(case, actor) and material.id not in _open_files(case, blind=veil_of(case, actor) is not None)


def shown_name(case: Case, name: str, actor) -> str:
    """The name of a file as this actor may read it: people call files by their own names."""
    veil = veil_of(case, actor)
    return veil.text(name) if veil else name


def name_of_file(material, actor) -> str:
    """The name under which this actor gets a file."""
    case = session().get(Case, material.case_id) if material.case_id and material.owner != actor.id else None
    return shown_name(case, material.name, actor) if case else material.name


def _open_files(case: Case, blind: bool) -> set[str]:
    forms = releases.procedure_of(case.release).forms
    given = {key: session().get(Answers, answers_id).data for key, answers_id in case.latest.items() if key in forms}
    return {one for key, data in given.items() for one in material_ids(forms[key], data, personal=False, named=not blind)}


def handed_in(case: Case, actor) -> list[tuple[str, list[str]]]:
    """(form title, ids of its files) of every form that this actor may read, in the order they were given."""
    forms = releases.procedure_of(case.release).forms
    return [(link.title, list(material_ids(forms[link.key], session().get(Answers, link.answers_id).data))) for link in readable_forms(case, actor)]
