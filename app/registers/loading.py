"""The first content of registers, from the `demo.yml` of a procedure. What people changed since stays as they left it."""
from __future__ import annotations

import sqlalchemy as sa

from app.clock import Clock
from app.definitions import Procedure
from app.operations.contexts import instant
from app.people import SYSTEM
from app.registers.checking import ERROR, facts_of, findings_on
from app.registers.editing import OPEN, add_entry, declared
from app.registers.models import RegisterEntry
from app.store import session, transaction


def load_demo_registers(procedure: Procedure, clock: Clock) -> None:
    """Adds the entries that are not there yet. Raises AnswersInvalid where one does not fit its form."""
    for name, entries in (procedure.demo.get("registers") or {}).items():
        register = declared(procedure.name, name)
        known = set(session().scalars(sa.select(RegisterEntry.key).where(
            RegisterEntry.procedure == procedure.name, RegisterEntry.register == name)))
        for key, data in entries.items():
            if key not in known:
                _add(register, key, data, clock)


def _add(register, key: str, data: dict, clock: Clock) -> None:
    """Adds one entry, open as far as the checks of its register allow."""
    row = add_entry(register, data, actor=SYSTEM, clock=clock, reason="演示数据", key=key)
    found = findings_on(register, facts_of(row), row.id, instant(clock())[:10])
    if register.register.opening and not any(finding.level == ERROR for finding in found):
        with transaction():
            row.state = OPEN
