"""Whose names a case may hold: whoever acted, is a party, was told, or is named by account or case number in what was filled in or answered. Reads only."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from app.batches.models import BatchMember
from app.people import SYSTEM, Person
from app.store import session
from app.store.models import Case, Event, Notice, Printing, Task

_AT_ONCE = 500
_LONGEST = 80  # characters of an account or case number with what stands before it


def people_of(case: Case, answers: list) -> dict[str, str]:
    """name -> account, of everybody whom this case may name; `answers` are all that was filled in."""
    events = session().execute(sa.select(Event.actor_id, Event.actor_name, Event.on_behalf_of, Event.details).where(Event.case_id == case.id)).all()
    found = {name: person for person, name, _behalf, _details in events if person != SYSTEM.id} | {case.starter_name: case.starter_id}
    said = {text for value in (case.parties, *answers, *(row.details for row in events)) for text in _short_texts(value)}
    ids = {text.removeprefix("person:") for text in said} | {row.on_behalf_of for row in events} | set(_beside(case))
    numbers = {text.removeprefix("case:") for text in said if text.removeprefix("case:").isdigit()}
    return {name: person for person, name in (*_names_of(ids), *_starters_of(case, numbers))} | found


def _beside(case: Case) -> Iterator[str]:
    """Accounts that stand beside the events: of tasks, notices and prints."""
    for column, of in ((Task.assignee, Task.case_id), (Task.closed_by, Task.case_id), (Notice.person_id, Notice.case_id), (Printing.person_id, Printing.case_id)):
        yield from session().scalars(sa.select(column).where(of == case.id).distinct())


def _names_of(ids: set[str]) -> Iterator[tuple[str, str]]:
    for some in _parts(ids):
        yield from session().execute(sa.select(Person.id, Person.name).where(Person.id.in_(some)))


def _starters_of(case: Case, numbers: set[str]) -> Iterator[tuple[str, str]]:
    """The people of the cases that this one names, holds or travels in."""
    members = sa.select(BatchMember.case_id).where(BatchMember.batch_id == case.id)
    yield from session().execute(sa.select(Case.starter_id, Case.starter_name).where(Case.id.in_(members)))
    for some in _parts(numbers):
        yield from session().execute(sa.select(Case.starter_id, Case.starter_name).where(Case.number.in_(some)))


def _short_texts(value) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if 0 < len(value) <= _LONGEST else ()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (*_short_texts(key), *_short_texts(inner))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _short_texts(inner)


def _parts(texts: set[str]) -> Iterator[list[str]]:
    ordered = sorted(texts)
    yield from (ordered[start:start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
