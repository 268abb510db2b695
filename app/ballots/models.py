"""The tables of ballots. Look at the package's head before adding a column: none may tell when or in which order."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime


class Ballot(Model):
    """One vote on one subject."""

    __tablename__ = "ballot"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # random
    call_id: Mapped[str] = mapped_column(sa.String(36), unique=True)  # the request that opened it
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    subject: Mapped[str] = mapped_column(sa.String(500), default="")
    options: Mapped[list] = mapped_column(Json)  # words; the last one is what silence counts as
    members: Mapped[int] = mapped_column(sa.Integer)  # of the whole body, present or not
    state: Mapped[str] = mapped_column(sa.String(8), default="open")  # open|closed
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict | None] = mapped_column(Json)  # only after the end


class BallotTurnout(Model):
    """Who may vote and who has: one row for all, so that no row of a person can be dated."""

    __tablename__ = "ballot_turnout"

    ballot_id: Mapped[str] = mapped_column(sa.ForeignKey("ballot.id"), primary_key=True)
    voted: Mapped[dict] = mapped_column(Json)  # person id -> whether they have voted


class BallotBox(Model):
    """All choices of a ballot, sealed together; its length never changes. Emptied by the count."""

    __tablename__ = "ballot_box"

    ballot_id: Mapped[str] = mapped_column(sa.ForeignKey("ballot.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
