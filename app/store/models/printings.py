"""What was printed by whom and in which version, what lists asked before printing, what a signed copy says it is."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import BigId, Json, Model, UtcDateTime


class Printing(Model):
    """One report printed for one case; a list over many cases leaves a row for each, with the same `run`."""

    __tablename__ = "printing"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run: Mapped[str] = mapped_column(sa.String(32), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"))
    report: Mapped[str] = mapped_column(sa.String(100))
    code: Mapped[str] = mapped_column(sa.String(16))  # digest of what it showed
    version: Mapped[int] = mapped_column(sa.Integer)  # counts the different contents of this report of this case, from 1
    person_id: Mapped[str] = mapped_column(sa.String(64))
    organisation_id: Mapped[str] = mapped_column(sa.String(64), default="")  # for which they printed
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_printing_case", "case_id", "report", "code"),)


class PrintingAnswers(Model):
    """What somebody last answered before printing a list: the next time begins with it."""

    __tablename__ = "printing_answers"

    owner: Mapped[str] = mapped_column(sa.String(80), primary_key=True)  # reference of the organisation, else of the person
    form: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    data: Mapped[dict] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperCode(Model):
    """What the printed code of an uploaded copy says; "" when none could be read. By content: a file never changes."""

    __tablename__ = "paper_code"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(200), default="")
