"""Looking people and organisations up, as parties. Reads only."""
from __future__ import annotations

import sqlalchemy as sa

from app.people.actors import organisation_party, person_party
from app.people.models import Organisation, Person, RoleAssignment
from app.people.registered import Membership
from app.store import session

_NAME = sa.select(Person.__table__.c.name).where(Person.__table__.c.id == sa.bindparam("of"))


def people_with_role(role: str, scope: str = "") -> list[dict]:
    """Active holders of a role as parties, by name. `scope`: "" anywhere, `org:x` in x, `person:x` that person alone."""
    query = (
        sa.select(Person.id, Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(RoleAssignment.role == role, Person.active)
    )
    kind, _, key = scope.partition(":")
    if scope:
        query = query.where((RoleAssignment.organisation_id if kind == "org" else Person.id) == key)
    rows = session().execute(query.distinct().order_by(Person.name, Person.id))
    return [person_party(person_id, name) for person_id, name in rows]


def organisations_of_kind(kind: str = "") -> list[dict]:
    """Organisations as parties, by name; of one kind, or ("") all."""
    query = sa.select(Organisation.id, Organisation.name).order_by(Organisation.name, Organisation.id)
    if kind:
        query = query.where(Organisation.kind == kind)
    return [organisation_party(key, name) for key, name in session().execute(query)]


def codes_of_organisations(kind: str = "") -> dict[str, str]:
    """Reference -> unified social credit code, of organisations of one kind, or ("") of all that have one."""
    query = sa.select(Organisation.id, Organisation.code).where(Organisation.code != "")
    if kind:
        query = query.where(Organisation.kind == kind)
    return {organisation_party(key, "")["ref"]: code for key, code in session().execute(query)}


def party_of(ref: str) -> dict | None:
    """The party behind a reference `person:x` or `org:x`; None when there is nobody."""
    kind, _, key = ref.partition(":")
    if kind == "org":
        row = session().get(Organisation, key)
        return row and organisation_party(row.id, row.name)
    row = session().get(Person, key) if kind == "person" else None
    return row and person_party(row.id, row.name)


def name_of(person_id: str) -> str:
    """The name of a person; the id itself when there is nobody."""
    return session().scalar(_NAME, {"of": person_id}) or person_id


def organisations_of(person_id: str) -> list[dict]:
    """The organisations a person may act for, by a role or by menus alone, as parties: what the switch in the top bar offers."""
    roles = sa.select(RoleAssignment.organisation_id).where(RoleAssignment.person_id == person_id)
    places = roles.union(sa.select(Membership.organisation_id).where(Membership.person_id == person_id, Membership.may_sign_in))
    rows = session().execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(places)).order_by(Organisation.name))
    return [organisation_party(key, name) for key, name in rows]
