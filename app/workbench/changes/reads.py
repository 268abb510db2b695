"""Marking a change note as read, bound to the version of the proposal that was shown."""
from __future__ import annotations

import sqlalchemy as sa

from app.errors import NoteChanged, NoteUnread
from app.store import session, transaction
from app.workbench.models import Proposal

from .models import NoteRead


def read_note(proposal: Proposal, actor, clock, version: int | None = None) -> NoteRead:
    """Notes that this actor has read what the proposal changes; once for each version.

    `version` is the one that was shown: raises NoteChanged when somebody has saved since.
    """
    with transaction() as store:
        current = store.scalar(sa.select(Proposal.version).where(Proposal.id == proposal.id).with_for_update())
        if version is not None and version != current:
            raise NoteChanged()
        found = store.get(NoteRead, (proposal.id, current, actor.id))
        if found is None:
            found = NoteRead(proposal_id=proposal.id, version=current, read_by=actor.id, read_by_name=actor.name, read_at=clock())
            store.add(found)
        return found


def has_read(proposal: Proposal, actor) -> bool:
    """Whether this actor has read the note of the proposal as it is now."""
    return session().get(NoteRead, (proposal.id, proposal.version, actor.id)) is not None


def ensure_read(proposal: Proposal, actor) -> None:
    """Raises NoteUnread."""
    if not has_read(proposal, actor):
        raise NoteUnread()


def readers_of(proposal: Proposal) -> list[NoteRead]:
    """Everybody who has read any version, the latest first."""
    return list(session().scalars(sa.select(NoteRead).where(NoteRead.proposal_id == proposal.id).order_by(NoteRead.read_at.desc(), NoteRead.read_by)))
