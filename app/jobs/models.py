"""The tables of jobs: the work as a whole, and each of its items."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, PackedJson, UtcDateTime
from app.store.base import BigId

STATES = ("prepared", "waiting", "running", "done", "stopped")  # prepared: chosen, and nothing happens until its person says so


class Job(Model):
    """Long work that somebody asked for. Its counts are of items that are over; a lease says that a worker is at it."""

    __tablename__ = "job"
    __table_args__ = (
        sa.Index("ix_job_person", "person_id", "created_at"),
        sa.Index("ix_job_open", "state", "lease_until", sqlite_where=sa.text("state IN ('waiting', 'running')"),
                 postgresql_where=sa.text("state IN ('waiting', 'running')")),
    )

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    person_id: Mapped[str] = mapped_column(sa.String(64))
    organisation_id: Mapped[str] = mapped_column(sa.String(64), default="")  # which they acted for
    parameters: Mapped[dict] = mapped_column(PackedJson, default=dict)
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")
    total: Mapped[int] = mapped_column(sa.Integer, default=0)
    done: Mapped[int] = mapped_column(sa.Integer, default=0)
    failed: Mapped[int] = mapped_column(sa.Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rounds: Mapped[int] = mapped_column(sa.Integer, default=1)  # begun so often: once, and once more for each retry


class JobItem(Model):
    """One item of a job: done by one transaction together with what it does, so that it happens once."""

    __tablename__ = "job_item"
    __table_args__ = (sa.Index("ix_job_item_state", "job_id", "state", "position"),)

    job_id: Mapped[str] = mapped_column(sa.ForeignKey("job.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    case_id: Mapped[int | None] = mapped_column(BigId)  # of what it is about, for a link
    item: Mapped[dict] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")  # waiting|done|failed|stopped
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    detail: Mapped[dict] = mapped_column(Json, default=dict)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
