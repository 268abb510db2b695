"""The tables of pools: draws by lot and what people took part in. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, PackedJson, UtcDateTime
from app.store.base import BigId

COUNTING, PREPARED, DRAWN = "counting", "prepared", "drawn"


class Draw(Model):
    """One draw. First counted (who is eligible), then bound (plan and secret), then drawn; nothing is changed afterwards."""

    __tablename__ = "draw"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    case_number: Mapped[str] = mapped_column(sa.String(40))
    procedure: Mapped[str] = mapped_column(sa.String(100))
    register: Mapped[str] = mapped_column(sa.String(64))
    release: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(10))  # counting|prepared|drawn
    looked_at: Mapped[int] = mapped_column(sa.Integer, default=0)  # entries judged so far
    pool: Mapped[int] = mapped_column(sa.Integer, default=0)  # entries in force
    eligible: Mapped[int] = mapped_column(sa.Integer, default=0)
    plan: Mapped[dict | None] = mapped_column(PackedJson)  # conditions, seats and everybody considered, as they were
    plan_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    secret: Mapped[str] = mapped_column(sa.String(64), default="")
    commitment: Mapped[str] = mapped_column(sa.String(64), default="")
    words: Mapped[str] = mapped_column(sa.String(200), default="")  # spoken in front of everybody after the commitment
    seed: Mapped[str] = mapped_column(sa.String(64), default="")
    order: Mapped[list | None] = mapped_column(PackedJson)
    seats: Mapped[list | None] = mapped_column(Json)  # [{name, drawn, missing}]
    digest: Mapped[str] = mapped_column(sa.String(64), default="")  # of the whole record
    supervisors: Mapped[list] = mapped_column(Json, default=list)  # names
    reason: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was drawn again
    before: Mapped[str] = mapped_column(sa.String(40), default="")  # number of the draw before it
    actor_id: Mapped[str] = mapped_column(sa.String(64), default="")
    actor_name: Mapped[str] = mapped_column(sa.String(100), default="")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    call: Mapped[str] = mapped_column(sa.String(40), unique=True)  # the request that began it: once

    __table_args__ = (sa.Index("ix_draw_register", "procedure", "register", "id"),)


class Participation(Model):
    """Something that somebody of a pool was asked or did. Rows are only added."""

    __tablename__ = "participation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    procedure: Mapped[str] = mapped_column(sa.String(100))
    register: Mapped[str] = mapped_column(sa.String(64))
    ref: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(100))
    kind: Mapped[str] = mapped_column(sa.String(20))
    about: Mapped[str] = mapped_column(sa.String(40), default="")  # number of the case it belongs to
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    year: Mapped[int] = mapped_column(sa.Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    call: Mapped[str] = mapped_column(sa.String(40), default="")  # the request that wrote it: once for each person and kind

    __table_args__ = (
        sa.UniqueConstraint("call", "ref", "kind", "about", name="uq_participation_call"),
        sa.Index("ix_participation_year", "procedure", "register", "year", "id"),
        sa.Index("ix_participation_ref", "ref", "id"),
    )
