"""`case.list`: what lists say of other cases, for diagrams that work on many."""
from __future__ import annotations

import sqlalchemy as sa

from app.connectors import Call, connector
from app.store import session
from app.store.models import Case


@connector("case.list")
def list_cases(call: Call) -> dict:
    """Result: {cases: [{case, name, summary, place}]} in the order given, `place` counted from 1; unknown numbers are left out."""
    numbers = list(dict.fromkeys(call.need("cases")))
    found = {case.number: case for case in session().scalars(sa.select(Case).where(Case.number.in_(numbers)))}
    known = [found[number] for number in numbers if number in found]
    return {"cases": [{"case": case.number, "name": case.starter_name, "summary": case.summary, "place": place}
                      for place, case in enumerate(known, 1)]}
