"""The table of certificates. What the signature covers never changes after `making`."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId

STATES = {
    "making": "制作中",  # numbered, its PDF is not there yet
    "valid": "有效",
    "revoked": "已撤销",
    "corrected": "已更正（由新证书替代）",
}


class Certificate(Model):
    """One certificate of one holder."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(64), unique=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)  # 128 random bits: what the public check asks for
    call_id: Mapped[str] = mapped_column(sa.String(36), unique=True)  # the request that made it
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    holder: Mapped[str] = mapped_column(sa.String(80), index=True)  # reference
    holder_name: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(200))
    fields: Mapped[dict] = mapped_column(Json, default=dict)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(10), default="making")
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    replaces: Mapped[str] = mapped_column(sa.String(64), default="")  # number of the one it corrects
    material_id: Mapped[str] = mapped_column(sa.String(32), default="")  # its PDF
    pdf_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    signature: Mapped[str] = mapped_column(sa.String(128), default="")  # Ed25519, hex
    key_id: Mapped[str] = mapped_column(sa.String(16), default="")
