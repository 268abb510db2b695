"""What a reviewer has marked and not sent yet, what the returned person says to it, and what was typed when a sign-in ended."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import BigId, Model, PackedJson, UtcDateTime


class Mark(Model):
    """A remark of one reviewer on a place of a form. By step and not by task: a task that comes again finds them."""

    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"))
    element: Mapped[str] = mapped_column(sa.String(100))  # the reviewer's step
    person_id: Mapped[str] = mapped_column(sa.String(64))
    form: Mapped[str] = mapped_column(sa.String(100))  # the form that is marked
    section: Mapped[str] = mapped_column(sa.String(100))
    field: Mapped[str] = mapped_column(sa.String(100), default="")  # "" for the whole section
    row: Mapped[int] = mapped_column(sa.Integer, default=0)  # of a table, from 1; 0 for the whole field
    remark: Mapped[str] = mapped_column(sa.String(1000))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.UniqueConstraint("case_id", "element", "person_id", "form", "section", "field", "row", name="uq_mark_place"),)


class MarkReply(Model):
    """What a returned person says to one remark; goes into the event with which they hand in again."""

    __tablename__ = "mark_reply"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(24), primary_key=True)  # number of the event, dot, place in it
    done: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(sa.String(500), default="")


class KeptPage(Model):
    """What somebody sent after their sign-in had ended: theirs alone, until they have signed in again or the day is over."""

    __tablename__ = "kept_page"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # cannot be guessed
    person_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    address: Mapped[str] = mapped_column(sa.String(500))
    sent: Mapped[list] = mapped_column(PackedJson)  # [name, value] pairs
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
