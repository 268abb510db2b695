"""The table of phrases: texts that an office keeps for its remarks."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime
from app.store.base import BigId


class Phrase(Model):
    """A text of an office: of a role at an organisation, for one form or decision, or for all of them."""

    __tablename__ = "phrase"
    __table_args__ = (sa.Index("ix_phrase_office", "owner", "role"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(80), default="")  # reference of the organisation; "" for roles without one
    role: Mapped[str] = mapped_column(sa.String(64))
    form: Mapped[str] = mapped_column(sa.String(100), default="")  # "" for every form
    outcome: Mapped[str] = mapped_column(sa.String(64), default="")  # of the decision whose reason it is; "" for all
    text: Mapped[str] = mapped_column(sa.String(1000))
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
