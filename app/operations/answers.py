"""Checking answers against their form: what is stored, which parties they name, what must stay secret."""
from __future__ import annotations

from app import rendering
from app.definitions import Form
from app.people import party_of
from app.store.models import Case

PARTY_TYPES = ("person", "organisation")


def checked(form: Form, answers: dict, context: dict, case: Case) -> tuple[dict, dict, dict, dict]:
    """(clean answers, parties named, errors by field, secrets by field) of answers to a form.

    Secrets (ballots) are taken out of the clean answers: they must never reach the store of answers.
    """
    from app.operations.choices import CaseChoices

    clean, errors = rendering.validate(form, answers, context, choices=CaseChoices(case))
    secrets = {field.key: clean.pop(field.key) for field in fields_of(form) if field.type == "ballot" and field.key in clean}
    return clean, named_parties(form, clean), errors, secrets


def named_parties(form: Form, answers: dict) -> dict:
    """party name -> party, for the fields of the form that name one."""
    found = {field.party: answers.get(field.key) for field in fields_of(form) if field.party and field.type in PARTY_TYPES}
    return {name: party_of(reference) for name, reference in found.items() if reference}


def fields_of(form: Form):
    """All fields of a form, section by section."""
    return [field for section in form.sections for field in section.fields]
