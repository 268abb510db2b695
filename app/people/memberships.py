"""Who works for an organisation with an account: one administrator, operators, and what each may do there (S1-030 … S1-037).

An operator's roles take effect as role assignments only while they may sign in; taking them away ends their sign-ins (D-36).
Somebody whose roles in an organisation were given by the service itself has no membership and is not restricted here.
"""
from __future__ import annotations

import sqlalchemy as sa

from app.clock import Clock
from app.errors import NotAllowed, NotFound
from app.people.accounts import end_sign_ins
from app.people.actors import Actor
from app.people.administration import set_roles
from app.people.journal import note
from app.people.models import AccountEvent, Organisation, Person, RoleAssignment
from app.people.registered import Membership
from app.people.tellings import tell
from app.store import session, transaction

MENUS = ("home", "unit", "cases", "personnel", "upkeep", "rights", "payments")  # what an organisation's people may open (S1-034, S1-037)
BY_SERVICE = frozenset(MENUS) - {"rights"}


def is_admin_of(actor: Actor, organisation_id: str) -> bool:
    """Whether this actor is the administrator of this organisation."""
    row = session().get(Membership, (organisation_id, actor.id))
    return row is not None and row.kind == "admin"


def menus_of(actor: Actor) -> frozenset[str]:
    """Codes of MENUS that this actor may open for the organisation they act for; none without one."""
    if actor.organisation is None:
        return frozenset()
    row = session().get(Membership, (actor.organisation["ref"].partition(":")[2], actor.id))
    if row is None:
        return BY_SERVICE
    return frozenset(MENUS) if row.kind == "admin" else frozenset(row.menus if row.may_sign_in else ())


def administrator_of(organisation_id: str) -> Person | None:
    """The person who is the administrator of this organisation."""
    query = sa.select(Person).join(Membership, Membership.person_id == Person.id).where(
        Membership.organisation_id == organisation_id, Membership.kind == "admin")
    return session().scalar(query)


def members_of(organisation_id: str) -> list[tuple[Membership, Person]]:
    """Everybody with an account here, the administrator first."""
    query = sa.select(Membership, Person).join(Person, Person.id == Membership.person_id).where(
        Membership.organisation_id == organisation_id).order_by(Membership.kind, Membership.since, Person.id)
    return [tuple(row) for row in session().execute(query)]


def memberships_of(person_id: str) -> list[tuple[Membership, Organisation]]:
    """Where a person has an account, by name of the organisation."""
    query = sa.select(Membership, Organisation).join(Organisation, Organisation.id == Membership.organisation_id).where(
        Membership.person_id == person_id).order_by(Organisation.name)
    return [tuple(row) for row in session().execute(query)]


def operator_of(organisation_id: str, person_id: str) -> tuple[Membership, Person]:
    """An operator of this organisation. Raises NotFound, also for its administrator."""
    row, person = session().get(Membership, (organisation_id, person_id)), session().get(Person, person_id)
    if row is None or row.kind != "operator":
        raise NotFound()
    return row, person


def made_here(row: Membership, person: Person) -> bool:
    """Whether the account was made by this organisation's administrator and serves nobody else: then they may reset its password."""
    elsewhere = sa.select(Membership.person_id).where(
        Membership.person_id == person.id, Membership.organisation_id != row.organisation_id)
    own = sa.select(RoleAssignment.role).where(RoleAssignment.person_id == person.id, RoleAssignment.organisation_id != row.organisation_id)
    created = sa.select(AccountEvent.actor_id).join(Membership, sa.and_(
        Membership.person_id == AccountEvent.actor_id, Membership.organisation_id == row.organisation_id))
    by_us = session().scalar(created.where(AccountEvent.person_id == person.id, AccountEvent.kind == "created").limit(1)) is not None
    return by_us and session().scalar(elsewhere.limit(1)) is None and session().scalar(own.limit(1)) is None


def make_admin(organisation_id: str, person_id: str, *, roles, actor: Actor, clock: Clock) -> None:
    """Makes a person the administrator; who was it before stays as an operator without authorisation (D-35)."""
    with transaction() as store:
        store.get(Organisation, organisation_id, with_for_update=True)
        before = administrator_of(organisation_id)
        if before is not None and before.id != person_id:
            row = store.get(Membership, (organisation_id, before.id))
            row.kind, row.may_sign_in, row.roles, row.menus = "operator", False, [], []
            store.flush()
            _apply(row, actor, clock)
            note(before.id, "admin-ended", actor.id, clock(), organisation=organisation_id, successor=person_id)
        row = store.merge(Membership(
            organisation_id=organisation_id, person_id=person_id, kind="admin", may_sign_in=True, roles=sorted(roles),
            menus=list(MENUS), since=clock()))
        store.flush()
        _apply(row, actor, clock)
        note(person_id, "admin-made", actor.id, clock(), organisation=organisation_id)


def add_operator(organisation_id: str, person_id: str, *, actor: Actor, clock: Clock) -> None:
    """Lists a person as an operator without any authorisation yet; nothing happens when they are listed already."""
    with transaction() as store:
        if store.get(Membership, (organisation_id, person_id)) is None:
            store.add(Membership(organisation_id=organisation_id, person_id=person_id, kind="operator", may_sign_in=False,
                                 roles=[], menus=[], since=clock()))
            note(person_id, "operator-added", actor.id, clock(), organisation=organisation_id)


def authorise(organisation_id: str, person_id: str, *, may_sign_in: bool, roles, menus, actor: Actor, clock: Clock) -> None:
    """Gives an operator exactly this. Raises NotAllowed unless the actor is the administrator, NotFound for no operator."""
    if not is_admin_of(actor, organisation_id):
        raise NotAllowed()
    with transaction():
        row, _person = operator_of(organisation_id, person_id)
        ended = row.may_sign_in and not may_sign_in
        row.may_sign_in, row.roles = may_sign_in, sorted(roles)
        row.menus = [menu for menu in MENUS if menu in menus and menu in BY_SERVICE]  # rights are the administrator's alone
        _apply(row, actor, clock)
        if ended:  # of somebody who never worked here nothing ends: they may have an account of their own
            end_sign_ins(person_id, clock())
        _tell_authorised(row, clock)
        note(person_id, "authorised", actor.id, clock(), organisation=organisation_id, sign_in=may_sign_in, roles=row.roles, menus=row.menus)


def _tell_authorised(row: Membership, clock: Clock) -> None:
    place = session().get(Organisation, row.organisation_id).name
    words = "您可以登录，并按授权的岗位和菜单为本单位办理业务。" if row.may_sign_in else "您不能再为本单位办理业务。"
    tell(row.person_id, "单位授权已变更", f"“{place}”的管理员变更了对您的授权。{words}如有疑问请联系单位管理员。", clock)


def _apply(row: Membership, actor: Actor, clock: Clock) -> None:
    elsewhere = session().execute(sa.select(RoleAssignment.role, RoleAssignment.organisation_id).where(
        RoleAssignment.person_id == row.person_id, RoleAssignment.organisation_id != row.organisation_id)).all()
    here = [(role, row.organisation_id) for role in row.roles] if row.may_sign_in else []
    set_roles(row.person_id, [*map(tuple, elsewhere), *here], actor=actor, clock=clock)
