"""The table of materials. Content lies in blobs (`blobs.py`); a row says whose it is and what it is for."""
from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Material(Model):
    """One file of one person, for one field of one case; or a document that the service made."""

    __tablename__ = "material"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # random: counting up finds nobody's files
    owner: Mapped[str] = mapped_column(sa.String(64), index=True)  # person id
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("case_.id"), index=True)  # None before the case exists
    task_id: Mapped[str] = mapped_column(sa.String(36), default="")
    field: Mapped[str] = mapped_column(sa.String(200), default="")
    source: Mapped[str] = mapped_column(sa.String(10), default="upload")  # upload|reuse|made (by the service)
    name: Mapped[str] = mapped_column(sa.Text)  # as the person called it: shown, never a path
    size: Mapped[int] = mapped_column(sa.BigInteger)  # bytes of the original
    media_type: Mapped[str] = mapped_column(sa.String(40))  # by content
    pages: Mapped[int] = mapped_column(sa.Integer, default=1)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)  # the original, kept as it came
    served: Mapped[str] = mapped_column(sa.String(64), index=True)  # what is handed out: pictures without EXIF
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken out of its owner's library; cases keep it (D-79)
    label: Mapped[str] = mapped_column(sa.Text, default="")  # what was asked for where it was uploaded: the field's label then
    width: Mapped[int] = mapped_column(sa.Integer, default=0)  # pixels of a picture that stands upright; 0 for a PDF
    height: Mapped[int] = mapped_column(sa.Integer, default=0)
    mode: Mapped[str] = mapped_column(sa.String(10), default="")  # colours of the original: RGB, CMYK, L…; + after it: transparent
    thumbnail: Mapped[str] = mapped_column(sa.String(64), default="", index=True)  # a small picture of page one; "-": there is none
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its content was erased by a rule; the digest stays

    @property
    def kind(self) -> str:
        """pdf|jpg|png, by content."""
        return {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[self.media_type]

    @property
    def uploaded_at(self) -> str:
        """When it came, Shanghai, as lists show it."""
        return f"{self.created_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


class Transfer(Model):
    """A file on its way in, piece by piece. What has come lies in a part file: its length is the only truth about it."""

    __tablename__ = "transfer"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(64), index=True)
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("case_.id"))
    task_id: Mapped[str] = mapped_column(sa.String(36), default="", index=True)
    field: Mapped[str] = mapped_column(sa.String(200), default="")
    label: Mapped[str] = mapped_column(sa.Text, default="")
    accept: Mapped[str] = mapped_column(sa.String(40))  # kinds that may come, by comma
    name: Mapped[str] = mapped_column(sa.Text)
    size: Mapped[int] = mapped_column(sa.BigInteger)  # bytes that were announced
    state: Mapped[str] = mapped_column(sa.String(10), default="open")  # open|kept|refused
    why: Mapped[str] = mapped_column(sa.Text, default="")  # what was wrong with the whole file
    material_id: Mapped[str] = mapped_column(sa.String(32), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
