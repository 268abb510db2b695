"""Through which releases a case has come: each event is to be read by the one that was in force then. Reads only."""
from __future__ import annotations

import sqlalchemy as sa

from app import engine
from app.operations import releases
from app.store import session
from app.store.models import Case, CaseMove, Event


def releases_of(case: Case) -> frozenset[str]:
    """Digests of every release that the case is or was in."""
    rows = session().execute(sa.select(CaseMove.from_release, CaseMove.to_release).where(CaseMove.case_id == case.id))
    return frozenset({case.release, *(digest for row in rows for digest in row)})


class Past:
    """The process of a case at each of its events."""

    def __init__(self, case: Case):
        self._case = case
        moved = session().scalar(sa.select(sa.func.count()).select_from(CaseMove).where(CaseMove.case_id == case.id))
        found = session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.kind.in_(("move", "move-undone"))).order_by(Event.seq)) if moved else ()
        self._turns = [(event.seq, event.details["from"]) for event in found]   # up to here it was in that release

    def at(self, seq: int) -> engine.Process:
        """The process in the release in force when event `seq` was written."""
        return releases.process_in(self.digest_at(seq), self._case.process_id)

    def digest_at(self, seq: int) -> str:
        """The release in force when event `seq` was written; the one that a move led to is in force from the next event on."""
        return next((before for turn, before in self._turns if seq <= turn), self._case.release)
