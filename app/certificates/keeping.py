"""Who looks after the certificates of a procedure: the roles that its diagrams name (`certificates_kept_by`). Reads only."""
from __future__ import annotations

import sqlalchemy as sa

from app.store import session
from app.store.models import Process

READS_ALL = frozenset({"auditor"})  # looks at every register, changes none


def procedures_kept(actor) -> set[str]:
    """The procedures whose certificates this actor looks after, by the diagrams in force."""
    held = {role for role, _organisation in actor.roles}
    return {name for name, roles in _keepers().items() if roles & held} if held else set()


def reads_all(actor) -> bool:
    """Whether it is this actor's office to look at every certificate."""
    return any(role in READS_ALL for role, _organisation in actor.roles)


def sees_register(actor) -> bool:
    """Whether there is a register of certificates that this actor may read: what the link in the top bar asks."""
    return reads_all(actor) or bool(procedures_kept(actor))


def may_keep(certificate, actor) -> bool:
    """Whether this actor looks after this certificate."""
    return certificate.procedure in procedures_kept(actor)


def _keepers() -> dict[str, set[str]]:
    from app.operations import releases  # operations import the noun packages

    found: dict[str, set[str]] = {}
    for row in session().scalars(sa.select(Process)):
        found.setdefault(row.procedure, set()).update(releases.parsed(row).certificate_keepers)
    return found
