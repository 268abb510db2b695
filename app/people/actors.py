"""Who acts: the frozen Actor that every operation takes. Made here from a person's rows, nowhere else."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.people.models import Organisation, Person, RoleAssignment
from app.people.registered import Membership
from app.store import session

# Asked by every request: made once. A membership without any role still is a place to act for.
_HELD = sa.union_all(
    sa.select(RoleAssignment.role.label("role"), RoleAssignment.organisation_id.label("place"), Organisation.name.label("name"))
    .outerjoin(Organisation, Organisation.id == RoleAssignment.organisation_id)
    .where(RoleAssignment.person_id == sa.bindparam("of")),
    sa.select(sa.literal(""), Membership.organisation_id, Organisation.name)
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .where(Membership.person_id == sa.bindparam("of"), Membership.may_sign_in),
).order_by("place", "role")


@dataclass(frozen=True)
class Actor:
    """Somebody who acts, with what they may do at this moment.

    `roles` holds (role, organisation id or ""); `pools` are the pools whose tasks they may take;
    `organisation` is the party they act for, None for people on their own.
    """

    id: str
    ref: str
    name: str
    roles: frozenset[tuple[str, str]] = frozenset()
    pools: frozenset[str] = frozenset()
    organisation: dict | None = None
    on_behalf_of: str = ""
    must_change: bool = False  # the password was given by somebody else: nothing else first

    def __hash__(self) -> int:
        return hash((self.id, self.roles, self.on_behalf_of))

    def has_role(self, role: str, organisation_id: str | None = None) -> bool:
        """Whether they hold the role: in that organisation, or (None) anywhere."""
        return any(held == role and organisation_id in (None, where) for held, where in self.roles)


SYSTEM = Actor(id="system", ref="system", name="系统")


def pools_of(roles) -> frozenset[str]:
    """The pools of a set of (role, organisation id or ""): `role@` always, `role@org:x` within x."""
    return frozenset(f"{role}@" for role, _ in roles) | {f"{role}@org:{where}" for role, where in roles if where}


def actor_of(person: Person, organisation_id: str = "") -> Actor:
    """The actor a person is now. Acts for `organisation_id` when they hold a role there, else for their first one."""
    rows = session().execute(_HELD, {"of": person.id}).all()
    roles = frozenset((role, where) for role, where, _ in rows if role)
    names = {where: name for _, where, name in rows if where}
    chosen = organisation_id if organisation_id in names else next(iter(names), "")
    party = organisation_party(chosen, names[chosen]) if chosen else None
    return Actor(person.id, f"person:{person.id}", person.name, roles, pools_of(roles), party, must_change=person.password_temporary)


def reference_of(value) -> str:
    """The reference of a party or reference; "" when there is none."""
    return str(value.get("ref", "")) if isinstance(value, dict) else str(value or "")


def organisation_party(organisation_id: str, name: str) -> dict:
    """The party of an organisation."""
    return {"ref": f"org:{organisation_id}", "name": name, "kind": "organisation"}


def person_party(person_id: str, name: str) -> dict:
    """The party of a person."""
    return {"ref": f"person:{person_id}", "name": name, "kind": "person"}


def actor_with_id(person_id: str) -> Actor | None:
    """The actor that an active person is now, for work handed to them; None when there is no such person."""
    person = session().get(Person, person_id)
    return actor_of(person) if person is not None and person.active else None
