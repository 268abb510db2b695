"""What the procedures in use say about standing: what a registered person gets, and what an organisation's administrator may grant."""
from __future__ import annotations

from dataclasses import dataclass


from app.operations import releases


@dataclass(frozen=True)
class Standing:
    """`person`: roles of whoever registers; `administrator`: roles of an organisation's one; `kind`: of a registered organisation."""

    person: tuple[str, ...]
    administrator: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Business:
    """A category of business (S1-036) with the roles, as (code, name), that an administrator may grant in it."""

    name: str
    name_en: str
    roles: tuple[tuple[str, str], ...]


def standing() -> Standing:
    """The roles that registering brings, of all procedures in use."""
    roles = _roles()
    admin = [code for code, role in roles.items() if role.given_to == "organisation_admin"]
    granted = [code for code, role in roles.items() if set(role.granted_by) & set(admin)]
    kind = next((roles[code].kind for code in admin if roles[code].kind), "")
    return Standing(tuple(code for code, role in roles.items() if role.given_to == "person"), (*admin, *granted), kind)


def businesses(held: set[str], language: str = "zh") -> list[Business]:
    """What the holder of these roles may grant to the operators of their organisation, by category."""
    found: dict[str, Business] = {}
    for code, role in _roles().items():
        if not set(role.granted_by) & held:
            continue
        name = role.business or role.name
        known = found.get(name, Business(name, role.business_en or role.name_en or name, ()))
        found[name] = Business(name, known.name_en, (*known.roles, (code, role.named(language))))
    return list(found.values())


def _roles() -> dict:
    return {code: role for _procedure, digest in releases.in_force() for code, role in releases.procedure_of(digest).roles.items()}
