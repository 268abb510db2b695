"""What helps people through a case's life: how long steps usually take, views they keep, copies of their data. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import BigId, Model, UtcDateTime


class StepDuration(Model):
    """How long the finished tasks of a step took, of the last twelve months; written by the worker."""

    __tablename__ = "step_duration"

    procedure: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    element: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    count: Mapped[int] = mapped_column(sa.Integer)
    median: Mapped[int] = mapped_column(BigId)  # seconds
    most: Mapped[int] = mapped_column(BigId)  # seconds within which nine of ten were done
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedView(Model):
    """Filters of a list that a person keeps under a name, as the query of its address."""

    __tablename__ = "saved_view"

    person_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    place: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    query: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DataRequest(Model):
    """That a person asked for a copy of their data, or for deletion (C-061 art. 45, 47)."""

    __tablename__ = "data_request"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # random; names the file too
    person_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))  # copy|deletion
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting", index=True)  # waiting|ready|failed|gone; recorded|refused|restricted|erased
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    size: Mapped[int] = mapped_column(BigId, default=0)  # bytes
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed: Mapped[str] = mapped_column(sa.String(10), default="", server_default="")  # of a deletion: refuse|restrict|erase, by the first person
    proposed_by: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    proposed_by_name: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")
    decided_by: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    decided_by_name: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")
    answer: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")  # the reason, as the person is told
