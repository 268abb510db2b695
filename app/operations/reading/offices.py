"""What belongs to offices and to trying the service out: who works at a desk, which demo accounts there are."""
from __future__ import annotations


from app.operations import releases
from app.system_roles import SYSTEM_ROLES, SYSTEM_ROLES_EN


def works_at_desk(actor) -> bool:
    """Whether the actor holds a role that works from a pool (`desk: true` in roles.yml)."""
    held = {role for role, _organisation in actor.roles}
    return any(role in held and known.desk for procedure in _procedures() for role, known in procedure.roles.items())


def is_desk(role: str) -> bool:
    """Whether this role works from a pool in some procedure in use."""
    return any(role in procedure.roles and procedure.roles[role].desk for procedure in _procedures())


def role_names(language: str = "zh") -> dict[str, str]:
    """role code -> its name, of the service and of all procedures in use; Chinese where there is no other."""
    known = SYSTEM_ROLES | (SYSTEM_ROLES_EN if language == "en" else {})
    return known | {code: role.named(language) for procedure in _procedures() for code, role in procedure.roles.items()}


def demo_accounts(language: str = "zh") -> list[dict]:
    """`{id, password, name, roles, organisation}` of the demo people of all procedures in use."""
    names, found = role_names(language), {}
    for procedure in _procedures():
        places = procedure.demo.get("organisations") or {}
        for key, person in (procedure.demo.get("people") or {}).items():
            found.setdefault(key, _account(key, person, names, places))
    return list(found.values())


def _account(key: str, person: dict, names: dict, places: dict) -> dict:
    roles = person.get("roles") or ()
    at = dict.fromkeys(places.get(r.get("organisation"), {}).get("name", "") for r in roles)
    return {
        "id": key, "password": person.get("password", ""), "name": person["name"],
        "roles": "、".join(names.get(r["role"], r["role"]) for r in roles), "organisation": "、".join(p for p in at if p),
    }


def _procedures() -> list:
    return [releases.procedure_of(digest) for _procedure, digest in releases.in_force()]
