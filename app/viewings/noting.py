"""Notes that somebody looked. Called by routes and exports after the right to look was established."""
from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.people import SYSTEM
from app.store import session, transaction
from app.store.models import Case
from app.viewings.models import Viewing
from app.viewings.purposes import purpose_of

_STARTER = sa.select(Case.__table__.c.starter_id).where(Case.__table__.c.id == sa.bindparam("of"))
_MINUTE = 60  # seconds in which looks at the same thing are one row


def note_viewing(actor, *, kind: str, clock, case_id: int | None = None, person_id: str = "", detail: str = "", purpose: str = "") -> None:
    """Notes that `actor` looked: `kind` names the page or export, `person_id` whose data it was (of a case: its starter).

    Who looks at their own data leaves no trace, the service itself neither. One statement; looks at the same thing in the
    same minute are counted in one row. Without a `purpose`, what the reader said today about the case is kept with it.
    """
    person = person_id or _starter_of(case_id)
    if actor.id in (person, SYSTEM.id):
        return
    now = clock()
    row = {
        "at": now, "last_at": now, "count": 1, "reader_id": actor.id, "reader_name": actor.name[:100], "roles": _roles_of(actor),
        "organisation": (actor.organisation or {}).get("name", "")[:200], "kind": kind[:24], "case_id": case_id, "person_id": person,
        "detail": detail[:200], "purpose": (purpose or _said_today(actor, case_id, clock))[:300],
    }
    with transaction() as store:
        store.execute(_insert(row | {"slot": _slot(row)}))


def _starter_of(case_id: int | None) -> str:
    return "" if case_id is None else session().scalar(_STARTER, {"of": case_id}) or ""


def _said_today(actor, case_id: int | None, clock) -> str:
    return "" if case_id is None else purpose_of(actor, case_id, clock)


def _roles_of(actor) -> str:
    return ",".join(sorted({role for role, _organisation in actor.roles}))[:300]


def _slot(row: dict) -> str:
    """What is counted together: the same reader, thing, purpose and minute."""
    same = (row[name] for name in ("reader_id", "kind", "case_id", "person_id", "detail", "purpose"))
    minute = int(row["at"].timestamp()) // _MINUTE
    return sha256("\0".join(map(str, (minute, *same))).encode()).hexdigest()[:32]


def _insert(row: dict):
    dialect = postgresql if session().get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Viewing.__table__).values(row)
    return insert.on_conflict_do_update(
        index_elements=["slot"], set_={"count": Viewing.__table__.c.count + 1, "last_at": insert.excluded.last_at})
