"""审计: what is unusual."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_suspicion", __name__, url_prefix="/audit/suspicion")
