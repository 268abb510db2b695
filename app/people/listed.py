"""The tables of the personnel lists of organisations. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId, PackedJson


class ListedPerson(Model):
    """Somebody whom an organisation names as one of its people; they need no account (S1-043)."""

    __tablename__ = "listed_person"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(100))
    document: Mapped[str] = mapped_column(sa.String(16))  # kind of document, a key of DOCUMENTS
    number: Mapped[str] = mapped_column(sa.String(40), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(sa.String(64))
    created_by_name: Mapped[str] = mapped_column(sa.String(100))  # as it was then

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "number", name="uq_listed_once"),
        sa.Index("ix_listed_page", "organisation_id", "id"),
    )


class ListEvent(Model):
    """What happened to a personnel list or to the organisation's own data. Rows are only added."""

    __tablename__ = "list_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    organisation_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    kind: Mapped[str] = mapped_column(sa.String(24))  # added|imported|removed|details-changed
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    details: Mapped[dict] = mapped_column(Json, default=dict)


class PendingImport(Model):
    """A file that was read and not yet confirmed: one per organisation and person, the last one counts."""

    __tablename__ = "pending_import"

    organisation_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))  # of the file
    rows: Mapped[list] = mapped_column(PackedJson)  # [line, {column: text}, {column: fault}]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
