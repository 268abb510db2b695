"""The tables of viewings: who looked at whose data, and what a reader said they looked for. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime
from app.store.base import BigId


class Viewing(Model):
    """That somebody looked at one thing in one minute. Rows are only added; looks of the same minute are counted."""

    __tablename__ = "viewing"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slot: Mapped[str] = mapped_column(sa.String(32), unique=True)  # digest of reader, thing and minute
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # the first look
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(sa.Integer, default=1)
    reader_id: Mapped[str] = mapped_column(sa.String(64))
    reader_name: Mapped[str] = mapped_column(sa.String(100))  # as it was then
    roles: Mapped[str] = mapped_column(sa.String(300), default="")  # codes by comma, as they were then
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")  # name of the one they acted for
    kind: Mapped[str] = mapped_column(sa.String(24))  # a key of KINDS
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)  # without a foreign key: the log outlives the case
    person_id: Mapped[str] = mapped_column(sa.String(64), default="")  # whose data; "" of lists
    detail: Mapped[str] = mapped_column(sa.String(200), default="")  # which form, file or search
    purpose: Mapped[str] = mapped_column(sa.String(300), default="")  # what the reader said, where asked

    __table_args__ = (
        sa.Index("ix_viewing_person", "person_id", "id"),
        sa.Index("ix_viewing_reader", "reader_id", "id"),
    )


class ViewingPurpose(Model):
    """What for somebody looks at one case today; asked before the first look of the day."""

    __tablename__ = "viewing_purpose"

    reader_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day: Mapped[str] = mapped_column(sa.String(10), primary_key=True)  # Shanghai
    words: Mapped[str] = mapped_column(sa.String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
