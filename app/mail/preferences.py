"""Which kinds of notices a person gets by mail, and at which address."""
from __future__ import annotations

import sqlalchemy as sa

from app import people
from app.mail.kinds import KINDS
from app.mail.models import MailChoice
from app.store import session, transaction


def choices_of(person_id: str) -> dict[str, bool]:
    """kind -> whether its mails are sent."""
    refused = set(session().scalars(sa.select(MailChoice.kind).where(MailChoice.person_id == person_id)))
    return {code: code not in refused or not kind.may_refuse for code, kind in KINDS.items()}


def choose(person_id: str, wanted: set[str]) -> None:
    """Keeps which kinds the person wants; those that call to a duty stay on."""
    with transaction() as store:
        store.execute(sa.delete(MailChoice).where(MailChoice.person_id == person_id))
        store.add_all(MailChoice(person_id=person_id, kind=code) for code, kind in KINDS.items() if kind.may_refuse and code not in wanted)


def wants(person_id: str, kind: str) -> str:
    """The address to which a notice of this kind goes; "" when there is none that answered, or the person does without."""
    profile = people.profile_of(person_id)
    if profile is None or not profile.verified or not profile.email:
        return ""
    return profile.email if choices_of(person_id).get(kind, True) else ""
