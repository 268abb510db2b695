"""审计: where cases wait and how long steps take."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_insight", __name__, url_prefix="/audit/insight")
