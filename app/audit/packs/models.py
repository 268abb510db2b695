"""The table of packs and logs that were asked for. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, PackedJson, UtcDateTime

KINDS = ("pack", "xes", "ocel", "ocel-sqlite")
STATES = ("making", "ready", "gone")  # gone: swept after its days, or taken away because something in it was erased


class Pack(Model):
    """One pack or log, made by a job. Its file is named by its id alone."""

    __tablename__ = "audit_pack"
    __table_args__ = (sa.Index("ix_audit_pack_asked", "asked_at", "id"),)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # random
    kind: Mapped[str] = mapped_column(sa.String(12))
    title: Mapped[str] = mapped_column(sa.String(200))
    purpose: Mapped[str] = mapped_column(sa.String(300))
    person_id: Mapped[str] = mapped_column(sa.String(64))
    person_name: Mapped[str] = mapped_column(sa.String(100))
    job_id: Mapped[str] = mapped_column(sa.String(32), default="")
    names: Mapped[bool] = mapped_column(default=True)
    materials: Mapped[bool] = mapped_column(default=True)
    scope: Mapped[dict] = mapped_column(PackedJson, default=dict)  # {cases: [ids] or null, procedure, since, until}
    total: Mapped[int] = mapped_column(sa.Integer, default=0)  # cases
    done: Mapped[int] = mapped_column(sa.Integer, default=0)  # cases of a log that are written; packs count by their job
    state: Mapped[str] = mapped_column(sa.String(8), default="making")
    events: Mapped[int] = mapped_column(sa.Integer, default=0)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # bytes
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    downloads: Mapped[int] = mapped_column(sa.Integer, default=0)
