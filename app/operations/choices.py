"""What forms offer to choose from the world: people of a role, organisations, waiting cases, uploaded materials."""
from __future__ import annotations

import hmac

import sqlalchemy as sa

from app import ballots, materials, people
from app.keys import signing_key
from app.operations import releases
from app.operations.blinding import veiled_case
from app.operations.contexts import instant
from app.registers import entries_in_force
from app.rendering import Choice, Entry, Material
from app.store import session
from app.store.models import Case, CaseParty, Subscription


class CaseChoices:
    """The choices of the forms of one release, for one actor; implements `app.rendering.Choices`.

    `case` is None while a start form is filled: then only the actor's own files can be chosen.
    """

    def __init__(self, release: str, case: Case | None, actor):
        self.release, self.case, self.actor = release, case, actor

    def code_table(self, name: str) -> tuple:
        return releases.procedure_of(self.release).code_tables.get(name, ())

    def people(self, role: str, scope) -> list[Choice]:
        return [Choice(party["ref"], party["name"]) for party in people.people_with_role(role, people.reference_of(scope))]

    def organisations(self, kind: str) -> list[Choice]:
        codes = people.codes_of_organisations(kind)
        return [Choice(party["ref"], party["name"], code=codes.get(party["ref"], "")) for party in people.organisations_of_kind(kind)]

    def entries(self, register: str) -> list[Entry]:
        procedure = releases.procedure_of(self.release)
        declared = procedure.registers.get(register)
        rows = entries_in_force(procedure.name, register, chosen=self.case.grouping if self.case else "") if declared else []
        return [Entry(row.key, row.name, row.data, declared.kept) for row in rows]

    def cases(self, process: str, waiting_for: str, scope, group: str = "", among: tuple[str, ...] | None = None) -> list[Choice]:
        query = sa.select(Case).where(Case.process_id == process).order_by(Case.number)
        if waiting_for:
            query = query.where(Case.id.in_(sa.select(Subscription.case_id).where(Subscription.message == waiting_for)))
        if group:
            query = query.where(Case.grouping == group)
        if among is not None:
            query = query.where(Case.number.in_(among))
        if scope:
            named = sa.select(CaseParty.case_id).where(CaseParty.ref == people.reference_of(scope))
            query = query.where(Case.id.in_(named))
        rows = [veiled_case(case, self.actor) for case in session().scalars(query)]
        return [Choice(case.number, case.summary or case.starter_name, case.number) for case in rows]

    def materials(self, ids) -> list[Material]:
        rows = materials.of_case(self.case.id if self.case else None, list(ids), owner=self.actor.id)
        return [Material(row.id, row.name, row.size, row.media_type.rpartition("/")[2], instant(row.created_at), row.width, row.height, row.mode) for row in rows]

    def paper_notes(self, report: str, ids) -> list[str]:
        from app.operations.papers import notes_on  # papers are compared with reports, which are filled with these choices

        return notes_on(self.case, report, list(ids), actor=self.actor) if self.case else []

    def turnout(self, cases) -> list[ballots.Turnout]:
        ids = session().scalars(sa.select(Case.id).where(Case.number.in_(list(cases)))).all()
        return list(ballots.turnout_of(ids).values())

    def seal(self, words: str) -> str:
        number, key = signing_key("look-up")
        return f"{number}.{hmac.new(key, words.encode(), 'sha256').hexdigest()}"
