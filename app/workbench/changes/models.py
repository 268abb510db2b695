"""Who has read which change note."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime


class NoteRead(Model):
    """That somebody has read what a proposal changes, as it was at `version`. A later version is to be read again."""

    __tablename__ = "note_read"

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"), primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    read_by: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    read_by_name: Mapped[str] = mapped_column(sa.String(100))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
