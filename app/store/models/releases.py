"""Releases: the published content of a procedure, by digest. Never changed once written."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import BigId, Model, UtcDateTime


class Release(Model):
    """Diagrams, tables, forms, codes and reports of one procedure, published together."""

    __tablename__ = "release"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    procedure: Mapped[str] = mapped_column(sa.String(100), index=True)
    number: Mapped[int] = mapped_column(sa.Integer)  # 1, 2, 3 … in the procedure
    note: Mapped[str] = mapped_column(sa.String(500))
    published_by: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")  # the second person; "": published from a folder
    effective_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when new cases began to get it, the last time
    proposal_id: Mapped[int | None] = mapped_column(BigId)  # of the workbench, where it came from one

    __table_args__ = (sa.UniqueConstraint("procedure", "number"),)


class ReleaseFile(Model):
    """One file of a release."""

    __tablename__ = "release_file"

    digest: Mapped[str] = mapped_column(sa.ForeignKey("release.digest"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)  # zstd


class Process(Model):
    """A process that can be started, and the release new cases of it get."""

    __tablename__ = "process"

    id: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    procedure: Mapped[str] = mapped_column(sa.String(100))
    name: Mapped[str] = mapped_column(sa.String(200))
    release: Mapped[str] = mapped_column(sa.ForeignKey("release.digest"))
    starters: Mapped[str] = mapped_column(sa.String(300), default="")  # role codes by comma; *; empty: nobody
    retired: Mapped[bool] = mapped_column(default=False)
