"""The tables of registers: entries as they are now, and every change of them. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId


class RegisterEntry(Model):
    """One entry. `key` is what answers keep of it for good; `mark` holds its unique columns while it is in force."""

    __tablename__ = "register_entry"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    procedure: Mapped[str] = mapped_column(sa.String(100))
    register: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(200))
    data: Mapped[dict] = mapped_column(Json)
    mark: Mapped[str | None] = mapped_column(sa.String(64))  # SHA-256 of the unique columns; none when retired
    state: Mapped[str] = mapped_column(sa.String(8), default="", server_default="")  # draft|open|closed where the register opens its entries
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(sa.Integer, default=1)  # moves with every change
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("procedure", "register", "key", name="uq_register_key"),
        sa.UniqueConstraint("procedure", "register", "mark", name="uq_register_mark"),
        sa.Index("ix_register_names", "procedure", "register", "name", "id"),
    )


class RegisterChange(Model):
    """What happened to an entry: added, changed, retired, restored. Rows are only added."""

    __tablename__ = "register_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("register_entry.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    kind: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    before: Mapped[dict | None] = mapped_column(Json)
    after: Mapped[dict | None] = mapped_column(Json)
