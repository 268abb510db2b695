"""The tables of people and organisations: who they are, what they may do, and how they signed in. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId


class Organisation(Model):
    """A body that people work for. Its kind is a word that procedures agree on; the service reads nothing into it."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(64), default="", index=True)
    code: Mapped[str] = mapped_column(sa.String(32), default="")  # unified social credit code
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    contact: Mapped[str] = mapped_column(sa.String(50), default="")  # whom to ask for
    phone: Mapped[str] = mapped_column(sa.String(30), default="")
    postcode: Mapped[str] = mapped_column(sa.String(6), default="")


class Person(Model):
    """Somebody with an account; the id is what they type to sign in."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")  # argon2id; empty: cannot sign in
    password_temporary: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # given by somebody: to be changed first
    active: Mapped[bool] = mapped_column(default=True)
    last_sign_in: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RoleAssignment(Model):
    """A role that a person holds, in an organisation or (empty) everywhere."""

    __tablename__ = "role_assignment"

    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True, default="")

    __table_args__ = (sa.Index("ix_role_holders", "role", "organisation_id"),)


class WrongPasswords(Model):
    """Consecutive wrong passwords for a name typed at the sign-in, whether or not such a person exists.

    Keyed by the name and not by the person: otherwise the countdown itself would tell which names exist.
    """

    __tablename__ = "wrong_passwords"

    name_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    count: Mapped[int] = mapped_column(sa.Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignIn(Model):
    """One sign-in of one browser; the server's side of the session, so that it can be ended at once."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # SHA-256 of the secret in the cookie
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(sa.String(64), default="")  # the one they act for now
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")  # where from, the end of it left out
    way: Mapped[str] = mapped_column(sa.String(16), default="password", server_default="password")  # password|code|provider


class ApiToken(Model):
    """A secret with which a program acts as a person."""

    __tablename__ = "api_token"

    hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # SHA-256 of the token
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountEvent(Model):
    """What happened to an account: signed in, locked, role given. Rows are only added."""

    __tablename__ = "account_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    person_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    kind: Mapped[str] = mapped_column(sa.String(24))
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    details: Mapped[dict] = mapped_column(Json, default=dict)
