"""审计: who looked at whose data."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_viewings", __name__, url_prefix="/audit/viewings")
