"""An organisation's own data: address, whom to ask for. Its name and credit code are not changed here."""
from __future__ import annotations

import re

from flask_babel import gettext as _

from app.clock import Clock
from app.errors import DetailsRefused, NotFound
from app.identifiers import phone as phone_number
from app.people.actors import Actor
from app.people.models import Organisation
from app.people.personnel import note
from app.store import session, transaction

_LONGEST = {"address": 300, "contact": 50}  # characters


def details_of(organisation_id: str) -> Organisation:
    """The organisation. Raises NotFound."""
    row = session().get(Organisation, organisation_id)
    if row is None:
        raise NotFound()
    return row


def change_details(organisation_id: str, values: dict[str, str], *, actor: Actor, clock: Clock) -> None:
    """Sets address, contact, phone and postcode; the journal keeps what was there. Raises DetailsRefused with `fields`."""
    tidy, faults = _checked({key: str(values.get(key, "")).strip() for key in ("address", "contact", "phone", "postcode")})
    if faults:
        raise DetailsRefused(why="；".join(faults.values()), fields=faults)
    with transaction() as store:
        row = store.get(Organisation, organisation_id, with_for_update=True)
        if row is None:
            raise NotFound()
        before = {key: getattr(row, key) for key in tidy if getattr(row, key) != tidy[key]}
        for key, value in tidy.items():
            setattr(row, key, value)
        if before:
            note(organisation_id, "details-changed", actor, clock, before=before, after={key: tidy[key] for key in before})


def _checked(values: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    faults = {key: _("最多 %(most)s 字，现为 %(count)s 字", most=most, count=len(values[key])) for key, most in _LONGEST.items() if len(values[key]) > most}
    if values["postcode"] and not re.fullmatch(r"\d{6}", values["postcode"], re.ASCII):
        faults["postcode"] = _("邮政编码为 6 位数字")
    try:
        values["phone"] = phone_number(values["phone"]) if values["phone"] else ""
    except ValueError as error:
        faults["phone"] = str(error)
    return values, faults
