"""The table of the plans by which running cases are moved to another release."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId


class MovePlan(Model):
    """Cases chosen to be moved. The cases are the items of the trial; what became of each stands in the items of the jobs."""

    __tablename__ = "move_plan"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    procedure: Mapped[str] = mapped_column(sa.String(100))
    process_id: Mapped[str] = mapped_column(sa.String(100))
    release: Mapped[str] = mapped_column(sa.String(64))  # where the cases go
    mapping: Mapped[dict] = mapped_column(Json, default=dict)  # old element -> new element, "" to let it go
    since_opened: Mapped[bool] = mapped_column(default=False)  # new time limits count from when a task opened
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    trial_job: Mapped[str] = mapped_column(sa.String(32), default="")
    move_job: Mapped[str] = mapped_column(sa.String(32), default="")
    undo_job: Mapped[str] = mapped_column(sa.String(32), default="")
    person_id: Mapped[str] = mapped_column(sa.String(64))
    person_name: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
