"""Making and changing people and organisations: what an administrator does, and the demo that `make run` loads."""
from __future__ import annotations

import sqlalchemy as sa

from app.clock import Clock
from app.errors import NotFound
from app.people.accounts import end_sign_ins, end_tokens
from app.people.actors import SYSTEM, Actor
from app.people.journal import note
from app.people.models import Organisation, Person, RoleAssignment
from app.people.passwords import hash_password
from app.people.profiles import keep_profile, tidy
from app.people.registered import Membership, PersonProfile
from app.store import session, transaction


def create_organisation(organisation_id: str, name: str, *, kind: str = "", code: str = "") -> Organisation:
    """A new organisation."""
    with transaction() as store:
        row = Organisation(id=organisation_id, name=name, kind=kind, code=code)
        store.add(row)
    return row


def create_person(person_id: str, name: str, *, actor: Actor, clock: Clock, password: str = "", roles=()) -> Person:
    """A new person. `roles`: (role, organisation id or "") pairs. Without a password they cannot sign in yet."""
    hashed = hash_password(password) if password else ""
    with transaction() as store:
        person = Person(id=person_id, name=name, password_hash=hashed, active=True, created_at=clock())
        store.add(person)
        store.flush()
        note(person_id, "created", actor.id, clock())
        set_roles(person_id, roles, actor=actor, clock=clock)
    return person


def set_roles(person_id: str, roles, *, actor: Actor, clock: Clock) -> None:
    """Gives a person exactly these (role, organisation id or "") pairs; a change ends their sign-ins at once."""
    wanted = {(role, where or "") for role, where in roles}
    with transaction() as store:
        _person(person_id)
        held = {(row.role, row.organisation_id) for row in _assignments(person_id)}
        for row in _assignments(person_id):
            if (row.role, row.organisation_id) not in wanted:
                store.delete(row)
        for role, where in sorted(wanted - held):
            store.add(RoleAssignment(person_id=person_id, role=role, organisation_id=where))
        if wanted != held:
            end_sign_ins(person_id, clock())
            note(person_id, "roles-changed", actor.id, clock(), roles=sorted(wanted))


def rename_person(person_id: str, name: str) -> None:
    """Gives a person another name; cases keep the name they were started under."""
    with transaction():
        _person(person_id).name = name


def set_active(person_id: str, active: bool, *, actor: Actor, clock: Clock) -> None:
    """Disables a person (sign-ins and tokens end at once) or lets them in again."""
    with transaction() as store:
        _person(person_id).active = active
        if not active:
            end_sign_ins(person_id, clock())
            end_tokens(person_id, clock())
        note(person_id, "enabled" if active else "disabled", actor.id, clock())


def reset_password(person_id: str, password: str, *, actor: Actor, clock: Clock, temporary: bool = False) -> None:
    """An administrator gives a new password; the person's sign-ins end. A temporary one must be changed first of all."""
    hashed = hash_password(password)
    with transaction():
        person = _person(person_id)
        person.password_hash, person.password_temporary = hashed, temporary
        end_sign_ins(person_id, clock())
        end_tokens(person_id, clock())
        note(person_id, "password-reset", actor.id, clock())


def end_all_sign_ins(person_id: str, *, actor: Actor, clock: Clock) -> None:
    """Ends every sign-in and token of a person at once."""
    with transaction():
        _person(person_id)
        end_sign_ins(person_id, clock())
        end_tokens(person_id, clock())
        note(person_id, "sign-ins-ended", actor.id, clock())


def load_demo(demo: dict, clock: Clock) -> None:
    """Makes the organisations and people of a `demo.yml`; what is there already keeps its password and is brought up to date."""
    with transaction() as store:
        for key, organisation in (demo.get("organisations") or {}).items():
            store.merge(Organisation(id=key, name=organisation["name"], kind=organisation.get("kind", ""),
                                     code=organisation.get("code", "")))
        store.flush()
        for key, person in (demo.get("people") or {}).items():
            _demo_person(key, person, clock)
            _demo_account(key, person, clock)


def _demo_person(person_id: str, person: dict, clock: Clock) -> None:
    roles = [(role["role"], role.get("organisation") or "") for role in person.get("roles") or ()]
    if session().get(Person, person_id) is None:
        password = str(person.get("password") or "")
        create_person(person_id, person["name"], password=password, roles=roles, actor=SYSTEM, clock=clock)
    else:
        # What a membership says holds: a demo that starts again must not give back what an administrator took away.
        roles = [(role, where) for role, where in roles if session().get(Membership, (where, person_id)) is None]
        roles += [(row.role, row.organisation_id) for row in _assignments(person_id)]
        set_roles(person_id, roles, actor=SYSTEM, clock=clock)


def _demo_account(person_id: str, person: dict, clock: Clock) -> None:
    """`profile` and `administers` of a demo person; whoever else has roles in an administered organisation is its operator."""
    profile = person.get("profile")
    if profile and session().get(PersonProfile, person_id) is None:
        values, faults = tidy({"phone": "", "email": "", **{key: str(value) for key, value in profile.items()}} | {"name": person["name"]})
        keep_profile(person_id, {key: values[key] for key in values if key not in faults}, verified=True)
    for place in {role.get("organisation") for role in person.get("roles") or () if role.get("organisation")}:
        kind = "admin" if person.get("administers") == place else "operator"
        if not person.get("menus") and kind == "operator" or session().get(Membership, (place, person_id)):
            continue
        roles = [role["role"] for role in person["roles"] if role.get("organisation") == place]
        session().add(Membership(organisation_id=place, person_id=person_id, kind=kind, may_sign_in=True, roles=roles,
                                 menus=list(person.get("menus") or ()), since=clock()))


def _person(person_id: str) -> Person:
    person = session().get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound()
    return person


def _assignments(person_id: str) -> list[RoleAssignment]:
    query = sa.select(RoleAssignment).where(RoleAssignment.person_id == person_id)
    return list(session().scalars(query))
