"""What a person does with their own account besides signing in: their sign-ins, and how to reach them."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from app import identifiers
from app.clock import Clock
from app.errors import CodeRefused, DetailsRefused, NotFound
from app.people.actors import Actor
from app.people.codes import had_enough, redeem_code, send_code
from app.people.journal import note
from app.people.letters import write_letter
from app.people.models import SignIn
from app.people.passwords import digest
from app.people.profiles import profile_of, tidy
from app.people.registered import PersonProfile
from app.store import session, transaction

SHOWN = 20
PURPOSE = "own-address"


def sign_ins_of(person_id: str, secret: str) -> list[tuple[SignIn, bool]]:
    """(sign-in, whether it is the one of `secret`), newest first."""
    rows = session().scalars(sa.select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.created_at.desc(), SignIn.id).limit(SHOWN))
    return [(row, row.id == digest(secret)) for row in rows]


def end_sign_in(person_id: str, sign_in_id: str, clock: Clock) -> None:
    """Ends one of the person's own sign-ins at once. Raises NotFound."""
    with transaction() as store:
        row = store.get(SignIn, sign_in_id)
        if row is None or row.person_id != person_id:
            raise NotFound()
        row.ended_at = row.ended_at or clock()


def end_others(person_id: str, secret: str, clock: Clock) -> None:
    """Ends all the person's sign-ins but the one of `secret`."""
    with transaction() as store:
        store.execute(sa.update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.id != digest(secret)).values(ended_at=clock()))
        note(person_id, "sign-ins-ended", person_id, clock())


def change_phone(actor: Actor, phone: str, clock: Clock) -> None:
    """Raises DetailsRefused, NotFound for an account without a profile."""
    if profile_of(actor.id) is None:
        raise NotFound()
    values, faults = tidy({"phone": phone})
    if faults:
        raise DetailsRefused(why="；".join(faults.values()), fields=faults)
    _change(actor, clock, **values)


def _change(actor: Actor, clock: Clock, **values) -> None:
    """Changes one thing of the profile and leaves the rest, which may be empty, as it is."""
    with transaction() as store:
        row = store.get(PersonProfile, actor.id, with_for_update=True)
        if row is None:
            raise NotFound()
        before = {key: getattr(row, key) for key, value in values.items() if getattr(row, key) != value}
        for key, value in values.items():
            setattr(row, key, value)
        if before.get("email"):
            # Codes go to the new address from now on: if a stranger sits at this account, its owner hears of it.
            write_letter(before["email"], _("您的邮箱已更改"), _("您的账号登记的邮箱已改为另一个。如果不是您本人更改的，请立即联系服务电话。"), clock)
        if before:
            note(actor.id, "profile-changed", actor.id, clock(), before=before)


def ask_address(actor: Actor, email: str, clock: Clock) -> str:
    """Sends a code to a new mail address; the handle to redeem it with. Until then the old one stays. Raises DetailsRefused."""
    if profile_of(actor.id) is None:
        raise NotFound()
    try:
        address = identifiers.email(email)
    except ValueError as error:
        raise DetailsRefused(why=str(error), fields={"email": str(error)}) from None
    if had_enough(PURPOSE, actor.id, clock):
        why = _("一小时内发出的验证码过多，请稍后再试")
        raise DetailsRefused(why=why, fields={"email": why})
    return send_code(PURPOSE, address, title=_("更换电子邮件的验证码"), clock=clock, subject=actor.id, payload={"email": address})


def confirm_address(actor: Actor, handle: str, code: str, clock: Clock) -> str:
    """The new address, now the person's: it answered. Raises CodeRefused."""
    subject, payload = redeem_code(PURPOSE, handle, code, clock)
    if subject != actor.id:
        raise CodeRefused(why=_("验证码已过期或已用完，请重新获取"), left=0)
    _change(actor, clock, email=payload["email"], verified=True)
    return payload["email"]
