"""What the service's administrator sees of accounts: a search, one person with their sign-ins and journal. Reads only."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.clock import Clock
from app.errors import NotFound
from app.people.directory import party_of
from app.people.memberships import memberships_of
from app.people.models import AccountEvent, Organisation, Person, RoleAssignment, SignIn, WrongPasswords
from app.people.passwords import digest
from app.people.profiles import Profile, profile_of
from app.people.registered import Membership, PersonProfile
from app.store import session

MOST = 100


@dataclass(frozen=True)
class Account:
    """One person as the administrator sees them. `roles`: (code, organisation's name or "")."""

    person: Person
    profile: Profile | None
    roles: list[tuple[str, str]]
    memberships: list[tuple[Membership, Organisation]]
    sign_ins: list[SignIn]
    journal: list[AccountEvent]
    locked_until: datetime | None


def find_people(word: str) -> list[Person]:
    """People whose user name, name or document number has this word; everybody's first ones without a word."""
    query = sa.select(Person).outerjoin(PersonProfile, PersonProfile.person_id == Person.id).order_by(Person.name, Person.id).limit(MOST)
    if word.strip():
        word = word.strip()
        query = query.where(sa.or_(
            Person.id.contains(word, autoescape=True), Person.name.contains(word, autoescape=True), PersonProfile.id_number == word.upper()))
    return list(session().scalars(query))


def find_organisations(word: str) -> list[tuple[Organisation, str]]:
    """Organisations whose name or code has this word, with the user name of their administrator or ""."""
    query = sa.select(Organisation, Membership.person_id).outerjoin(
        Membership, sa.and_(Membership.organisation_id == Organisation.id, Membership.kind == "admin")).order_by(Organisation.name).limit(MOST)
    if word.strip():
        query = query.where(sa.or_(Organisation.name.contains(word.strip(), autoescape=True), Organisation.code.contains(word.strip(), autoescape=True)))
    return [(row, admin or "") for row, admin in session().execute(query)]


def account_of(person_id: str, clock: Clock) -> Account:
    """Everything about one account. Raises NotFound."""
    person = session().get(Person, person_id)
    if person is None:
        raise NotFound()
    held = session().scalars(sa.select(RoleAssignment).where(RoleAssignment.person_id == person_id).order_by(RoleAssignment.role))
    lock = session().get(WrongPasswords, digest(person_id))
    until = lock.locked_until if lock is not None else None
    return Account(
        person, profile_of(person_id), [(row.role, (party_of(f"org:{row.organisation_id}") or {}).get("name", "")) for row in held],
        memberships_of(person_id), _newest(SignIn, SignIn.created_at, person_id), _newest(AccountEvent, AccountEvent.id, person_id),
        until if until and until > clock() else None)


def _newest(model, column, person_id: str) -> list:
    return list(session().scalars(sa.select(model).where(model.person_id == person_id).order_by(column.desc()).limit(20)))
