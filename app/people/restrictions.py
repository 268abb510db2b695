"""Whose data is kept for the archive alone: hidden from lists and searches of the staff (C-061 art. 47, D-124)."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime, session, transaction


class Restriction(Model):
    """That the data of a person is only kept, not worked with any more."""

    __tablename__ = "restriction"

    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(500))
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def restrict(person_id: str, reason: str, *, actor, clock) -> None:
    """From now on the person's ended cases are for themselves and the archive alone."""
    with transaction() as store:
        store.merge(Restriction(person_id=person_id, reason=reason.strip()[:500], actor_id=actor.id, at=clock()))


def lift_restriction(person_id: str) -> None:
    """Takes a restriction away."""
    with transaction() as store:
        store.execute(sa.delete(Restriction).where(Restriction.person_id == person_id))


def restriction_of(person_id: str) -> Restriction | None:
    """The restriction of a person; None when there is none."""
    return session().get(Restriction, person_id)


def unrestricted(person_column, ended_column):
    """A clause that leaves out the ended cases of restricted people; running ones must be worked on."""
    return sa.or_(ended_column.is_(None), person_column.not_in(sa.select(Restriction.person_id)))
