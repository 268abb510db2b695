"""Whom a parameter means: references, parties, lists of them, or the holders of a role. Only connectors import it."""
from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.people import SYSTEM, RoleAssignment, people_with_role, reference_of
from app.store import session
from app.store.models import Event


def person_ids(value) -> list[str]:
    """The person ids behind a reference `person:x` / `org:x`, a party, `{role, scope}`, or a list of such; each once.

    An organisation stands for all who hold a role in it.
    """
    return list(dict.fromkeys(_people(value)))


def name_in(value) -> str:
    """The name a party carries; "" for a bare reference."""
    return str(value.get("name", "")) if isinstance(value, dict) else ""


def doer_of(case_id: int) -> tuple[str, str]:
    """(id, name) of the person whose deed led to a request of this case: the last one in its history."""
    row = session().execute(
        sa.select(Event.actor_id, Event.actor_name).where(Event.case_id == case_id, Event.actor_id != SYSTEM.id)
        .order_by(Event.seq.desc()).limit(1)).first()
    return tuple(row) if row else ("", "")


def _people(value) -> Iterable[str]:
    if isinstance(value, (list, tuple)):
        for member in value:
            yield from _people(member)
    elif isinstance(value, dict) and "role" in value:
        holders = people_with_role(value["role"], reference_of(value.get("scope")))
        yield from (_key(party["ref"]) for party in holders)
    else:
        yield from _of_reference(reference_of(value))


def _of_reference(reference: str) -> Iterable[str]:
    if reference.startswith("person:"):
        yield _key(reference)
    elif reference.startswith("org:"):
        members = sa.select(RoleAssignment.person_id).where(RoleAssignment.organisation_id == _key(reference))
        yield from session().scalars(members.distinct().order_by(RoleAssignment.person_id))


def _key(reference: str) -> str:
    return reference.partition(":")[2]
