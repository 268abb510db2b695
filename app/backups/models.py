"""The table of backups: what was made, tried out, brought back, and what looked wrong. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId

KINDS = ("backup", "drill", "restore", "rollback")


class BackupRun(Model):
    """One backup, drill or restore, or a database that was found to be older than the heads outside."""

    __tablename__ = "backup_run"
    __table_args__ = (sa.Index("ix_backup_run_kind", "kind", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))  # of KINDS
    state: Mapped[str] = mapped_column(sa.String(10))  # done|incomplete|failed
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float] = mapped_column(sa.Float, default=0.0)
    place: Mapped[str] = mapped_column(sa.String(500), default="")  # the file
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # bytes written to the medium
    point_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the point in time it holds
    events: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    files: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    words: Mapped[str] = mapped_column(sa.String(2000), default="")  # what came of it, for people
    detail: Mapped[dict] = mapped_column(Json, default=dict)
