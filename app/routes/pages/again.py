"""Taking over what was filled in before, while a form is filled: from which case, and which pieces."""
from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import NotFound
from app.operations import earlier, reading
from app.operations.access import ensure_can_work
from app.routes.access import access
from app.routes.actors import clock, current_actor

blueprint = Blueprint("again", __name__)


@blueprint.get("/tasks/<task_id>/earlier")
@access("signed-in")
def choose(task_id: str):
    """The earlier cases, and what one of them offers beside what stands in the form now."""
    actor = current_actor()
    view = reading.view_task(task_id, actor, clock())
    ensure_can_work(view.task, actor)
    cases = earlier.offered(view.head.case, view.task, actor, clock())
    old = next((case for case in cases if str(case.id) == request.args.get("case")), cases[0] if cases else None)
    if old is None:
        raise NotFound()
    return render_template("pages/earlier.html", view=view, cases=cases, old=old, sections=earlier.pieces(old, view.head.case, view.task, actor, clock()))


@blueprint.post("/tasks/<task_id>/earlier")
@access("signed-in")
def take(task_id: str):
    """Puts the ticked pieces into the draft."""
    count = earlier.take(request.form.get("case", 0, type=int), task_id, request.form.getlist("take"), actor=current_actor(), clock=clock())
    flash(_("已带入 %(n)s 项，请核对后继续。", n=count) if count else _("没有勾选，什么也没有改动。"))
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@blueprint.app_context_processor
def names() -> dict:
    """For the page of a task."""
    return {"earlier_offered": lambda view: bool(view.mine and view.form and earlier.offered(view.head.case, view.task, current_actor(), clock()))}
