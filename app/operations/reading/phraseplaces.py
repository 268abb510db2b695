"""Where a phrase of a role can be offered: the forms of its steps and their decisions, of the releases in use. Reads only."""
from __future__ import annotations

import sqlalchemy as sa

from app.operations import releases
from app.store import session
from app.store.models import Process


def places_of(role: str) -> list[tuple[str, str, str]]:
    """(form, outcome, words) of each form of this role's steps, and of each decision there that asks for a reason."""
    found: dict[tuple[str, str], str] = {}
    for row in session().scalars(sa.select(Process).where(releases.in_use()).order_by(Process.id)):
        process, forms = releases.parsed(row), releases.procedure_of(row.release).forms
        for element in process.elements.values():
            if element.role != role or element.form not in forms:
                continue
            title = forms[element.form].title
            found.setdefault((element.form, ""), title)
            for decision in element.decisions:
                if decision.reason or decision.marks:
                    found.setdefault((element.form, decision.outcome), f"{title} · {decision.label}")
    return [(form, outcome, words) for (form, outcome), words in sorted(found.items(), key=lambda one: one[1])]
