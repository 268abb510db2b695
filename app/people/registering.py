"""Registering: a person, an organisation with its one administrator, an operator. A mail address answers before anything is made.

The rules: S1-029 … S1-031, S2-006, S2-009; one account per document (D-20). Which roles come with it is the caller's word.
"""
from __future__ import annotations

import re
import secrets

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import identifiers
from app.clock import Clock
from app.errors import AccountThere, CodeRefused, RegistrationRefused
from app.people.accounts import unlock
from app.people.actors import SYSTEM, Actor
from app.people.administration import create_organisation, create_person, reset_password
from app.people.codes import had_enough, redeem_code, send_again, send_code
from app.people.letters import write_letter
from app.people.memberships import add_operator, administrator_of, make_admin
from app.people.journal import note
from app.people.models import Organisation, Person, RoleAssignment
from app.people.passwords import digest, hash_password, password_problem
from app.people.profiles import keep_profile, person_with_document, profile_of, tidy
from app.people.registered import PersonProfile
from app.store import session, transaction

USER_NAME = re.compile(r"[a-z][a-z0-9]{5,13}")
REGISTERED = "registered"  # in the journal: made by whoever filled in the registration; nobody looked at a document
_REACHED = sa.select(Person.active, PersonProfile.email, PersonProfile.id_number).join(
    PersonProfile, PersonProfile.person_id == Person.id).where(Person.id == sa.bindparam("of"))


def ask_to_register(values: dict, clock: Clock) -> str:
    """Checks a person's registration and sends the code that completes it; its handle.

    `values`: name, id_type, id_number, phone, email, account, password, again, agreed; birth_date and sex where the number
    does not tell them. Raises RegistrationRefused with `fields`, AccountThere.
    """
    found, faults = checked_person(values)
    faults |= account_faults(found.get("account", ""), values.get("password", ""), values.get("again", ""))
    if values.get("agreed") != "yes":
        faults["agreed"] = _("请阅读并同意个人信息处理告知")
    ensure_faultless(faults)
    return _send(found | {"password_hash": hash_password(values["password"])}, clock)


def ask_to_register_organisation(values: dict, clock: Clock) -> str:
    """The same for an organisation and its administrator; further `values`: organisation, organisation_code."""
    found, faults = checked_person(values)
    faults |= account_faults(found.get("account", ""), values.get("password", ""), values.get("again", ""))
    organisation, more = checked_organisation(values)
    if values.get("agreed") != "yes":
        faults["agreed"] = _("请阅读并同意个人信息处理告知")
    ensure_faultless(faults | more)
    return _send(found | organisation | {"password_hash": hash_password(values["password"])}, clock)


def finish_registration(handle: str, code: str, *, person_roles, admin_roles, kind: str, clock: Clock) -> Person:
    """Makes the account, and the organisation where one was asked for. Raises CodeRefused, RegistrationRefused."""
    _subject, values = redeem_code("register", handle, code, clock)
    try:
        with transaction():
            return _make(values, person_roles, admin_roles, kind, clock)
    except IntegrityError as error:
        raise CodeRefused(why=_("用户名、证件或单位刚刚被注册，请重新填写注册信息"), left=0) from error


def send_registration_code_again(handle: str, clock: Clock) -> None:
    """Another code for the same registration. Raises CodeRefused."""
    send_again("register", handle, title=_("注册验证码"), clock=clock)


def take_organisation(values: dict, *, roles, kind: str, actor: Actor, clock: Clock) -> str:
    """Makes somebody who has an account the administrator of an organisation that has none yet; its id."""
    organisation, faults = checked_organisation(values)
    ensure_faultless(faults)
    with transaction():
        return _administer(organisation, actor.id, roles, kind, actor, clock)


def register_operator(organisation_id: str, values: dict, *, actor: Actor, clock: Clock) -> tuple[Person, str]:
    """An administrator lists an operator: the person, and their first password, "" for somebody who has an account (D-20)."""
    found, faults = checked_person(values, new=False)
    known = person_with_document(found["id_type"], found["id_number"]) if "id_number" not in faults else None
    if known is not None and known.name != found["name"]:
        faults["id_number"] = _("此证件号码已由另一姓名注册，请核对姓名和号码；确有更正的，请联系服务电话")
    faults |= account_name_faults(found["account"]) if known is None else {}
    ensure_faultless(faults)
    password = "" if known else _first_password()
    with transaction():
        person = known or create_person(found["account"], found["name"], actor=actor, clock=clock)
        if known is None:
            keep_profile(person.id, found, verified=False)
            reset_password(person.id, password, actor=actor, clock=clock, temporary=True)
        add_operator(organisation_id, person.id, actor=actor, clock=clock)
    return person, password


def new_password_for(person_id: str, *, actor: Actor, clock: Clock) -> str:
    """A new first password, shown once; it must be changed before anything else."""
    password = _first_password()
    reset_password(person_id, password, actor=actor, clock=clock, temporary=True)
    return password


def checked_person(values: dict, *, new: bool = True) -> tuple[dict, dict[str, str]]:
    """The person's own values put right, and what is wrong. Raises AccountThere for a document with an account (`new`)."""
    wanted = ("name", "id_type", "id_number", "phone", "email", "birth_date", "sex")
    found, faults = tidy({key: str(values.get(key, "")) for key in wanted})
    found["account"] = str(values.get("account", "")).strip().lower()
    if "id_number" not in faults and new:
        known = person_with_document(found["id_type"], found["id_number"])
        if known is not None and known.name == found["name"]:
            raise AccountThere(account=masked_account(known.id))
        if known is not None:
            faults["id_number"] = _("此证件号码已由另一姓名注册。姓名或证件有更正的，请持证明联系服务电话办理")
    return found, faults


def checked_organisation(values: dict) -> tuple[dict, dict[str, str]]:
    """The organisation's values put right, and what is wrong; one with an administrator, or in use, is refused (S2-006)."""
    name, faults = re.sub(r"\s+", "", str(values.get("organisation", ""))), {}
    found = {"organisation": name, "organisation_code": ""}
    if not 2 <= len(name) <= 200:
        faults["organisation"] = _("请按证照填写单位全称")
    try:
        found["organisation_code"] = identifiers.body_code(str(values.get("organisation_code", "")))
    except ValueError as error:
        return found, faults | {"organisation_code": str(error)}
    known = organisation_with_code(found["organisation_code"])
    if known is not None and administrator_of(known.id):
        faults["organisation_code"] = _("此单位已有管理员。需要更换的，请登录个人账号后办理“更换管理员”")
    elif known is not None and is_in_use(known.id):
        faults["organisation_code"] = _("此单位已在使用本系统。要成为其管理员的，请登录个人账号后凭证明办理“更换管理员”")
    elif known is not None and not faults and known.name != name:
        faults["organisation"] = _("单位名称与此代码登记的名称不一致，请按证照核对")
    return found, faults


def is_in_use(organisation_id: str) -> bool:
    """Whether somebody works for this organisation: then knowing its code makes nobody its administrator (D-35)."""
    return session().scalar(sa.select(RoleAssignment.role).where(RoleAssignment.organisation_id == organisation_id).limit(1)) is not None


def organisation_with_code(code: str) -> Organisation | None:
    """The organisation with this credit or organisation code."""
    return session().scalar(sa.select(Organisation).where(Organisation.code == code).limit(1))


def account_faults(account: str, password: str, again: str) -> dict[str, str]:
    """What is wrong with a new user name and password."""
    faults = account_name_faults(account)
    problem = password_problem(password, account)
    if problem:
        faults["password"] = problem
    elif password != again:
        faults["again"] = _("两次输入的密码不一致")
    return faults


def account_name_faults(account: str) -> dict[str, str]:
    """What is wrong with a new user name."""
    if not USER_NAME.fullmatch(account):
        return {"account": _("用户名为 6 至 14 位小写字母或数字，以字母开头")}
    taken = session().get(Person, account) is not None
    return {"account": _("此用户名已被使用，请换一个")} if taken else {}


def send_account_name(id_type: str, id_number: str, name: str, clock: Clock) -> str:
    """The masked user name of whoever has this document and name, and a mail with the whole one; "" for nobody."""
    values, faults = tidy({"name": name, "id_type": id_type, "id_number": id_number})
    person = person_with_document(values["id_type"], values["id_number"]) if not faults else None
    if person is None or person.name != values["name"] or not person.active:
        return ""
    write_letter(profile_of(person.id).email, _("您的用户名"), _("您的用户名是 %(account)s。", account=person.id), clock)
    return masked_account(person.id)


def send_account_code(purpose: str, account: str, clock: Clock, *, id_number: str | None = None) -> str:
    """Sends a code to the mail address of an account, if there is such a one with this document; the handle looks the same."""
    # One question for known and unknown names alike: a second one for known ones could be measured (J-08).
    row = session().execute(_REACHED, {"of": account}).first()
    fits = not had_enough(purpose, account, clock) and row is not None and row.active and id_number in (None, row.id_number)
    title = _("登录验证码") if purpose == "sign-in" else _("找回密码验证码")
    return send_code(purpose, row.email if fits else "", title=title, clock=clock, subject=account if fits else "")


def set_password_with_code(handle: str, code: str, password: str, again: str, clock: Clock) -> None:
    """Sets a forgotten password. The password is looked at first: a bad one must not cost the code. Raises RegistrationRefused, CodeRefused."""
    problem = password_problem(password, "")
    ensure_faultless({"password": problem} if problem else {"again": _("两次输入的密码不一致")} if password != again else {})
    subject, _payload = redeem_code("password", handle, code, clock)
    if not subject:
        raise CodeRefused(why=_("验证码不正确"), left=0)
    with transaction():
        reset_password(subject, password, actor=SYSTEM, clock=clock)
        unlock(subject, actor=SYSTEM, clock=clock)  # whoever answered the mail need not sit out an attacker's lock (J-07)


def masked_account(account: str) -> str:
    """A user name that its owner recognises."""
    return f"{account[:2]}***{account[-1:]}"


def ensure_faultless(faults: dict[str, str]) -> None:
    if faults:
        raise RegistrationRefused(why="；".join(faults.values()), fields=faults)


def _send(values: dict, clock: Clock) -> str:
    address = "to:" + digest(values["email"].lower())[:40]
    if had_enough("register", address, clock):
        ensure_faultless({"email": _("一小时内发往此邮箱的验证码过多，请稍后再试，或换一个邮箱")})
    return send_code("register", values["email"], title=_("注册验证码"), clock=clock, subject=address, payload=values)


def _make(values: dict, person_roles, admin_roles, kind: str, clock: Clock) -> Person:
    person = create_person(values["account"], values["name"], actor=SYSTEM, clock=clock,
                           roles=[] if values.get("organisation") else [(role, "") for role in person_roles])
    person.password_hash = values["password_hash"]
    keep_profile(person.id, values, verified=True)
    note(person.id, REGISTERED, person.id, clock())
    if values.get("organisation"):
        _administer(values, person.id, admin_roles, kind, SYSTEM, clock)
    return person


def _administer(values: dict, person_id: str, roles, kind: str, actor: Actor, clock: Clock) -> str:
    found = organisation_with_code(values["organisation_code"])
    if found is not None and (administrator_of(found.id) or is_in_use(found.id) or found.kind not in ("", kind)):
        raise CodeRefused(why=_("此单位已有管理员或已在使用本系统，请办理“更换管理员”"), left=0)
    if found is None:
        key = "u" + values["organisation_code"].replace("-", "").lower()
        found = create_organisation(key, values["organisation"], kind=kind, code=values["organisation_code"])
    make_admin(found.id, person_id, roles=roles, actor=actor, clock=clock)
    return found.id


def _first_password() -> str:
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "".join(secrets.choice(letters) for _n in range(6)) + "".join(secrets.choice("23456789") for _n in range(4))
