"""审计: backups and whether they can be trusted. Read only: who makes or brings back a backup owns the machine."""
from __future__ import annotations

from flask import Blueprint, request

from app.backups import reading
from app.backups.models import KINDS
from app.routes.access import access
from app.routes.actors import clock
from app.routes.audit.frame import AUDITOR, audit_page

blueprint = Blueprint("audit_backups", __name__, url_prefix="/audit/backups")
PAGE = 50


@blueprint.get("")
@access(AUDITOR, "role:administrator")
def index():
    """How the backups stand, what was done, what is wrong."""
    kind = request.args.get("kind", "")
    found = reading.runs(kind=kind if kind in KINDS else "", before=request.args.get("cursor", 0, type=int), limit=PAGE + 1)
    return audit_page(
        "audit/backups.html", standing=reading.standing(clock()), shown=found[:PAGE], cursor=found[PAGE - 1].id if len(found) > PAGE else "",
        first="cursor" not in request.args, kind=kind, now=clock()())
