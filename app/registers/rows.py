"""Entries as forms choose among them. Reads only; knows no columns."""
from __future__ import annotations

import sqlalchemy as sa

from app.registers.models import RegisterEntry
from app.store import session


def entries_in_force(procedure: str, register: str, *, chosen: str = "") -> list[RegisterEntry]:
    """The entries of a register that can be chosen, by name: not retired, no draft, and a closed one for whoever has chosen it."""
    choosable = sa.or_(RegisterEntry.state.in_(("", "open")), sa.and_(RegisterEntry.key == chosen, RegisterEntry.state == "closed"))
    return list(session().scalars(
        sa.select(RegisterEntry).where(
            RegisterEntry.procedure == procedure, RegisterEntry.register == register, RegisterEntry.retired_at.is_(None), choosable)
        .order_by(RegisterEntry.name, RegisterEntry.id)))
