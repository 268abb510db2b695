"""Signing in and out, passwords and tokens. Knows no request; the routes keep the secret in a cookie.

Wrong passwords lock a name for a while (S1-041), the same way for names that nobody has.
"""
from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import Clock
from app.errors import AccountLocked, CodeRefused, DatabaseBusy, NotAuthorised, NotFound, RequestInvalid, SignInRefused
from app.people.actors import Actor, actor_of
from app.people.codes import redeem_code
from app.people.journal import note
from app.people.models import ApiToken, Organisation, Person, RoleAssignment, SignIn, WrongPasswords
from app.people.passwords import digest, hash_password, new_secret, password_fits, password_problem
from app.people.registered import Membership
from app.people.tellings import tell
from app.store import session, transaction

SEEN_EVERY = timedelta(minutes=5)  # a sign-in's last use is written at most this often: a read must stay a read
FORGOTTEN = timedelta(days=30)  # wrong passwords older than this no longer count
SUSPECT = 2  # wrong passwords after which a proof is asked for
SUSPECT_FOR = timedelta(minutes=15)  # how long an address stays suspect
TOKEN_PREFIX = "pst_"  # lets log filters and secret scanners recognise a token
_VISIT = sa.select(SignIn, Person).join(Person, Person.id == SignIn.person_id).where(SignIn.id == sa.bindparam("of"))  # of every request


def sign_in(name: str, password: str, clock: Clock, *, address: str = "") -> tuple[Person, str]:
    """Checks a name and password; the person and the secret of a new sign-in. `address`: where from, shortened here.

    Raises SignInRefused with the tries left, AccountLocked from the last wrong one on (S1-041), NotAuthorised.
    """
    person = prove(name, password, clock)
    return begin_sign_in(person.id, clock, address=address)


def sign_in_with_code(name: str, password: str, handle: str, code: str, clock: Clock, *, address: str = "") -> tuple[Person, str]:
    """The second way while a name is locked: the password and a code sent by mail. Wrong ones cost tries of the code (J-07)."""
    subject, _payload = redeem_code("sign-in", handle, code, clock)
    person = session().get(Person, name)
    usable = person is not None and person.active and subject == name
    if not password_fits(person.password_hash if usable else "", password):
        raise CodeRefused(why=gettext("账号或密码不正确，验证码已作废，请重新获取"), left=0)
    return begin_sign_in(name, clock, address=address, way="code")


def begin_sign_in(person_id: str, clock: Clock, *, address: str = "", way: str = "password") -> tuple[Person, str]:
    """A new sign-in of somebody whose proof was checked; the person and its secret. Raises NotAuthorised (S1-030)."""
    _ensure_authorised(person_id)
    secret = new_secret()
    with transaction() as store:
        now = clock()
        person = store.get(Person, person_id)
        person.last_sign_in = now
        store.add(SignIn(id=digest(secret), person_id=person_id, created_at=now, last_seen=now, address=shortened(address), way=way))
        note(person_id, "signed-in", person_id, now)
    return person, secret


def _ensure_authorised(person_id: str) -> None:
    """Somebody who is nothing but an operator signs in only once their administrator allowed it."""
    held = session().scalar(sa.select(RoleAssignment.role).where(RoleAssignment.person_id == person_id).limit(1))
    member = sa.select(Membership.organisation_id, Membership.may_sign_in).where(Membership.person_id == person_id)
    places = session().execute(member).all()
    if held or not places or any(allowed for _place, allowed in places):
        return
    admin = sa.select(Person.name).join(Membership, Membership.person_id == Person.id).where(
        Membership.organisation_id == places[0][0], Membership.kind == "admin")
    raise NotAuthorised(organisation=session().get(Organisation, places[0][0]).name, admin=session().scalar(admin) or "")


def shortened(address: str) -> str:
    """A network address without its end: enough to recognise a place, not a household."""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + ":*"
    return ".".join(address.split(".")[:2]) + ".*.*" if address.count(".") == 3 else ""


def last_sign_in(actor: Actor) -> SignIn | None:
    """The sign-in before the present one: `created_at`, `address` (its end left out), `way` (S1-149)."""
    query = sa.select(SignIn).where(SignIn.person_id == actor.id).order_by(SignIn.created_at.desc(), SignIn.id).offset(1).limit(1)
    return session().scalar(query)


def is_suspect(name: str, address: str, clock: Clock) -> bool:
    """Whether a proof is to be asked for: wrong passwords in a row for this name, or lately from this address."""
    row, near = (session().get(WrongPasswords, digest(key)) for key in (name, f"from {address}"))
    counted = row is not None and row.count >= SUSPECT and not (row.locked_until and row.locked_until <= clock())
    return counted or (near is not None and near.count >= SUSPECT and clock() - near.at < SUSPECT_FOR)


def note_wrong_from(address: str, clock: Clock) -> None:
    """Remembers a refused sign-in of an address; it is never locked for it, others may share it."""
    with transaction() as store:
        now, key = clock(), f"from {address}"
        row = store.get(WrongPasswords, digest(key), with_for_update=True) or _new_row(store, key, now)
        row.count, row.at = (row.count if now - row.at < SUSPECT_FOR else 0) + 1, now


def prove(name: str, password: str, clock: Clock) -> Person:
    """The active person whose name and password these are; counts and refuses wrong ones like `sign_in`."""
    person = session().get(Person, name)
    usable = person is not None and person.active
    fits = password_fits(person.password_hash if usable else "", password)
    # The hash takes long on purpose: it is computed before the transaction, and the lock is read again inside.
    with transaction() as store:
        refusal = _count(store, name, fits, clock())
    if refusal is not None:
        raise refusal
    return session().get(Person, name)


def _count(store, name: str, fits: bool, now: datetime) -> Exception | None:
    store.execute(sa.delete(WrongPasswords).where(WrongPasswords.at < now - FORGOTTEN))
    row = store.get(WrongPasswords, digest(name), with_for_update=True)
    if row is not None and row.locked_until is not None:
        if now < row.locked_until:
            return AccountLocked(until=row.locked_until)
        row.count, row.locked_until = 0, None
    if not fits:
        return _one_more(store, row or _new_row(store, name, now), name, now)
    if row is not None:
        store.delete(row)
    return None


def _new_row(store, name: str, now: datetime) -> WrongPasswords:
    # Two first wrong passwords at once: the second must find the row of the first, not fail on it.
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[store.get_bind().dialect.name]
    store.execute(insert(WrongPasswords).values(name_hash=digest(name), count=0, at=now).on_conflict_do_nothing())
    return store.get(WrongPasswords, digest(name), with_for_update=True)


def _one_more(store, row: WrongPasswords, name: str, now: datetime) -> Exception:
    limit, minutes = current_app.config["WRONG_PASSWORDS"], current_app.config["LOCK_MINUTES"]
    row.count, row.at = row.count + 1, now
    if row.count < limit:
        return SignInRefused(left=limit - row.count, limit=limit, minutes=minutes)
    row.locked_until = now + timedelta(minutes=minutes)
    if store.get(Person, name) is not None:
        note(name, "locked", name, now)
        tell(name, "账号已锁定", f"您的账号密码连续输错 {limit} 次，已锁定 {minutes} 分钟。如非本人操作，解锁后请修改密码。", lambda: now)
    return AccountLocked(until=row.locked_until)


def unlock(person_id: str, *, actor: Actor, clock: Clock) -> None:
    """Lets somebody try again before the hour is over."""
    with transaction() as store:
        store.execute(sa.delete(WrongPasswords).where(WrongPasswords.name_hash == digest(person_id)))
        note(person_id, "unlocked", actor.id, clock())


def signed_in(secret: str, clock: Clock) -> Actor | None:
    """The actor behind the secret of a sign-in; None when it ended, was idle too long, or the person was disabled."""
    row = session().execute(_VISIT, {"of": digest(secret)}).first()
    if row is None:
        return None
    visit, person = row
    idle = clock() - visit.last_seen
    if visit.ended_at or not person.active or idle > timedelta(hours=current_app.config["SESSION_HOURS"]):
        return None
    actor = actor_of(person, visit.organisation_id)
    if idle > SEEN_EVERY:
        _seen(visit.id, clock())
    return actor


def _seen(sign_in_id: str, now: datetime) -> None:
    # Reading goes on while somebody else writes for long: the next request notes the use.
    with suppress(DatabaseBusy), transaction() as store:
        store.execute(sa.update(SignIn).where(SignIn.id == sign_in_id).values(last_seen=now))


def act_for(secret: str, organisation_id: str) -> None:
    """Chooses which of their organisations a signed-in person acts for from now on."""
    with transaction() as store:
        visit = store.get(SignIn, digest(secret))
        if visit is None:
            raise NotFound()
        visit.organisation_id = organisation_id


def sign_out(secret: str, clock: Clock) -> None:
    """Ends one sign-in at once."""
    with transaction() as store:
        store.execute(sa.update(SignIn).where(SignIn.id == digest(secret)).values(ended_at=clock()))


def end_sign_ins(person_id: str, now: datetime) -> None:
    """Ends every sign-in of a person; part of the transaction around it."""
    session().execute(
        sa.update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )


def end_tokens(person_id: str, now: datetime) -> None:
    """Revokes every API token of a person; part of the transaction around it."""
    session().execute(sa.update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None)).values(revoked_at=now))


def end_everybodys_sign_ins(now: datetime) -> None:
    """Ends every sign-in and token there is: of a database that came back, some had been ended since."""
    session().execute(sa.update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=now))
    session().execute(sa.update(ApiToken).where(ApiToken.revoked_at.is_(None)).values(revoked_at=now))


def change_password(person_id: str, old: str, new: str, clock: Clock) -> None:
    """A person changes their own password; all their sign-ins end. A wrong old one counts like a wrong sign-in.

    Raises RequestInvalid for a new one that is too weak or the old one: a password given by another must not stay.
    """
    problem = gettext("新密码不能与原密码相同") if new == old else password_problem(new, person_id)
    if problem:
        raise RequestInvalid(why=problem)
    person = prove(person_id, old, clock)
    hashed = hash_password(new)
    with transaction() as store:
        person = store.get(Person, person.id)
        person.password_hash, person.password_temporary = hashed, False
        end_sign_ins(person_id, clock())
        end_tokens(person_id, clock())
        note(person_id, "password-changed", person_id, clock())


def issue_token(person_id: str, name: str, clock: Clock, days: int = 90) -> str:
    """A new token, shown once; the database keeps its hash. Units: days until it expires."""
    token = TOKEN_PREFIX + new_secret()
    with transaction() as store:
        now = clock()
        store.add(ApiToken(hash=digest(token), person_id=person_id, name=name, created_at=now,
                           expires_at=now + timedelta(days=days)))
        note(person_id, "token-issued", person_id, now, name=name)
    return token


def revoke_token(token_hash: str, *, actor: Actor, clock: Clock) -> None:
    """Ends a token at once. Raises NotFound."""
    with transaction() as store:
        row = store.get(ApiToken, token_hash)
        if row is None:
            raise NotFound()
        row.revoked_at = clock()
        note(row.person_id, "token-revoked", actor.id, clock(), name=row.name)


def token_holder(token: str, clock: Clock) -> Actor | None:
    """The actor behind a token; None when unknown, expired, revoked, or the person was disabled."""
    row = session().execute(
        sa.select(ApiToken, Person).join(Person, Person.id == ApiToken.person_id).where(ApiToken.hash == digest(token))
    ).first()
    if row is None or row[0].revoked_at or row[0].expires_at <= clock() or not row[1].active:
        return None
    return actor_of(row[1])
