"""A page's button pressed twice has one effect: each page carries a key of its own."""
from __future__ import annotations

import hashlib
import secrets

from flask import request

from app.operations.idempotency import once
from app.routes.actors import clock


def new_key() -> str:
    """A key for one page."""
    return secrets.token_urlsafe(12)


def once_for(actor, command) -> dict:
    """`{"case": id}` of `command()`, which returns a case; of the first time when the same page was sent before."""
    said = request.path + "\n" + "\n".join(f"{k}={v}" for k, v in sorted(request.form.items(multi=True)) if k != "csrf_token")
    fingerprint = hashlib.sha256(said.encode()).hexdigest()
    return once(actor, request.form.get("key", "")[:100], fingerprint, clock(), lambda: {"case": command().id})
