"""Keyset pages: where a page ended, as an opaque word of the address. Used by the read side alone.

No offsets anywhere: page 500 costs what page 1 costs, and rows that arrive meanwhile do not shift the rest.
"""
from __future__ import annotations

import base64
import binascii
from datetime import datetime

import orjson

from flask_babel import gettext as _

from app.errors import RequestInvalid

PAGE = 20


def write_cursor(*keys) -> str:
    """The last row's keys as a word; datetimes and numbers and strings only."""
    plain = [k.isoformat() if isinstance(k, datetime) else k for k in keys]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def read_cursor(word: str, *kinds: type) -> tuple | None:
    """The keys of `word`, of the given kinds; None for an empty word. Raises RequestInvalid for a made-up one."""
    if not word:
        return None
    try:
        keys = orjson.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        return tuple(_typed(kind, key) for kind, key in zip(kinds, keys, strict=True))
    except (ValueError, TypeError, binascii.Error):
        raise RequestInvalid(why=_("翻页位置无效，请回到第一页。")) from None


def _typed(kind: type, key):
    if kind is not datetime:
        return kind(key)
    instant = datetime.fromisoformat(key)
    if instant.tzinfo is None:
        raise ValueError("a cursor's instant needs a time zone")
    return instant


def cut_page(rows: list, size: int, keys_of) -> tuple[tuple, str]:
    """`rows` was asked for with one more than `size`: the page, and the cursor of the next one or ''."""
    page = tuple(rows[:size])
    return page, write_cursor(*keys_of(page[-1])) if len(rows) > size else ""
