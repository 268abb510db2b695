"""Notes that somebody looked. Called by routes and exports after the right to look was established."""
from __future__ import annotations


def note_viewing(actor, *, kind: str, clock, case_id: int | None = None, person_id: str = "", detail: str = "", purpose: str = "") -> None:
    """Notes that `actor` looked: `kind` names the page or export, `person_id` whose data it was (of a case: its starter)."""
