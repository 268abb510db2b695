"""Marking places of a form beside one's own: add, change, take away. By htmx inside the page; without it on a page of its own."""
from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from app.errors import NotFound, RequestInvalid
from app.operations import marks, reading, releases
from app.operations.access import ensure_can_work
from app.operations.tasks import take_task
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of

blueprint = Blueprint("marking", __name__)


@dataclass(frozen=True)
class Marking:
    """What a read-only form needs so that its places can be marked."""

    view: reading.TaskView
    form: str

    @property
    def token(self) -> str:
        return generate_csrf()

    def address(self, section: str, field: str, row: int = 0) -> str:
        return url_for("marking.show", task_id=self.view.task.id, form=self.form, section=section, field=field or None, row=row or None)

    def removal(self, mark_id: int) -> str:
        return url_for("marking.remove", task_id=self.view.task.id, mark_id=mark_id)

    def said(self, section: str, field: str) -> list:
        return [m for m in self.view.marks if (m.form, m.section, m.field) == (self.form, section, field)]


@blueprint.get("/tasks/<task_id>/marks/edit")
@access("signed-in")
def show(task_id: str):
    """The remark on one place, to write or change."""
    return _page(_mine(task_id), "")


@blueprint.post("/tasks/<task_id>/marks/edit")
@access("signed-in")
def put(task_id: str):
    """Keeps the remark; back to the form that is read."""
    view, actor = _mine(task_id), current_actor()
    form, section, field, row = _place()
    try:
        marks.put_mark(task_id, form=form, section=section, field=field, row=row, remark=request.form.get("remark", ""), actor=actor, clock=clock())
    except RequestInvalid as error:
        return _page(view, message_of(error)), 422
    if view.takeable:
        take_task(task_id, actor=actor, clock=clock())
    return redirect(url_for("tasks.show", task_id=task_id, show=form, _anchor=f"m-{section}-{field}"), 303)


@blueprint.post("/tasks/<task_id>/marks/<int:mark_id>/remove")
@access("signed-in")
def remove(task_id: str, mark_id: int):
    """Takes a mark away."""
    view = _mine(task_id)
    form = next((mark.form for mark in view.marks if mark.id == mark_id), "")
    marks.drop_mark(task_id, mark_id, actor=current_actor())
    return redirect(url_for("tasks.show", task_id=task_id, show=form, _anchor="beside"), 303)


def _mine(task_id: str) -> reading.TaskView:
    view = reading.view_task(task_id, current_actor(), clock())
    ensure_can_work(view.task, current_actor())
    return view


def _place() -> tuple[str, str, str, int]:
    row, place = request.values.get("row", ""), [request.args.get(name, "") for name in ("form", "section", "field")]
    return *place, int(row) if row.isascii() and row.isdigit() and len(row) < 4 else 0


def _page(view, problem: str) -> str:
    key, section, field, row = _place()
    form = releases.procedure_of(view.head.case.release).forms.get(key)
    if form is None or key not in view.markable or not any(s.key == section for s in form.sections):
        raise NotFound()
    found = form.field(field) if field else None
    before = next((m for m in view.marks if (m.form, m.section, m.field, m.row) == (key, section, field, row)), None)
    return render_template(
        "pages/mark.html", view=view, place=reading.place_of(form, section, field, 0), row=row, problem=problem,
        table=found is not None and found.type == "table", remark=request.form.get("remark", before.remark if before else ""),
        action=url_for("marking.put", task_id=view.task.id, form=key, section=section, field=field or None),
        back=url_for("tasks.show", task_id=view.task.id, show=key, _anchor=f"m-{section}-{field}"), most=marks.LONGEST)
