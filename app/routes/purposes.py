"""查阅事由: the small page before somebody first looks today at a case in which they have nothing to do; leads on to where they were going."""
from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for

from app.errors import NotFound, PurposeRefused
from app.operations.reading import readable_case
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.sign_in import safe_target
from app.viewings import PURPOSES, say_why

blueprint = Blueprint("purposes", __name__, url_prefix="/purpose")


@blueprint.get("")
@access("signed-in")
def ask():
    """What for? The number of the case is shown, its person not yet."""
    return _page(readable_case(_case_id(request.args), current_actor()), request.args.get("next", ""))


@blueprint.post("")
@access("signed-in")
def say():
    """Keeps it for today and goes on."""
    case, target = readable_case(_case_id(request.form), current_actor()), request.form.get("next", "")
    try:
        say_why(current_actor(), case.id, request.form.get("purpose", ""), request.form.get("words", "")[:200], clock())
    except PurposeRefused as error:
        return _page(case, target, message_of(error)), 422
    return redirect(safe_target(target) if target else url_for("cases.show", case_id=case.id), 303)


def _case_id(sent) -> int:
    try:
        return int(sent.get("case", ""))
    except ValueError:
        raise NotFound() from None


def _page(case, target: str, problem: str = "") -> str:
    return render_template("viewings/purpose.html", case=case, target=target, problem=problem, purposes=PURPOSES)
