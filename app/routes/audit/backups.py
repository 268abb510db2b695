"""审计: backups and whether they can be trusted."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_backups", __name__, url_prefix="/audit/backups")
