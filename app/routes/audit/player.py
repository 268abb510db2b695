"""审计: one case played back."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_player", __name__, url_prefix="/audit/cases")
