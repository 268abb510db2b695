"""审计: audit packs and logs to take away."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_packs", __name__, url_prefix="/audit/packs")
