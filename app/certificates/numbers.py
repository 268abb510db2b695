"""Numbers of certificates and codes nobody can guess. Only certificates/ imports it."""
from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime

from app.store import sequences
from app.store.sequences import SHANGHAI

DEFAULT_FORMAT = "{year}{seq:8}"

__all__ = ["DEFAULT_FORMAT", "SHANGHAI", "new_code", "next_number", "tidy_code"]


def next_number(pattern: str, now: datetime) -> str:
    """The next number of this pattern, inside the transaction around it. Raises RequestInvalid."""
    return sequences.next_number(pattern, now, kind="certificate")


def new_code() -> str:
    """128 random bits as 26 letters and digits."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def tidy_code(typed: str) -> str:
    """A code as people type it, without blanks, dashes and capitals."""
    return re.sub(r"[\s-]", "", typed).lower()[:64]
