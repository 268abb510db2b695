"""Batches: a case that other cases travel in, its members and its revisions. Columns only, no behaviour."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import BigId, Json, Model, UtcDateTime

STATES = ("in", "held", "out", "done")
RUNNING = "state IN ('in', 'held')"


class Batch(Model):
    """What a batch's own case says of it besides its events."""

    __tablename__ = "batch"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(60), default="")
    by_hand: Mapped[str] = mapped_column(sa.String(300), default="")  # why the number was not made by the service
    readers: Mapped[list] = mapped_column(Json, default=list)  # roles that, working on the batch, may read its members
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("uq_batch_number", "number", unique=True, sqlite_where=sa.text("number <> ''"), postgresql_where=sa.text("number <> ''")),
    )


class BatchMember(Model):
    """One case in one batch. In one running batch at a time: the store itself keeps a second one out."""

    __tablename__ = "batch_member"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("batch.case_id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(8))  # in|held|out|done
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(sa.String(64), default="")
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    note: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (
        sa.Index("uq_batch_member_running", "case_id", unique=True, sqlite_where=sa.text(RUNNING), postgresql_where=sa.text(RUNNING)),
        sa.Index("ix_batch_member_case_id", "case_id"),
    )


class BatchRevision(Model):
    """What changed in a batch after it was made; never changed, never deleted."""

    __tablename__ = "batch_revision"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("batch.case_id"))
    number: Mapped[int] = mapped_column(sa.Integer)  # 1, 2, 3 … of the batch
    kind: Mapped[str] = mapped_column(sa.String(8))  # put|held|released|out|done
    cases: Mapped[list] = mapped_column(Json, default=list)  # [[case number, name]]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    call: Mapped[str] = mapped_column(sa.String(40), default="")  # the request that made it: once
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")

    __table_args__ = (sa.UniqueConstraint("batch_id", "number"), sa.UniqueConstraint("call"))
