"""The tables of samples: what was drawn from what, and what auditors noted about each case."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, PackedJson, UtcDateTime
from app.store.base import BigId

VERDICTS = ("fine", "doubt", "explain")


class Sample(Model):
    """Cases drawn by lot from a search. Everything that the draw follows from is kept; nothing of it ever changes."""

    __tablename__ = "audit_sample"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    reason: Mapped[str] = mapped_column(sa.String(500))
    query: Mapped[dict] = mapped_column(Json, default=dict)  # words of the search
    population: Mapped[list] = mapped_column(PackedJson, deferred=True)  # megabytes: read by those who draw again; [[case number, stratum]] of all that the search found
    found: Mapped[int] = mapped_column(sa.Integer)  # how many those were
    wanted: Mapped[int] = mapped_column(sa.Integer)
    by: Mapped[str] = mapped_column(sa.String(12), default="")  # column that strata are made by; "": none
    said: Mapped[str] = mapped_column(sa.String(200), default="")  # words that entered the seed
    chance: Mapped[str] = mapped_column(sa.String(64))  # hex, what the service drew
    seed: Mapped[str] = mapped_column(sa.String(64))
    algorithm: Mapped[str] = mapped_column(sa.String(40))
    digest: Mapped[str] = mapped_column(sa.String(64))  # of the whole record
    person_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    person_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SampleCase(Model):
    """One case of a sample, in the order of the lot, with what an auditor noted."""

    __tablename__ = "audit_sample_case"

    sample_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_sample.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, index=True)  # without a foreign key: the sample outlives the case
    number: Mapped[str] = mapped_column(sa.String(32))
    stratum: Mapped[str] = mapped_column(sa.String(100), default="")
    verdict: Mapped[str] = mapped_column(sa.String(8), default="")  # fine|doubt|explain; "": not looked at yet
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    noted_by: Mapped[str] = mapped_column(sa.String(64), default="")
    noted_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(sa.Integer, default=0)  # moves with every note
