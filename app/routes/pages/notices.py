"""Notices of whoever is signed in."""
from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for

from app.operations import reading
from app.routes.access import access
from app.routes.actors import clock, current_actor

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@access("signed-in")
def show():
    """My notices, newest first."""
    page = reading.notices_of(current_actor(), cursor=request.args.get("cursor", ""))
    return render_template("pages/notices.html", page=page)


@blueprint.post("/notices/read")
@access("signed-in")
def read():
    """Marks all my notices as read."""
    reading.mark_read(current_actor(), clock())
    return redirect(url_for("notices.show"), 303)
