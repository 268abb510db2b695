"""The tables of payments. Amounts are fen. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Model, UtcDateTime
from app.store.base import BigId, PackedJson

ORDER_STATES = {
    "new": "生成中",  # ours, the gateway has not confirmed it yet
    "open": "待支付",
    "closed": "已关闭",
    "paid": "已支付",
    "refund_due": "待退款",  # money came that the case no longer wants
    "refunded": "已退款",
}


class PaymentOrder(Model):
    """One sum that one person is asked to pay for one case. Its state only moves forward."""

    __tablename__ = "payment_order"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_no: Mapped[str] = mapped_column(sa.String(32), unique=True)  # follows from call_id: a retry asks for the same
    call_id: Mapped[str] = mapped_column(sa.String(36), unique=True)  # the request that made it
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    case_number: Mapped[str] = mapped_column(sa.String(32))
    message: Mapped[str] = mapped_column(sa.String(100))  # what the case is told once it is paid
    subject: Mapped[str] = mapped_column(sa.String(200))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    payee_name: Mapped[str] = mapped_column(sa.String(200))
    payee_code: Mapped[str] = mapped_column(sa.String(64))
    notice_no: Mapped[str] = mapped_column(sa.String(32), unique=True)  # printed on the payment notice
    payer: Mapped[str] = mapped_column(sa.String(80), index=True)  # reference
    payer_name: Mapped[str] = mapped_column(sa.String(200))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    deadline: Mapped[str] = mapped_column(sa.String(40), default="")
    sponsor: Mapped[str] = mapped_column(sa.String(80), default="", index=True)  # an organisation that may pay for the payer
    slip: Mapped[str] = mapped_column(sa.String(60), default="")  # what the payer says of a payment at the counter
    confirming_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when they said so: 待确认 until the money is seen
    state: Mapped[str] = mapped_column(sa.String(12), default="new")
    pay_url: Mapped[str] = mapped_column(sa.String(500), default="")  # at the gateway
    gateway_no: Mapped[str] = mapped_column(sa.String(64), default="")  # of the payment that counted
    channel: Mapped[str] = mapped_column(sa.String(40), default="")
    paid_amount: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the case has had its message
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the gateway last was asked, or said it is paid

    __table_args__ = (sa.Index("ix_payment_order_unsettled", "state", "asked_at"),)


class PaymentReceipt(Model):
    """Money that arrived, one row per payment at the gateway; two payments of one order are two rows."""

    __tablename__ = "payment_receipt"

    gateway_no: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    order_no: Mapped[str] = mapped_column(sa.String(32), index=True)
    payment_no: Mapped[str] = mapped_column(sa.String(64), default="", index=True)  # of the whole, when one payment settles several orders
    source: Mapped[str] = mapped_column(sa.String(8), default="gateway")  # who says so: gateway|bank|office
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    channel: Mapped[str] = mapped_column(sa.String(40), default="")
    state: Mapped[str] = mapped_column(sa.String(12), index=True)  # applied|refund_due|refund_noted|refunded
    reason: Mapped[str] = mapped_column(sa.String(100), default="")  # why it has to be refunded
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refund_on: Mapped[str] = mapped_column(sa.String(10), default="")  # day on which the money went back
    refund_way: Mapped[str] = mapped_column(sa.String(40), default="")
    refund_reference: Mapped[str] = mapped_column(sa.String(60), default="")
    noted_by: Mapped[str] = mapped_column(sa.String(64), default="")  # who recorded the refund; another confirms it
    noted_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refunded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refunded_by: Mapped[str] = mapped_column(sa.String(64), default="")
    refunded_by_name: Mapped[str] = mapped_column(sa.String(100), default="")


class PaymentEvent(Model):
    """Something a provider told us, once per its own event id."""

    __tablename__ = "payment_event"

    provider: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    event_id: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    order_no: Mapped[str] = mapped_column(sa.String(32), index=True)
    body_digest: Mapped[str] = mapped_column(sa.String(64))
    verdict: Mapped[str] = mapped_column(sa.String(20))  # applied|refund_due|refunded|noted
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentIncident(Model):
    """Something about payments that a person must look at."""

    __tablename__ = "payment_incident"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), index=True)  # forged|altered|conflicting|unbalanced|lost
    count: Mapped[int] = mapped_column(sa.Integer, default=1)
    detail: Mapped[str] = mapped_column(sa.String(300), default="")
    alarmed: Mapped[bool] = mapped_column(default=False)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    remark: Mapped[str] = mapped_column(sa.String(300), default="")


class JointOrder(Model):
    """One sum at the gateway that settles the open orders of several people (S1-184, decision 16)."""

    __tablename__ = "joint_order"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_no: Mapped[str] = mapped_column(sa.String(32), unique=True)  # begins with J
    notice_no: Mapped[str] = mapped_column(sa.String(32), unique=True)
    payer: Mapped[str] = mapped_column(sa.String(80), index=True)  # reference of the organisation
    payer_name: Mapped[str] = mapped_column(sa.String(200))
    payee_name: Mapped[str] = mapped_column(sa.String(200))
    payee_code: Mapped[str] = mapped_column(sa.String(64))
    subject: Mapped[str] = mapped_column(sa.String(200))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    deadline: Mapped[str] = mapped_column(sa.String(40), default="")  # the earliest of its members
    state: Mapped[str] = mapped_column(sa.String(12), default="new")  # new|open|closed|paid
    pay_url: Mapped[str] = mapped_column(sa.String(500), default="")
    made_by: Mapped[str] = mapped_column(sa.String(64))
    made_by_name: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JointMember(Model):
    """An order that a joint order settles."""

    __tablename__ = "joint_member"

    joint_no: Mapped[str] = mapped_column(sa.ForeignKey("joint_order.order_no"), primary_key=True)
    order_no: Mapped[str] = mapped_column(sa.ForeignKey("payment_order.order_no"), primary_key=True, index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)


class BankImport(Model):
    """A file of the bank that was taken in; the same content is not taken in twice."""

    __tablename__ = "bank_import"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    count: Mapped[int] = mapped_column(sa.Integer)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_name: Mapped[str] = mapped_column(sa.String(100))


class BankLine(Model):
    """One payment that the bank reports, by its own serial number."""

    __tablename__ = "bank_line"

    serial: Mapped[str] = mapped_column(sa.String(50), primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_import.id"), index=True)
    line: Mapped[int] = mapped_column(sa.Integer)
    notice_no: Mapped[str] = mapped_column(sa.String(40), index=True)
    payer_name: Mapped[str] = mapped_column(sa.String(200))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    verdict: Mapped[str] = mapped_column(sa.String(12), default="new")  # see bank.VERDICTS
    order_no: Mapped[str] = mapped_column(sa.String(32), default="")
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    remark: Mapped[str] = mapped_column(sa.String(300), default="")


class Reconciliation(Model):
    """One day of our receipts against what gateway and bank report. Sums are fen; `difference` must be 0."""

    __tablename__ = "reconciliation"

    day: Mapped[str] = mapped_column(sa.String(10), primary_key=True)  # in Shanghai
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_name: Mapped[str] = mapped_column(sa.String(100))
    equal: Mapped[int] = mapped_column(sa.Integer)
    unequal: Mapped[int] = mapped_column(sa.Integer)
    ours: Mapped[int] = mapped_column(sa.BigInteger)
    theirs: Mapped[int] = mapped_column(sa.BigInteger)
    lines: Mapped[list] = mapped_column(PackedJson)

    @property
    def difference(self) -> int:
        return self.ours - self.theirs
