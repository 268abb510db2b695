"""How we and the payment gateway sign what we say to each other: HMAC-SHA256 over time and content.

Header `X-Signature: t=<seconds since 1970>,v1=<hex>`, over `<t>.` + content. The content is the raw body, for a GET
`GET <path>`. While one secret replaces another GATEWAY_SECRET_OLD verifies too, until GATEWAY_SECRET_OLD_UNTIL; only
the new one signs (D-11).
"""
from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

HEADER = "X-Signature"


def sign(content: bytes, secrets: str, at: int) -> str:
    """The header's value for this content."""
    return f"t={at},v1={_mac(content, secrets.split()[0], str(at))}"


def secrets_at(settings, now: datetime) -> str:
    """The secrets that verify now, the present one first, parted by a blank."""
    old, until = str(settings["GATEWAY_SECRET_OLD"]), str(settings["GATEWAY_SECRET_OLD_UNTIL"])
    overlap = old and until and now < datetime.fromisoformat(until)
    return f"{settings['GATEWAY_SECRET']} {old}" if overlap else str(settings["GATEWAY_SECRET"])


def is_signed(content: bytes, header: str, secrets: str) -> bool:
    """Whether the header signs this content with one of the secrets. No other algorithm is known."""
    parts = dict(part.partition("=")[::2] for part in header.split(",")) if len(header) < 200 else {}
    at, given = parts.get("t", ""), parts.get("v1", "")
    if set(parts) != {"t", "v1"} or not (at.isascii() and at.isdigit()):
        return False
    # Every secret is tried, whatever the first says: the time taken tells nothing.
    return any([hmac.compare_digest(_mac(content, secret, at).encode(), given.encode()) for secret in secrets.split()])


def _mac(content: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + content, hashlib.sha256).hexdigest()
