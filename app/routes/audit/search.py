"""审计: search and samples: where auditors begin."""
from __future__ import annotations

from flask import Blueprint

from app.routes.access import access
from app.routes.audit.frame import AUDITOR, audit_page

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("")
@access(AUDITOR)
def show():
    """Where auditors begin."""
    return audit_page("audit/search.html")
