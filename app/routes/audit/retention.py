"""审计: rules, holds and runs of retention."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_retention", __name__, url_prefix="/audit/retention")
