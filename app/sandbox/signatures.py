"""How the sandbox gateway signs. Written on its own, as a provider's would be, so that both sides are checked."""
from __future__ import annotations

import hashlib
import hmac
import time

HEADER = "X-Signature"


def sign(content: bytes, secret: str) -> str:
    """The header's value for this content now."""
    at = str(int(time.time()))
    return f"t={at},v1={_mac(content, secret.split()[0], at)}"


def is_signed(content: bytes, header: str, secret: str) -> bool:
    """Whether one of the secrets (parted by blanks) signed this content."""
    at, _, given = header.removeprefix("t=").partition(",v1=")
    return any(hmac.compare_digest(_mac(content, one, at).encode(), given.encode()) for one in secret.split())


def _mac(content: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + content, hashlib.sha256).hexdigest()
