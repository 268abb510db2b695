"""审计: histories run again."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_replays", __name__, url_prefix="/audit/replays")
