"""The tables of replays: what was found of each case, the golden sample, and each time it was replayed. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime
from app.store.base import BigId


class ReplayResult(Model):
    """What the last replay of a case found. No foreign key: a case that is deleted by law leaves nothing that holds it."""

    __tablename__ = "replay_result"
    __table_args__ = (sa.Index("ix_replay_result_state", "state", "case_id"),)

    case_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(sa.String(10))  # equal|different|erased
    events: Mapped[int] = mapped_column(sa.Integer)  # of the case then: with more of them the result is stale
    seq: Mapped[int] = mapped_column(sa.Integer, default=0)  # event of the first difference
    element: Mapped[str] = mapped_column(sa.String(100), default="")
    words: Mapped[str] = mapped_column(sa.String(1000), default="")  # what differs, or what was erased
    engine: Mapped[str] = mapped_column(sa.String(200))
    service: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReplayMember(Model):
    """A case of the golden sample: its history replayed equal when it was chosen."""

    __tablename__ = "replay_member"

    case_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    process_id: Mapped[str] = mapped_column(sa.String(100))
    release: Mapped[str] = mapped_column(sa.String(64))
    events: Mapped[int] = mapped_column(sa.Integer)
    seed: Mapped[str] = mapped_column(sa.String(32))  # of the choice that took it in
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReplayCheck(Model):
    """One replay of the golden sample by one version of engine and service."""

    __tablename__ = "replay_check"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    engine: Mapped[str] = mapped_column(sa.String(200))
    service: Mapped[str] = mapped_column(sa.String(60))
    cases: Mapped[int] = mapped_column(sa.Integer)
    events: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.String(10))  # good|refused|overridden
    words: Mapped[str] = mapped_column(sa.String(1000), default="")  # the first difference
    reason: Mapped[str] = mapped_column(sa.String(300), default="")  # why it was started all the same
