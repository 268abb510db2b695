"""What forms offer to choose from the world: people of a role, organisations, waiting cases, uploaded materials."""
from __future__ import annotations

import sqlalchemy as sa

from app import materials, people
from app.store import session
from app.store.models import Case, Subscription


class CaseChoices:
    """The choices of the forms of one case; implements `app.rendering.choices`."""

    def __init__(self, case: Case):
        self.case = case

    def people(self, role: str, scope: str = "") -> list[dict]:
        """People who hold the role, as parties."""
        return people.people_with_role(role, scope)

    def organisations(self, kind: str = "") -> list[dict]:
        """Organisations of a kind, as parties."""
        return people.organisations_of_kind(kind)

    def cases(self, process: str, waiting_for: str, scope: str = "") -> list[dict]:
        """Cases of a process that wait for a message, and concern `scope` when that is given."""
        query = (
            sa.select(Case).join(Subscription, Subscription.case_id == Case.id)
            .where(Case.process_id == process, Subscription.message == waiting_for).order_by(Case.number)
        )
        if scope:
            query = query.where(Case.parties.like(f'%"ref":"{scope}"%'))
        return [
            {"number": case.number, "summary": case.summary, "starter": case.starter_name, "stage": case.stage}
            for case in session().scalars(query)
        ]

    def materials(self, ids: list[str]) -> list[dict]:
        """The uploaded materials with these ids that belong to this case."""
        return materials.of_case(self.case.id, ids)
