"""What is still to be done or remembered: outbox, drafts, idempotency keys, notices, sequences."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import BigId, Json, Model, PackedJson, UtcDateTime


class Outbox(Model):
    """A request to a connector, written with the command that made it, sent after the commit."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)  # the engine's task id: the idempotency key
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    element: Mapped[str] = mapped_column(sa.String(100))
    topic: Mapped[str] = mapped_column(sa.String(64))
    parameters: Mapped[dict] = mapped_column(PackedJson)
    state: Mapped[str] = mapped_column(sa.String(10), default="new")  # new|sent (answer awaited)|done|set_aside
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("ix_outbox_due", "next_at", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")),
    )


class Draft(Model):
    """What a person has typed for a task and not yet submitted."""

    __tablename__ = "draft"

    task_id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    version: Mapped[int] = mapped_column(sa.Integer, default=1)  # moves with every save: two windows notice
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[dict] = mapped_column(PackedJson)


class IdempotencyKey(Model):
    """A request already answered: the same key and content get the same answer."""

    __tablename__ = "idempotency_key"

    person_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    answer: Mapped[dict] = mapped_column(PackedJson)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Notice(Model):
    """A message to one person inside the service."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("case_.id"))
    request: Mapped[str] = mapped_column(sa.String(36), default="")  # outbox id: the same request notifies once
    kind: Mapped[str] = mapped_column(sa.String(16), default="duty", server_default="duty")  # a key of mail.KINDS
    title: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.String(1000), default="")
    link: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")  # a page of ours, when it is no case
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.UniqueConstraint("request", "person_id", name="uq_notice_request"),)


class Sequence(Model):
    """A counter without gaps: numbers of cases and certificates."""

    __tablename__ = "sequence"

    name: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    value: Mapped[int] = mapped_column(BigId, default=0)
    note: Mapped[dict] = mapped_column(Json, default=dict)
