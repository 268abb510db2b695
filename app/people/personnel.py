"""The personnel lists of organisations: who may name them as the unit that sends their case on (S1-043 … S1-045).

A list names people by document number; they need no account. Every change is in the journal (`ListEvent`).
"""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app import identifiers
from app.clock import Clock
from app.errors import ListRefused, NotFound, RequestInvalid
from app.identifiers import compact
from app.people.actors import Actor
from app.people.listed import ListedPerson, ListEvent
from app.people.models import Organisation
from app.people.registered import PersonProfile
from app.store import session, transaction

PAGE = 50  # people on a page
DOCUMENTS = {kind: chinese for kind, (chinese, _english) in identifiers.DOCUMENTS.items()}  # the first one is meant where a file says nothing


@dataclass(frozen=True)
class Entry:
    """Somebody to be listed, as typed and then put right."""

    name: str
    document: str
    number: str


def units_listing(number: str, name: str) -> list[str]:
    """Ids of the organisations whose list names this person; both must agree. Several may (D-33)."""
    query = sa.select(ListedPerson.organisation_id).where(
        ListedPerson.number == compact(number), ListedPerson.name == _tidy(name))
    return list(session().scalars(query.order_by(ListedPerson.organisation_id)))


def personnel_of(organisation_id: str, *, name: str = "", number: str = "", cursor: str = "") -> tuple[list[ListedPerson], str]:
    """A page of the list, newest first, and the cursor of the next one or "". Both words may be parts (S1-045)."""
    query = _matching(sa.select(ListedPerson), organisation_id, name, number).order_by(ListedPerson.id.desc())
    if cursor:
        if not cursor.isdecimal():
            raise RequestInvalid(why=_("翻页位置无效，请回到第一页。"))
        query = query.where(ListedPerson.id < min(int(cursor), 2**62))
    rows = list(session().scalars(query.limit(PAGE + 1)))
    return rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else ""


def count_personnel(organisation_id: str, *, name: str = "", number: str = "") -> int:
    """How many people of the list match."""
    return session().scalar(_matching(sa.select(sa.func.count(ListedPerson.id)), organisation_id, name, number))


def listed(organisation_id: str, entry_id: int) -> ListedPerson:
    """One entry of this organisation's list. Raises NotFound, also for an entry of another one."""
    row = session().get(ListedPerson, entry_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound()
    return row


def list_person(organisation_id: str, *, name: str, document: str, number: str, actor: Actor, clock: Clock) -> ListedPerson:
    """Adds one person. Raises ListRefused with `fields` when an entry is wrong or the number is listed already."""
    entry, faults = checked(name, document, number)
    with transaction() as store:
        _lock(store, organisation_id)
        faults |= _already_there(organisation_id, entry) if not faults else {}
        if faults:
            raise ListRefused(why="；".join(faults.values()), fields=faults)
        row = _new(organisation_id, entry, actor, clock)
        store.add(row)
        note(organisation_id, "added", actor, clock, name=entry.name, number=entry.number)
    return row


def list_all(organisation_id: str, entries: list[Entry], *, source: str, actor: Actor, clock: Clock) -> int:
    """Adds everybody who is not listed yet, all or nobody; how many that were. `source`: name of the file."""
    with transaction() as store:
        _lock(store, organisation_id)
        there = names_by_number(organisation_id)
        fresh = [entry for entry in entries if entry.number not in there]
        store.add_all([_new(organisation_id, entry, actor, clock) for entry in fresh])
        note(organisation_id, "imported", actor, clock, source=source, people=[[entry.name, entry.number] for entry in fresh])
    return len(fresh)


def unlist_person(organisation_id: str, entry_id: int, *, actor: Actor, clock: Clock) -> None:
    """Takes one person off the list; their cases are not touched (D-34). Raises NotFound."""
    with transaction() as store:
        row = listed(organisation_id, entry_id)
        store.delete(row)
        note(organisation_id, "removed", actor, clock, name=row.name, number=row.number)


def checked(name: str, document: str, number: str) -> tuple[Entry, dict[str, str]]:
    """The entry put right, and field -> what is wrong with it."""
    document, faults = document or next(iter(DOCUMENTS)), {}
    name = _put_right(faults, "name", name.strip(), lambda: identifiers.person_name(name))
    if document not in DOCUMENTS:
        faults["document"] = _("没有“%(document)s”这种证件类型，可填：%(kinds)s", document=document, kinds='、'.join(DOCUMENTS.values()))
        return Entry(name, document, compact(number)), faults
    number = _put_right(faults, "number", compact(number), lambda: identifiers.document_number(document, number))
    return Entry(name, document, number), faults


def _put_right(faults: dict[str, str], field: str, typed: str, tidy) -> str:
    try:
        return tidy()
    except ValueError as error:
        faults[field] = str(error)
        return typed


def names_by_number(organisation_id: str) -> dict[str, str]:
    """number -> name of everybody listed."""
    query = sa.select(ListedPerson.number, ListedPerson.name).where(ListedPerson.organisation_id == organisation_id)
    return {number: name for number, name in session().execute(query)}


def note(organisation_id: str, kind: str, actor: Actor, clock: Clock, **details) -> None:
    """Adds a row to the journal, inside the transaction around it."""
    session().add(ListEvent(at=clock(), organisation_id=organisation_id, kind=kind, actor_id=actor.id, actor_name=actor.name, details=details))


def journal_of(organisation_id: str, most: int = 50) -> list[ListEvent]:
    """The latest changes, newest first."""
    query = sa.select(ListEvent).where(ListEvent.organisation_id == organisation_id).order_by(ListEvent.id.desc())
    return list(session().scalars(query.limit(most)))


def _already_there(organisation_id: str, entry: Entry) -> dict[str, str]:
    name = session().scalar(sa.select(ListedPerson.name).where(ListedPerson.organisation_id == organisation_id, ListedPerson.number == entry.number))
    return {"number": _("此证件号码已在名单中（%(name)s），不必重复添加", name=name)} if name else {}


def _new(organisation_id: str, entry: Entry, actor: Actor, clock: Clock) -> ListedPerson:
    return ListedPerson(
        organisation_id=organisation_id, name=entry.name, document=entry.document, number=entry.number,
        created_at=clock(), created_by=actor.id, created_by_name=actor.name)


def _matching(query, organisation_id: str, name: str, number: str):
    query = query.where(ListedPerson.organisation_id == organisation_id)
    if name.strip():
        query = query.where(ListedPerson.name.contains(_tidy(name), autoescape=True))
    if number.strip():
        query = query.where(ListedPerson.number.contains(compact(number), autoescape=True))
    return query


def _tidy(name: str) -> str:
    """A name as stored; one that could not be listed as it is: it is found nowhere."""
    try:
        return identifiers.person_name(name)
    except ValueError:
        return name


def _lock(store, organisation_id: str) -> None:
    # Two people who import the same file at once: the second waits, and then finds everybody listed already.
    if store.get(Organisation, organisation_id, with_for_update=True) is None:
        raise NotFound()


def holders_of_document(number: str) -> list[str]:
    """Ids of the people whose account names this document number."""
    return list(session().scalars(sa.select(PersonProfile.person_id).where(PersonProfile.id_number == number)))


def has_document(person_id: str, number: str) -> bool | None:
    """Whether the account names this document number; None when it names none."""
    row = session().get(PersonProfile, person_id)
    return None if row is None or not row.id_number else row.id_number == number
