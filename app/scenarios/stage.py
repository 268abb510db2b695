"""What a scenario stands on before its first step: its organisations, its people, and the entries of registers it brings.

Only the runner imports it. It works in the throw-away database alone: entries of the demo are deleted there for good.
"""
from __future__ import annotations

import sqlalchemy as sa

from app import people
from app.definitions import Scenario, ScenarioPerson
from app.operations import releases
from app.people import SYSTEM
from app.registers.editing import add_entry, declared
from app.registers.models import RegisterChange, RegisterEntry
from app.store import session, transaction


def set_stage(scenario: Scenario, clock, *, keep_roles: bool = False) -> None:
    """Makes organisations, people and entries, in this order: each may name those before it.

    `keep_roles`: people who are there already stay as they are.
    """
    for each in scenario.organisations.values():
        _make_organisation(each.key, each.name, each.kind, each.code)
    for person in scenario.people.values():
        _make_organisation(person.organisation, person.organisation)
        if not keep_roles or people.actor_with_id(person.key) is None:
            _make_person(person, clock)
    for name, entries in scenario.registers.items():
        _fill_register(releases.current_process(scenario.process).procedure, name, entries, clock)


def _make_organisation(key: str, name: str, kind: str = "", code: str = "") -> None:
    if key and people.party_of(f"org:{key}") is None:
        people.create_organisation(key, name, kind=kind, code=code)


def _make_person(person: ScenarioPerson, clock) -> None:
    roles = [(role, person.organisation) for role in person.roles]
    if people.actor_with_id(person.key):  # a demo person of the same key must not lend this one its roles
        people.set_roles(person.key, roles, actor=SYSTEM, clock=clock)
        people.rename_person(person.key, person.name)
    else:
        people.create_person(person.key, person.name, actor=SYSTEM, clock=clock, roles=roles)


def _fill_register(procedure: str, name: str, entries, clock) -> None:
    register = declared(procedure, name)
    with transaction() as store:
        rows = sa.select(RegisterEntry.id).where(RegisterEntry.procedure == procedure, RegisterEntry.register == name)
        store.execute(sa.delete(RegisterChange).where(RegisterChange.entry_id.in_(rows)))
        store.execute(sa.delete(RegisterEntry).where(RegisterEntry.id.in_(rows)))
    for key, values in entries.items():
        add_entry(register, values, actor=SYSTEM, clock=clock, reason="情景", key=key)
