"""`register.put`, `register.retire`: entries of registers. `role.give`, `role.take`: roles that belong to a person alone."""
from __future__ import annotations

import sqlalchemy as sa

from app.connectors import Call, connector
from app.errors import NotFound, RequestInvalid
from app.operations import releases
from app.people import SYSTEM, Person, RoleAssignment, reference_of, set_roles
from app.registers.served import Source, put_entry, retire_with_key
from app.store import session, transaction
from app.store.models import Case, Event


@connector("register.put")
def put(call: Call) -> dict:
    """Result: {key, fault}; `key` is "" when the values do not fit, and `fault` says why."""
    values = call.need("values")
    key, fault = put_entry(
        _procedure(call).name, str(call.need("register")), values if isinstance(values, dict) else {}, key=str(call.parameters.get("key") or ""),
        source=_source(call), clock=call.clock)
    return {"key": key, "fault": fault}


@connector("register.retire")
def retire(call: Call) -> dict:
    """Result: {retired}: whether there is such an entry."""
    register, key = str(call.need("register")), str(call.need("key"))
    done = retire_with_key(
        _procedure(call).name, register, key, why=str(call.parameters.get("reason") or ""),
        source=_source(call), clock=call.clock)
    return {"retired": done}


@connector("role.give")
def give(call: Call) -> dict:
    """Result: {roles}: what the person holds now."""
    return _turn(call, held=True)


@connector("role.take")
def take(call: Call) -> dict:
    """Result: {roles}: what the person holds now."""
    return _turn(call, held=False)


def _turn(call: Call, held: bool) -> dict:
    role, person_id = str(call.need("role")), reference_of(call.need("person")).partition(":")[2]
    declared = _procedure(call).roles.get(role)
    if declared is None or declared.scope == "organisation":
        raise RequestInvalid(why=f"角色“{role}”不能由流程授予：只有不属于单位的角色可以")
    with transaction():
        if session().get(Person, person_id) is None:
            raise NotFound()
        now = {(row.role, row.organisation_id) for row in session().scalars(sa.select(RoleAssignment).where(RoleAssignment.person_id == person_id))}
        wanted = now | {(role, "")} if held else now - {(role, "")}
        if wanted != now:  # a change ends their sign-ins: only where there is one
            set_roles(person_id, wanted, actor=SYSTEM, clock=call.clock)
    return {"roles": sorted({role for role, _where in wanted})}


def _procedure(call: Call):
    return releases.procedure_of(session().get(Case, call.case_id).release)


def _source(call: Call) -> Source:
    name = session().scalar(
        sa.select(Event.actor_name).where(Event.case_id == call.case_id, Event.actor_id != SYSTEM.id).order_by(Event.seq.desc()).limit(1))
    return Source(call.case_number, call.id, name or "")
