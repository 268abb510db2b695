"""What a case has taken for itself so that no second case may have it. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Model, UtcDateTime


class Claim(Model):
    """One key, one case: the store itself keeps a second one out. The key is a digest, since it is made of ID numbers."""

    __tablename__ = "claim"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), unique=True)  # a case holds one at most
    at: Mapped[datetime] = mapped_column(UtcDateTime)
