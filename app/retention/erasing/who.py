"""Whose values are to go: a person's names, the texts that are theirs alone, and what leads to them. Reads only."""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from urllib.parse import quote, quote_plus

import sqlalchemy as sa

from app.people import Person
from app.people.registered import PersonProfile
from app.operations import releases
from app.operations.past_releases import releases_of
from app.proof.chain import name_said
from app.proof.digests import leaves_of
from app.store import session
from app.store.models import Answers, Case, Event

# What only one person has: an address of mail, or a number of at least six characters. A word might be anybody's.
_OWN = re.compile(r"[^\s@]+@[^\s@]+|(?=.*\d)[0-9A-Za-z()\-+ ]{6,40}")
_NAME = 3  # characters from which a name that nobody else bears is taken out of free text too


@dataclass(frozen=True)
class Who:
    """`unique` texts are taken out wherever they stand; `names` only where a row or mapping leads to the person."""

    id: str
    pseudonym: str
    names: frozenset[str]
    unique: tuple[str, ...]  # longest first
    refs: frozenset[str]  # person:… and case:… of their cases

    @cached_property
    def spelt(self) -> tuple[str, ...]:
        """The unique texts, and each as an address spells it: kept searches are addresses."""
        return tuple(dict.fromkeys((*self.unique, *map(quote_plus, self.unique), *map(quote, self.unique))))

    @property
    def ref(self) -> str:
        return f"person:{self.id}"


def pseudonym_of(person_id: str) -> str:
    """What stands for a person from now on: the same everywhere, and says nothing."""
    return "已清除人员" + sha256(f"pseudonym:{person_id}".encode()).hexdigest()[:8]


def who_is(person_id: str) -> Who:
    """All that is to be looked for of a person."""
    cases = session().scalars(sa.select(Case).where(Case.starter_id == person_id)).all()
    names = {name for name in (session().scalar(sa.select(Person.name).where(Person.id == person_id)), *(case.starter_name for case in cases), *_signed(person_id))
             if name and name != pseudonym_of(person_id)}
    unique = {text for text in (*_of_profile(person_id), *(text for case in cases for text in own_texts(case))) if _OWN.fullmatch(text)}
    unique |= {name for name in names if len(name) >= _NAME and not _borne_by_others(name, person_id)}
    return Who(person_id, pseudonym_of(person_id), frozenset(names), tuple(sorted(unique, key=len, reverse=True)),
               frozenset({f"person:{person_id}", *(f"case:{case.number}" for case in cases)}))


def own_texts(case: Case) -> set[str]:
    """The texts that the forms of a case call personal, of every revision and release."""
    return {str(leaf) for row in _answers(case) for path, leaf in leaves_of(row.data) if isinstance(leaf, str) and _under(path, personal_paths(case, row))}


def personal_paths(case: Case, row: Answers, classes: frozenset[str] | None = None) -> set[str]:
    """JSON pointers of the fields of one revision that a form calls personal: of these classes, or (None) of any. Columns of tables too."""
    forms = (releases.procedure_of(digest).forms.get(row.form) for digest in sorted(releases_of(case)))
    return {path for form in forms if form for field in form.fields() for path in _paths(field, row.data.get(field.key), f"/{field.key}", classes)}


def _paths(field, value, path: str, classes):
    kind = field.personal or ("identity" if field.names_person else "")
    if kind and (classes is None or kind in classes):
        yield path
    elif field.type == "table" and isinstance(value, list):
        for place, row in enumerate(value):
            for column in field.all_columns() if isinstance(row, dict) else ():
                if column.key in row:
                    yield from _paths(column, row[column.key], f"{path}/{place}/{column.key}", classes)


def _under(path: str, roots: set[str]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _answers(case: Case):
    return session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id))


def _of_profile(person_id: str) -> list[str]:
    row = session().get(PersonProfile, person_id)
    return [text for text in (row.id_number, row.phone, row.email) if text] if row else []


def _signed(person_id: str) -> list[str]:
    said = session().scalars(sa.select(Event.actor_name).where(Event.actor_id == person_id).distinct())
    return [name for name in map(name_said, said) if isinstance(name, str)]


def _borne_by_others(name: str, person_id: str) -> bool:
    return session().scalar(sa.select(Person.id).where(Person.name == name, Person.id != person_id).limit(1)) is not None
