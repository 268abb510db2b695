"""Accounts of people whom the identity provider vouches for: found by subject or document, made where there is none (D-20, D-37)."""
from __future__ import annotations

import secrets

import sqlalchemy as sa
from flask_babel import gettext as _

from app.clock import Clock
from app.errors import ProviderFailed
from app.people.actors import SYSTEM
from app.people.accounts import end_sign_ins, end_tokens
from app.people.administration import create_organisation, create_person, set_roles
from app.people.journal import note
from app.people.memberships import add_operator
from app.people.models import AccountEvent, Person, RoleAssignment
from app.people.profiles import keep_profile, person_with_document, profile_of, tidy
from app.people.provider import Vouched
from app.people.registered import ProviderLink
from app.people.registering import REGISTERED, checked_organisation, organisation_with_code
from app.store import session, transaction


def account_for(vouched: Vouched, *, person_roles, kind: str, clock: Clock) -> Person:
    """The active account of this person; a legal person's becomes an operator without authorisation (S1-031).

    Raises ProviderFailed when document and name do not belong together here, or the account is disabled.
    """
    with transaction() as store:
        link = store.get(ProviderLink, (vouched.issuer, vouched.subject))
        person = store.get(Person, link.person_id) if link else _linked(vouched, clock)
        if not person.active:
            raise ProviderFailed(why=_("您在本系统的账号已停用"))
        if vouched.organisation_code:
            _work_for(person, vouched, kind, clock)
        else:
            _act_for_oneself(person, person_roles, clock)
    return person


def _linked(vouched: Vouched, clock: Clock) -> Person:
    values, faults = tidy({"name": vouched.name, "id_type": vouched.id_type, "id_number": vouched.id_number})
    if faults:
        raise ProviderFailed(why=_("认证平台没有提供可核验的姓名和证件"))
    known = person_with_document(values["id_type"], values["id_number"])
    if known is not None and known.name != values["name"]:
        raise ProviderFailed(why=_("此证件在本系统登记的是另一姓名，请持证明联系服务电话"))
    person = known or create_person(_free_name(), values["name"], actor=SYSTEM, clock=clock)
    old = profile_of(person.id)
    if known is not None and _registered_itself(person):
        old = _take_over(person, clock)
    contact = {"phone": old.phone if old else vouched.phone, "email": old.email if old else vouched.email}
    keep_profile(person.id, values | contact, verified=True)
    session().add(ProviderLink(issuer=vouched.issuer, subject=vouched.subject, person_id=person.id, created_at=clock()))
    note(person.id, "provider-linked", person.id, clock())
    return person


def _registered_itself(person: Person) -> bool:
    query = sa.select(AccountEvent.id).where(AccountEvent.person_id == person.id, AccountEvent.kind == REGISTERED)
    return session().scalar(query.limit(1)) is not None


def _take_over(person: Person, clock: Clock) -> None:
    """Somebody typed this document before the provider vouched for it: it may have been a stranger, whose password and mail must not stay."""
    person.password_hash = ""
    end_sign_ins(person.id, clock())
    end_tokens(person.id, clock())


def _act_for_oneself(person: Person, roles, clock: Clock) -> None:
    held = {(row.role, row.organisation_id) for row in session().query(RoleAssignment).filter_by(person_id=person.id)}
    wanted = held | {(role, "") for role in roles}
    if wanted != held:
        set_roles(person.id, wanted, actor=SYSTEM, clock=clock)


def _work_for(person: Person, vouched: Vouched, kind: str, clock: Clock) -> None:
    found, faults = checked_organisation({"organisation": vouched.organisation, "organisation_code": vouched.organisation_code})
    place = organisation_with_code(found["organisation_code"]) if found["organisation_code"] else None
    if place is None:
        if faults:
            raise ProviderFailed(why=_("认证平台没有提供可核验的单位名称和信用代码"))
        place = create_organisation("u" + found["organisation_code"].replace("-", "").lower(), found["organisation"], kind=kind,
                                    code=found["organisation_code"])
    add_operator(place.id, person.id, actor=SYSTEM, clock=clock)


def _free_name() -> str:
    name = f"u{secrets.randbelow(10**9):09d}"
    return name if session().get(Person, name) is None else _free_name()
