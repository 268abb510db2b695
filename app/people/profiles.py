"""Who a person is by their document and how to reach them; corrections keep what was there in the account journal."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app import identifiers
from app.clock import Clock
from app.errors import DetailsRefused, NotFound
from app.people.actors import Actor
from app.people.journal import note
from app.people.models import Person
from app.people.registered import PersonProfile
from app.store import session, transaction


@dataclass(frozen=True)
class Profile:
    """`id_type` is a key of identifiers.DOCUMENTS; `birth_date` YYYY-MM-DD or ""; `sex` "1" male, "2" female, ""."""

    id_type: str
    id_number: str
    birth_date: str
    sex: str
    phone: str
    email: str
    verified: bool


def profile_of(person_id: str) -> Profile | None:
    """The profile of a person; None when they never registered one."""
    row = session().get(PersonProfile, person_id)
    if row is None:
        return None
    return Profile(row.id_type, row.id_number, row.birth_date, row.sex, row.phone, row.email, row.verified)


def person_with_document(id_type: str, id_number: str) -> Person | None:
    """Whose document this is."""
    query = sa.select(Person).join(PersonProfile, PersonProfile.person_id == Person.id).where(
        PersonProfile.id_type == id_type, PersonProfile.id_number == id_number)
    return session().scalar(query)


def keep_profile(person_id: str, values: dict, *, verified: bool) -> None:
    """Writes a checked profile (`tidy`), part of the transaction around it; birth date and sex follow from the number."""
    birth_date, sex = identifiers.facts_of(values["id_type"], values["id_number"])
    session().merge(PersonProfile(
        person_id=person_id, id_type=values["id_type"], id_number=values["id_number"],
        birth_date=birth_date or str(values.get("birth_date") or ""), sex=sex or str(values.get("sex") or ""),
        phone=values.get("phone", ""), email=values.get("email", ""), verified=verified))
    session().flush()


def correct_identity(person_id: str, *, name: str, id_type: str, id_number: str, reason: str, actor: Actor, clock: Clock) -> None:
    """The service's administrator puts a name or document right after proof; the journal keeps the old ones (D-21).

    Raises DetailsRefused, also without a reason or when the document is another account's.
    """
    values, faults = tidy({"name": name, "id_type": id_type, "id_number": id_number})
    if not reason.strip():
        faults["reason"] = _("请填写更正依据")
    if not faults:
        other = person_with_document(values["id_type"], values["id_number"])
        faults = {"id_number": _("此证件号码属于账号 %(account)s", account=other.id)} if other and other.id != person_id else {}
    if faults:
        raise DetailsRefused(why="；".join(faults.values()), fields=faults)
    with transaction() as store:
        person, row = store.get(Person, person_id, with_for_update=True), store.get(PersonProfile, person_id)
        if person is None:
            raise NotFound()
        before = {"name": person.name, "id_type": row.id_type if row else "", "id_number": row.id_number if row else ""}
        person.name = values["name"]
        keep_profile(person_id, values | {"phone": row.phone if row else "", "email": row.email if row else ""},
                     verified=bool(row and row.verified))
        note(person_id, "identity-corrected", actor.id, clock(), before=before, reason=reason.strip()[:300])


def tidy(values: dict) -> tuple[dict, dict[str, str]]:
    """Values put right, and key -> what is wrong; knows name, id_type with id_number, phone, email and passes others on."""
    checks = {"name": identifiers.person_name, "phone": identifiers.phone, "email": identifiers.email}
    found, faults = dict(values), {}
    for key, check in checks.items():
        if key in values:
            _try(found, faults, key, check, str(values[key]))
    if "id_number" in values:
        _try(found, faults, "id_number", lambda text: identifiers.document_number(str(values.get("id_type", "")), text), str(values["id_number"]))
    return found, faults


def _try(found: dict, faults: dict, key: str, check, text: str) -> None:
    try:
        found[key] = check(text)
    except ValueError as error:
        faults[key] = str(error)
