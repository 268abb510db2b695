"""The first page of whoever is signed in, and the search of the top bar."""
from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from app import people
from app.operations import reading, releases
from app.operations.contexts import SHANGHAI
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.pages.menus import menu_of

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
        at_desk=reading.works_at_desk(actor), menu=menu_of(actor), last=people.last_sign_in(actor), today=clock()(), weekday=_weekday())


def _weekday() -> str:
    days = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))
    return days[clock()().astimezone(SHANGHAI).weekday()]


@blueprint.get("/search")
@access("signed-in")
def search():
    """Cases by number or name, as far as they concern me."""
    q = request.args.get("q", "").strip()
    return render_template("pages/search.html", q=q, rows=reading.search_cases(current_actor(), q))
