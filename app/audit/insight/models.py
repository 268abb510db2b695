"""What insight keeps between looks, worked out from the events by the worker: it can always be made again. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId


class InsightChunk(Model):
    """Visits and walks of the cases of one process whose ids share a number (`gathering.CASES`), packed by `columns`."""

    __tablename__ = "insight_chunk"

    process_id: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    number: Mapped[int] = mapped_column(BigId, primary_key=True)
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)


class InsightCase(Model):
    """What one case comes to. `way` is "" while it runs."""

    __tablename__ = "insight_case"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    events: Mapped[int] = mapped_column(sa.Integer)  # how many events this was worked out from
    way: Mapped[str] = mapped_column(sa.String(32), default="")  # id of its InsightWay
    returns: Mapped[int] = mapped_column(sa.Integer, default=0)  # acts that led back to a step of people
    again: Mapped[int] = mapped_column(sa.Integer, default=0)  # second and later visits of steps of people
    lost: Mapped[int] = mapped_column(BigId, default=0)  # seconds of those visits, each instant once
    lost_worked: Mapped[int] = mapped_column(BigId, default=0)  # of them on working days


class InsightWay(Model):
    """A sequence of steps of people with the end that was reached."""

    __tablename__ = "insight_way"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # digest of process, steps and end
    process_id: Mapped[str] = mapped_column(sa.String(100))
    steps: Mapped[list] = mapped_column(Json, default=list)
    ended_element: Mapped[str] = mapped_column(sa.String(100))


class InsightReturn(Model):
    """One act that led a case back. No reason stands here: it is read from its event, where it may have been erased."""

    __tablename__ = "insight_return"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    process_id: Mapped[str] = mapped_column(sa.String(100))
    release: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(16))  # as its event's: complete|message|timer|answer
    by: Mapped[str] = mapped_column(sa.String(100))  # element of the event
    to: Mapped[str] = mapped_column(sa.String(100))  # first step of people that was entered again
    outcome: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_insight_return_process", "process_id", "at"),)


class InsightGathering(Model):
    """When the worker last brought the figures up to date; `waiting` cases were left for its next run. One row."""

    __tablename__ = "insight_gathering"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting: Mapped[int] = mapped_column(sa.Integer, default=0)
