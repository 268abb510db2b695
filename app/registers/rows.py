"""Entries as forms choose among them. Reads only; knows no columns."""
from __future__ import annotations

import sqlalchemy as sa

from app.registers.models import RegisterEntry
from app.store import session


def entries_in_force(procedure: str, register: str) -> list[RegisterEntry]:
    """The entries of a register that are not retired, by name."""
    return list(session().scalars(
        sa.select(RegisterEntry).where(
            RegisterEntry.procedure == procedure, RegisterEntry.register == register, RegisterEntry.retired_at.is_(None))
        .order_by(RegisterEntry.name, RegisterEntry.id)))
