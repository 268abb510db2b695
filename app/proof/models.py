"""The table of what verifications found."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, PackedJson, UtcDateTime
from app.store.base import BigId


class Verification(Model):
    """One verification of everything: what it went through and the first faults that it found."""

    __tablename__ = "verification"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[str] = mapped_column(sa.String(64))  # who asked for it; "": the worker's daily one
    cases: Mapped[int] = mapped_column(sa.Integer)
    events: Mapped[int] = mapped_column(sa.Integer)
    heads: Mapped[int] = mapped_column(sa.Integer)
    count: Mapped[int] = mapped_column(sa.Integer)  # of faults
    faults: Mapped[list] = mapped_column(PackedJson)  # the first of them, as verification.Fault has them
