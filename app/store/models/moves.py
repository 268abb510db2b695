"""How a case stood before it was moved to another release, kept so that the move can be undone. Columns only."""
from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Model, PackedJson


class CaseMove(Model):
    """One move of a case: from which release to which, and the rows and state as they were. `seq` is its event."""

    __tablename__ = "case_move"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    from_release: Mapped[str] = mapped_column(sa.String(64))
    to_release: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str] = mapped_column(sa.String(100), default="", index=True)  # of the work that asked for it
    state: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # as it was; NULL once it is undone
    rows: Mapped[dict] = mapped_column(PackedJson, default=dict)  # case, tasks, timers, subscriptions, outbox as they were
    undone: Mapped[bool] = mapped_column(default=False)
