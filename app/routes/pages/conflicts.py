"""Two windows on one draft: what differs, field by field, and which of both is kept."""
from __future__ import annotations

from flask import render_template, request

from app.operations import reading
from app.rendering import scene_of
from app.rendering.field_types import field_type
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.forms import task_sheet

_OWN = ("csrf_token", "version", "key", "do", "who")
SAVED, TYPED = "saved", "typed"


def choose_between(sheet) -> None:
    """Leaves out of what was typed the fields of which the saved text was chosen on the page of a conflict."""
    for key in [key for key in sheet.typed if request.form.get(f"take.{key}") == SAVED]:
        del sheet.typed[key]


def conflict_page(view, sheet, conflict, address: str) -> str:
    """The page that shows both texts of every field that differs; everything that was sent goes along in it."""
    saved = task_sheet(reading.view_task(view.task.id, current_actor(), clock()))
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN and not name.startswith("take.")]
    return render_template("pages/conflict.html", view=view, message=message_of(conflict), draft=conflict.draft,
                           fields=_differing(saved, sheet), sent=sent, address=address)


def _differing(saved, typed) -> list[dict]:
    """The fields of which both windows say something different: {key, label, saved, typed}, in words."""
    before = scene_of(saved.form, saved.raw, saved.context, saved.choices)
    after = scene_of(typed.form, {**saved.raw, **typed.typed}, typed.context, typed.choices)
    found = []
    for field in saved.form.fields():
        if field.key not in typed.typed or field_type(field).secret or before.answers.get(field.key) == after.answers.get(field.key):
            continue
        kind = field_type(field)
        found.append({"key": field.key, "label": before.text(field), "saved": kind.display(field, before.answers.get(field.key), before),
                      "typed": kind.display(field, after.answers.get(field.key), after)})
    return found
