"""Cases as an organisation sees them that takes part in them. Reads only."""
from __future__ import annotations

import sqlalchemy as sa

from app.store import session
from app.store.models import Case, CaseParty

_FEW = 20


def open_cases_of(ref: str, name: str) -> list[Case]:
    """Open cases that concern the organisation and were started by somebody of this name."""
    query = (
        sa.select(Case).join(CaseParty, CaseParty.case_id == Case.id)
        .where(CaseParty.ref == ref, Case.starter_name == name, Case.ended_at.is_(None)).order_by(Case.id).limit(_FEW)
    )
    return list(session().scalars(query))

