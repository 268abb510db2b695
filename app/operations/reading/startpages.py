"""What is needed before a case exists: the start form of a process and what its conditions may read. Writes nothing."""
from __future__ import annotations

from app.operations import releases
from app.operations.cases import start_context
from app.operations.contexts import FormActor


def start_form(row, actor, clock):
    """(Form or None, context) of the form asked before a case of this process exists."""
    key = releases.parsed(row).start_form
    form = releases.procedure_of(row.release).forms[key] if key else None
    return form, start_context(row.id, actor, clock) | {"actor": FormActor(actor)}
