"""What cases are grouped by: each group of a procedure once, with its words. Columns only."""
from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Model


class CaseGroup(Model):
    """A group of cases of a procedure; `Case.grouping` holds its key. Written when the first case of it moves."""

    __tablename__ = "case_group"

    procedure: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    heading: Mapped[str] = mapped_column(sa.String(100), default="")  # what it is listed under: a year
    owner: Mapped[str] = mapped_column(sa.String(80), default="")  # the organisation whose desk looks after it
