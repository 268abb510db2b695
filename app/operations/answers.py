"""Checking answers against their form: what is stored, which parties they name, which votes they hold."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from app import materials, rendering
from app.definitions import Form
from app.errors import AnswersInvalid
from app.operations.choices import CaseChoices
from app.people import party_of, reference_of
from app.proof.digests import is_erased
from app.store.models import Case

PARTY_TYPES = ("person", "organisation")
FILE_TYPES = ("file", "photo")


@dataclass(frozen=True)
class Checked:
    """Answers that may be stored. `votes` are (ballot id, choice): never stored with the answers."""

    answers: dict
    parties: dict
    cases: list[str]  # numbers of the cases that the answers choose
    votes: list[tuple[str, str]] = field(repr=False)


def checked(form: Form, answers: dict, context: dict, case: Case, actor, previous: dict | None = None) -> Checked:
    """The answers as they are to be stored. Raises AnswersInvalid with `.fields` (path -> message)."""
    choices = CaseChoices(case.release, case, actor)
    clean, errors = rendering.validate(form, answers, context, choices, previous=previous or {})
    if errors:
        raise AnswersInvalid(count=len(errors), fields=errors)
    if named := list(material_ids(form, clean)):
        materials.claim_for_case(named, owner=actor.id, case_id=case.id)
    return Checked(clean, named_parties(form, clean), chosen_cases(form, clean), rendering.ballots(form, answers, context, choices))


def named_parties(form: Form, answers: dict) -> dict:
    """party name -> party, for the fields of the form that name one."""
    found = {f.party: answers.get(f.key) for f in form.fields() if f.party and f.type in PARTY_TYPES}
    return {name: party_of(reference_of(chosen)) for name, chosen in found.items() if chosen}


def chosen_cases(form: Form, answers: dict) -> list[str]:
    """The numbers of the cases that the answers choose, of all fields of that type."""
    return [number for f in form.fields() if f.type == "cases" for number in answers.get(f.key) or ()]


def material_ids(form: Form, answers: dict, personal: bool = True, named: bool = True) -> Iterator[str]:
    """The ids of the uploaded files that the answers name, in rows of tables too.

    On wish without those of personal data, and without those that say who the person is.
    """
    for f in form.fields():
        yield from _files(f, answers.get(f.key), personal, named)


def _files(field, value, personal: bool, named: bool) -> Iterator[str]:
    if is_erased(value) or field.personal and not personal or field.names_person and not named:
        return
    if field.type in FILE_TYPES:
        yield from [value] if isinstance(value, str) else value or ()
    elif field.type == "table":
        for row in value or ():
            for column in field.all_columns():
                yield from _files(column, row.get(column.key), personal, named)
