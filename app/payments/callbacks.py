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
from app.payments.models import PaymentEvent, PaymentOrder
from app.payments.signing import is_signed
from app.store import session, transaction

PROVIDER = "gateway"
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
    if not is_signed(body, signature, current_app.config["GATEWAY_SECRET"]):
        note_incident("forged", clock, detail="签名不正确的支付通知")
        raise CallbackForged()
    said = _read(body)
    refusal = _difference(said)
    if refusal is None:
        verdict = _take(said, hashlib.sha256(body).hexdigest(), clock)
        if not isinstance(verdict, CallbackRefused):
            return verdict
        refusal = verdict
    if not isinstance(refusal, OrderUnknown):
        # Noted in a transaction of its own: what refused the notice rolled the first one back.
        note_incident("altered", clock, detail=f"{said['order_no']}: {refusal.why}", at_once=True)
    raise refusal


def _take(said: dict, digest: str, clock: Clock) -> str | CallbackRefused:
    with transaction():
        order = locked_order(said["order_no"])
        if order is None:
            return OrderUnknown()
        known = session().get(PaymentEvent, (PROVIDER, said["event_id"]))
        if known:
            return "duplicate" if known.body_digest == digest else CallbackRefused(why="同一通知编号的内容不同")
        if (said["amount"], said["currency"]) != (order.amount, order.currency):
            return CallbackRefused(why="金额或币种与缴费单不符")
        return _record(order, said, digest, clock)


def _record(order: PaymentOrder, said: dict, digest: str, clock: Clock) -> str:
    payment = Payment(said["gateway_no"], said["status"], said["amount"], said["currency"], said["channel"], said["paid_at"])
    event = PaymentEvent(provider=PROVIDER, event_id=said["event_id"], order_no=order.order_no, body_digest=digest, at=clock(), verdict="noted")
    session().add(event)
    session().flush()
    event.verdict = apply_payment(order, payment, clock)
    return event.verdict


def _difference(said: dict) -> CallbackRefused | None:
    if said["merchant"] != current_app.config["GATEWAY_MERCHANT"]:
        return CallbackRefused(why="商户号不符")
    return None


def _read(body: bytes) -> dict:
    try:
        said = json.loads(body)
        texts = {name: str(said[name]) for name in ("event_id", "order_no", "gateway_no", "status", "currency", "merchant")}
        if texts["status"] not in STATUSES or type(said["amount"]) is not int or not all(0 < len(t) <= 64 for t in texts.values()):
            raise ValueError
        return texts | {"amount": said["amount"], "channel": str(said.get("channel", ""))[:40], "paid_at": aware_instant(said["paid_at"])}
    except (ValueError, KeyError, TypeError):
        raise CallbackRefused(why="内容不完整或格式不对") from None
