"""Idempotency-Key: the fingerprint of a request, and running a command at most once for it."""
from __future__ import annotations

import hashlib
from typing import Callable

from flask import request
from flask_babel import gettext

from app.errors import RequestInvalid
from app.operations.idempotency import once
from app.routes.actors import clock, current_actor

LONGEST = 100  # characters of a key


def answer_once(command: Callable[[], dict], content: bytes | None = None) -> dict:
    """The answer of `command()`; of the first time when the same request came before with the same key.

    `content`: what was sent, where the body was already parsed into files.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST:
        raise RequestInvalid(why=gettext("Idempotency-Key 不能超过 %(n)s 个字符", n=LONGEST))
    return once(current_actor(), key, _fingerprint(content), clock(), command)


def _fingerprint(content: bytes | None) -> str:
    body = request.get_data(cache=True) if content is None else content
    said = b"\0".join((request.method.encode(), request.path.encode(), body))
    return hashlib.sha256(said).hexdigest()
