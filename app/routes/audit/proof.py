"""审计: the chain, the heads and where they are anchored."""
from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit_proof", __name__, url_prefix="/audit/proof")
