"""What happens when somebody claims to be the payment gateway. Takes the raw body and header, knows no request."""
from __future__ import annotations

import hashlib
import json

import structlog
from flask import current_app

from app.clock import Clock
from app.errors import CallbackRefused
from app.payments.applying import apply_payment, locked_order
from app.payments.gateway import Payment, aware_instant
from app.payments.incidents import note_incident
from app.payments.joint import apply_joint, locked_joint
from app.payments.models import JointOrder, PaymentEvent, PaymentOrder
from app.payments.signing import is_signed, secrets_at
from app.store import session, transaction

PROVIDER = "gateway"
TEXTS = ("event_id", "order_no", "gateway_no", "status", "currency", "merchant")
STATUSES = {"paid", "pending", "failed", "refunded"}
log = structlog.get_logger(__name__)


class CallbackForged(CallbackRefused):
    """支付通知未通过核验：签名不正确。"""

    code = "callback-forged"


class OrderUnknown(CallbackRefused):
    """支付通知未通过核验：没有这个缴费单，请稍后重发。"""

    code = "order-unknown"


def receive_callback(body: bytes, signature: str, *, clock: Clock) -> str:
    """Takes a notice of the gateway and returns the verdict: applied|refund_due|refunded|noted|duplicate.

    Raises CallbackForged (answer 401), OrderUnknown (404: the provider tries again, D-07), CallbackRefused (400).
    An event id counts once, however late it comes: time alone refuses nothing (D-06).
    """
    if not is_signed(body, signature, secrets_at(current_app.config, clock())):
        note_incident("forged", clock, detail="签名不正确的支付通知")
        raise CallbackForged()
    said = _read(body)
    try:
        return _take(said, hashlib.sha256(body).hexdigest(), clock)
    except OrderUnknown:
        raise
    except CallbackRefused as refusal:
        # In a transaction of its own: the refusal rolled the first one back.
        note_incident("altered", clock, detail=f"{said['order_no']}: {refusal.why}", at_once=True)
        raise


def _take(said: dict, digest: str, clock: Clock) -> str:
    with transaction():
        order = locked_order(said["order_no"]) or locked_joint(said["order_no"])
        if order is None:
            raise OrderUnknown()
        known = session().get(PaymentEvent, (PROVIDER, said["event_id"]))
        if known and known.body_digest == digest:
            return "duplicate"
        _ensure_same(order, said, known)
        return _record(order, said, digest, clock)


def _ensure_same(order: PaymentOrder | JointOrder, said: dict, known: PaymentEvent | None) -> None:
    if known:
        raise CallbackRefused(why="同一通知编号的内容不同")
    if said["merchant"] != current_app.config["GATEWAY_MERCHANT"]:
        raise CallbackRefused(why="商户号不符")
    if (said["amount"], said["currency"]) != (order.amount, order.currency):
        raise CallbackRefused(why="金额或币种与缴费单不符")


def _record(order: PaymentOrder | JointOrder, said: dict, digest: str, clock: Clock) -> str:
    payment = Payment(*(said[name] for name in ("gateway_no", "status", "amount", "currency", "channel", "paid_at")))
    event = PaymentEvent(
        provider=PROVIDER, event_id=said["event_id"], order_no=order.order_no, body_digest=digest, at=clock(), verdict="noted")
    session().add(event)
    session().flush()
    event.verdict = (apply_joint if isinstance(order, JointOrder) else apply_payment)(order, payment, clock)
    return event.verdict


def _read(body: bytes) -> dict:
    try:
        said = json.loads(body)
        texts = {name: str(said[name]) for name in TEXTS}
        if texts["status"] not in STATUSES or not all(0 < len(text) <= 64 for text in texts.values()):
            raise ValueError
        if type(said["amount"]) is not int:  # neither 45000.0 nor true is a sum of money
            raise ValueError
        channel = str(said.get("channel", ""))[:40]
        return texts | {"amount": said["amount"], "channel": channel, "paid_at": aware_instant(said["paid_at"])}
    except (ValueError, KeyError, TypeError):
        raise CallbackRefused(why="内容不完整或格式不对") from None
