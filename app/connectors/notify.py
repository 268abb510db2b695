"""`notify`: a message inside the service to each of the people meant, once per request."""
from __future__ import annotations

import sqlalchemy as sa

from app.connectors import Call, connector
from app.connectors.references import person_ids
from app.store import session, transaction
from app.store.models import Notice


@connector("notify")
def notify(call: Call) -> dict:
    """Writes the notices. Result: {notified: how many people}."""
    title, text = str(call.need("title"))[:200], str(call.parameters.get("text") or "")[:1000]
    people = person_ids(call.need("to"))
    with transaction():
        told = set(session().scalars(sa.select(Notice.person_id).where(Notice.request == call.id)))
        for person in people:
            if person not in told:
                session().add(Notice(
                    person_id=person, case_id=call.case_id, request=call.id, title=title, text=text, at=call.clock()))
    return {"notified": len(people)}
