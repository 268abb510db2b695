"""Numbers that follow from what they are for: a retry gets the same one (D-12). A leaf; only payments/ imports it."""
from __future__ import annotations

import hashlib


def digits(text: str, count: int) -> str:
    """`count` decimal digits that follow from the text."""
    return str(int.from_bytes(hashlib.sha256(text.encode()).digest()) % 10**count).zfill(count)
