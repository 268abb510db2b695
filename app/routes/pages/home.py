"""The first page of whoever is signed in, and the search of the top bar."""
from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request

from app.operations import reading, releases
from app.routes.access import access
from app.routes.actors import current_actor

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access("signed-in")
def show():
    """What waits for me, what I can start, what is new."""
    actor = current_actor()
    counts = replace(reading.count_waiting(actor), unread=reading.count_unread(actor), tabs=reading.count_tabs(actor))
    return render_template(
        "pages/home.html", counts=counts, tasks=reading.inbox(actor, pooled=False, size=6).rows,
        processes=releases.startable(actor), notices=reading.notices_of(actor, size=5).rows,
        at_desk=reading.works_at_desk(actor))


@blueprint.get("/search")
@access("signed-in")
def search():
    """Cases by number or name, as far as they concern me."""
    q = request.args.get("q", "").strip()
    return render_template("pages/search.html", q=q, rows=reading.search_cases(current_actor(), q))
