"""The client of the payment gateway: place, ask, close. The only place of payments that speaks over the network."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from flask import current_app

from app.errors import PingshenError
from app.payments.signing import HEADER, sign

TIMEOUT = httpx.Timeout(8.0, connect=3.0)  # seconds; the outbox tries again


class GatewayDown(PingshenError):
    """支付平台暂时没有应答（{why}），系统会自动重试。"""

    code = "gateway-down"


@dataclass(frozen=True)
class Payment:
    """One successful or refunded payment as the gateway knows it."""

    gateway_no: str
    status: str
    amount: int
    currency: str
    channel: str
    paid_at: str


@dataclass(frozen=True)
class GatewayOrder:
    """An order as the gateway knows it."""

    order_no: str
    merchant: str
    state: str
    pay_url: str
    payments: tuple[Payment, ...] = field(default=())


def place(order, clock) -> GatewayOrder:
    """Makes the order known to the gateway; the same order number again gives the same order. Raises GatewayDown."""
    body = {
        "order_no": order.order_no, "merchant": _setting("GATEWAY_MERCHANT"), "amount": order.amount,
        "currency": order.currency, "subject": order.subject, "expires_at": order.deadline,
        "notify_url": f"{_setting('PUBLIC_URL')}/payments/callback",
        "return_url": f"{_setting('PUBLIC_URL')}/payments/{order.order_no}",
    }
    return _ask("POST", "/orders", clock, body)


def ask(order_no: str, clock) -> GatewayOrder:
    """What the gateway knows of an order. Raises GatewayDown."""
    return _ask("GET", f"/orders/{order_no}", clock)


def close(order_no: str, clock) -> GatewayOrder:
    """Closes an order at the gateway; one already paid stays paid. Raises GatewayDown."""
    return _ask("POST", f"/orders/{order_no}/close", clock, {"order_no": order_no})


def statement(day: str, clock) -> list[Payment]:
    """What the gateway took and gave back on a day (YYYY-MM-DD, Shanghai). Raises GatewayDown."""
    return _asked("GET", f"/statements/{day}", clock, None, lambda said: [_payment(p) for p in said["payments"]])


def _ask(method: str, path: str, clock, body: dict | None = None) -> GatewayOrder:
    return _asked(method, path, clock, body, _read)


def _asked(method: str, path: str, clock, body: dict | None, read):
    url = _setting("GATEWAY_URL").rstrip("/") + path
    raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    signed = raw or f"{method} {urlsplit(url).path}".encode()
    headers = {HEADER: sign(signed, _setting("GATEWAY_SECRET"), int(clock().timestamp())), "Content-Type": "application/json"}
    try:
        answer = httpx.request(method, url, content=raw, headers=headers, timeout=TIMEOUT, trust_env=False)
        answer.raise_for_status()
        return read(answer.json())
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise GatewayDown(why=type(error).__name__) from error


def _read(said: dict) -> GatewayOrder:
    return GatewayOrder(said["order_no"], said["merchant"], said["state"], said["pay_url"], tuple(map(_payment, said["payments"])))


def _payment(p: dict) -> Payment:
    return Payment(p["gateway_no"], p["status"], int(p["amount"]), p["currency"], p.get("channel", ""), aware_instant(p["paid_at"]))


def aware_instant(text: str) -> str:
    """The ISO 8601 text itself. Raises ValueError when it has no time zone."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("an instant without a time zone")
    return text


def _setting(name: str) -> str:
    return str(current_app.config[name])
