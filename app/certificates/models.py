"""The tables of certificates: editions, what happened to them, who asked whether they are real.

What the signature covers never changes after `making`. A correction or a re-issue is a new edition: the old row stays.
"""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, UtcDateTime
from app.store.base import BigId

STATES = {
    "making": "制作中",  # numbered, its PDF is not there yet
    "held": "待上级系统回写，暂不可打印",  # signed, but another authority has not taken it in yet
    "valid": "有效",
    "revoked": "已撤销",
    "corrected": "已更正（由新证书替代）",
    "reissued": "已补发（由新证书替代）",
}
CURRENT = ("held", "valid")  # what can be corrected, issued anew or revoked


class Certificate(Model):
    """One edition of a certificate of one holder. Editions that keep their number are told apart by `edition`."""

    __tablename__ = "certificate"
    __table_args__ = (
        sa.UniqueConstraint("number", "edition", name="uq_certificate_edition"),
        sa.Index("ix_certificate_procedure", "procedure", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(64))
    edition: Mapped[int] = mapped_column(sa.Integer, default=1, server_default="1")  # within this number
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)  # 128 random bits: what the public check asks for
    call_id: Mapped[str] = mapped_column(sa.String(36), unique=True)  # the request that made it
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    procedure: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")
    batch: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    report: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")  # what draws it, also a later edition
    holder: Mapped[str] = mapped_column(sa.String(80), index=True)  # reference
    holder_name: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(200))
    fields: Mapped[dict] = mapped_column(Json, default=dict)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(10), default="making")
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    state_category: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")  # said in public
    replaces: Mapped[str] = mapped_column(sa.String(64), default="")  # number of the edition before it
    replaces_id: Mapped[int | None] = mapped_column(BigId, index=True)
    material_id: Mapped[str] = mapped_column(sa.String(32), default="")  # its PDF
    pdf_digest: Mapped[str] = mapped_column(sa.String(64), default="", index=True)
    signature: Mapped[str] = mapped_column(sa.String(128), default="")  # hex
    algorithm: Mapped[str] = mapped_column(sa.String(20), default="ed25519", server_default="ed25519")
    key_id: Mapped[str] = mapped_column(sa.String(16), default="")


class CertificateChange(Model):
    """What happened to an edition, by whom and why. Rows are only added."""

    __tablename__ = "certificate_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificate.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(sa.String(12))  # issued|held|released|corrected|reissued|revoked
    by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    case_number: Mapped[str] = mapped_column(sa.String(19), default="")  # of the case that asked for it
    category: Mapped[str] = mapped_column(sa.String(60), default="")
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # what changed, in words


class CertificateCheck(Model):
    """Somebody asked about a certificate and was told: who, for which organisation, in which way. Kept for a time."""

    __tablename__ = "certificate_check"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificate.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    way: Mapped[str] = mapped_column(sa.String(8))  # code|number|file
    person_id: Mapped[str] = mapped_column(sa.String(64), default="")  # "" for an anonymous one
    person_name: Mapped[str] = mapped_column(sa.String(100), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
