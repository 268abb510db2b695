"""The tables of the look-out: findings, how far it has looked, and the thresholds it goes by. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime
from app.store.base import BigId


class KeptFinding(Model):
    """One finding of one case. Dismissing keeps it, with who and why. No foreign key: see ReplayResult."""

    __tablename__ = "finding"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "code", "seq", "element", "person_id", name="uq_finding_place"), sa.Index("ix_finding_code", "code", "case_id"),
        sa.Index("ix_finding_person", "person_id"), sa.Index("ix_finding_organisation", "organisation"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId)
    process_id: Mapped[str] = mapped_column(sa.String(100))
    code: Mapped[str] = mapped_column(sa.String(24))
    severity: Mapped[str] = mapped_column(sa.String(8))  # note|warn|serious
    seq: Mapped[int] = mapped_column(sa.Integer)  # event of the case; 0: the case as a whole
    element: Mapped[str] = mapped_column(sa.String(100), default="")
    person_id: Mapped[str] = mapped_column(sa.String(64), default="")  # whose act it was
    organisation: Mapped[str] = mapped_column(sa.String(80), default="")  # reference of the organisation that the case concerns
    words: Mapped[str] = mapped_column(sa.String(1000))
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the event
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_by: Mapped[str] = mapped_column(sa.String(64), default="")
    dismissed_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    dismissed_why: Mapped[str] = mapped_column(sa.String(500), default="")


class FindingLook(Model):
    """That a case was looked at: with how many events, by which thresholds."""

    __tablename__ = "finding_look"

    case_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    events: Mapped[int] = mapped_column(sa.Integer)
    rules: Mapped[str] = mapped_column(sa.String(16))  # digest of the thresholds
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FindingProgress(Model):
    """How far the worker has gone through the event log, by which thresholds. One row."""

    __tablename__ = "finding_progress"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    upto: Mapped[int] = mapped_column(BigId)  # id of an event
    rules: Mapped[str] = mapped_column(sa.String(16))


class FindingThreshold(Model):
    """A threshold that somebody set; the latest row of a name counts, the others are its history."""

    __tablename__ = "finding_threshold"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    value: Mapped[int] = mapped_column(sa.Integer)
    person_id: Mapped[str] = mapped_column(sa.String(64))
    person_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
