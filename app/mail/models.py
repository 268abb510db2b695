"""The tables of mail: what waits to be sent, and which kinds a person does without. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime
from app.store.base import BigId


class Mail(Model):
    """One mail to one address. What it said is forgotten once it is sent: it may have held a code."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(100), unique=True)  # who writes the same twice means one mail
    address: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(10), default="new")  # new|sent|late (of no use any more)|set_aside
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)  # not sent after this instant
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(sa.String(300), default="")

    __table_args__ = (
        sa.Index("ix_mail_due", "next_at", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")),
    )


class MailChoice(Model):
    """That a person does without the mails of a kind."""

    __tablename__ = "mail_choice"

    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
