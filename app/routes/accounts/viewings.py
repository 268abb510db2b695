"""谁查看过我的资料: what the service knows about who looked at one's data (C-061)."""
from __future__ import annotations

from flask import Blueprint, render_template, request

from app.routes.access import access
from app.routes.actors import current_actor
from app.routes.languages import chosen_language
from app.viewings import kind_words, looks_at

blueprint = Blueprint("my_viewings", __name__, url_prefix="/me/viewings")


@blueprint.get("")
@access("signed-in")
def show():
    """When, which office, what, and what for; newest first."""
    looks, cursor = looks_at(current_actor(), language=chosen_language(), cursor=request.args.get("cursor", ""))
    return render_template("viewings/own.html", looks=looks, cursor=cursor, kind_words=kind_words)
