"""The tables of registered people: who they are, whose operators they are, codes and letters on their way. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId, PackedJson


class PersonProfile(Model):
    """Who a person is by their document, and how to reach them. A document names one account (D-20)."""

    __tablename__ = "person_profile"

    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    id_type: Mapped[str] = mapped_column(sa.String(16))  # a key of identifiers.DOCUMENTS
    id_number: Mapped[str] = mapped_column(sa.String(40))
    birth_date: Mapped[str] = mapped_column(sa.String(10), default="")  # YYYY-MM-DD
    sex: Mapped[str] = mapped_column(sa.String(1), default="")  # 1 male, 2 female
    phone: Mapped[str] = mapped_column(sa.String(30), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    verified: Mapped[bool] = mapped_column(default=False)  # the mail address answered, or the provider vouched

    __table_args__ = (sa.UniqueConstraint("id_number", "id_type", name="uq_one_account_per_document"),)


class Membership(Model):
    """That somebody works for an organisation with an account: its one administrator, or an operator and what they may do.

    `roles` is what an operator was given; it takes effect (as RoleAssignment) while `may_sign_in` (S1-030 … S1-037).
    """

    __tablename__ = "membership"

    organisation_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # admin|operator
    may_sign_in: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list] = mapped_column(Json, default=list)
    menus: Mapped[list] = mapped_column(Json, default=list)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("uq_one_admin", "organisation_id", unique=True, sqlite_where=sa.text("kind = 'admin'"),
                 postgresql_where=sa.text("kind = 'admin'")),
    )


class SentCode(Model):
    """A code sent to a mail address: for one purpose, once, for a quarter of an hour. The code itself is only hashed."""

    __tablename__ = "sent_code"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # SHA-256 of the handle that the page keeps
    purpose: Mapped[str] = mapped_column(sa.String(24))
    subject: Mapped[str] = mapped_column(sa.String(64), default="")  # person id; empty: nobody, the code opens nothing
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    payload: Mapped[dict] = mapped_column(PackedJson)
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Letter(Model):
    """A mail waiting to be delivered. One without an address goes nowhere: it is there so that both ways take as long."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    title: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SpentSolution(Model):
    """A solved puzzle of the sign-in or registration: each counts once."""

    __tablename__ = "spent_solution"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ProviderLink(Model):
    """Which account a subject of the identity provider is."""

    __tablename__ = "provider_link"

    issuer: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AdminChange(Model):
    """A request to become the administrator of an organisation, with its proof and the decision (D-35)."""

    __tablename__ = "admin_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(500))
    proof: Mapped[str] = mapped_column(sa.String(64))  # material id
    state: Mapped[str] = mapped_column(sa.String(16), default="open", index=True)  # open|approved|refused
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(sa.String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(sa.String(500), default="")
