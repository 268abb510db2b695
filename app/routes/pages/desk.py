"""The desk of those who work from pools: what I hold, what may be taken, by step."""
from __future__ import annotations

from flask import Blueprint, render_template, request

from app.operations import reading
from app.routes.access import access
from app.routes.actors import current_actor

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@access("signed-in")
def show():
    """Mine first, then what anybody of my pools may take; the filter and the page are in the address."""
    actor, element = current_actor(), request.args.get("step", "")
    return render_template(
        "pages/desk.html", counts=reading.count_waiting(actor), lists=reading.work_lists(actor), element=element,
        held=reading.inbox(actor, pooled=False, cursor=request.args.get("held", "")),
        pooled=reading.inbox(actor, held=False, element=element, cursor=request.args.get("cursor", "")))
