"""A row of a table on a page of its own: add, edit. It joins the others only when nothing in it is wrong."""
from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for

from app import rendering
from app.errors import DraftConflict, NotAllowed, NotFound
from app.operations import reading
from app.operations.access import ensure_can_work
from app.rendering.form_data import FILE_REMOVE, LOOK_UP
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.filling import filled_in, keep, take_files
from app.routes.pages.forms import language, task_sheet

blueprint = Blueprint("rows", __name__)


@blueprint.get("/tasks/<task_id>/rows/<key>/<row>")
@access("signed-in")
def show(task_id: str, key: str, row: str):
    """The row as it is stored; a new one with its defaults."""
    view, sheet, field = _table(task_id, key)
    return _page(view, sheet, field, _stored(sheet, field, row), {})


@blueprint.post("/tasks/<task_id>/rows/<key>/<row>")
@access("signed-in")
def work(task_id: str, key: str, row: str):
    """Puts the row among the others, or says what is wrong with it."""
    view, sheet, field = _table(task_id, key)
    typed, refused = _typed(view, sheet, field, row)
    if request.form.get("do", "save") not in ("save", "save-and-new"):
        return _page(view, sheet, field, typed, refused)
    clean, errors = rendering.validate_row(sheet.form, field, typed, sheet.raw, sheet.context, sheet.choices)
    if errors or refused:
        return _page(view, sheet, field, typed, errors | refused), 422
    try:
        keep(view, {key: rendering.with_row(sheet.raw, key, _number(row), clean)[key]})
    except DraftConflict as conflict:  # the page again with the row as typed, made from what is saved now
        return _page(*_table(task_id, key), typed, {"": message_of(conflict)}), 409
    if request.form["do"] == "save-and-new":
        return redirect(url_for("rows.show", task_id=task_id, key=key, row="new"), 303)
    return redirect(url_for("tasks.show", task_id=task_id, part=section_of(sheet, key), _anchor=f"f-{key}"), 303)


@blueprint.post("/tasks/<task_id>/rows/<key>/<row>/refresh")
@access("signed-in")
def refresh(task_id: str, key: str, row: str):
    """The row anew, after a column changed that others depend on."""
    view, sheet, field = _table(task_id, key)
    typed, _refused = _typed(view, sheet, field, row)
    return _drawn(sheet, field, typed, {})


def _table(task_id: str, key: str):
    view = reading.view_task(task_id, current_actor(), clock())
    ensure_can_work(view.task, current_actor())
    sheet = task_sheet(view)
    field = sheet.form.field(key) if sheet else None
    if field is None or field.type != "table":
        raise NotFound()
    if key not in sheet.open:  # a returned form: this table was not marked
        raise NotAllowed()
    return view, sheet, field


def _number(row: str) -> int:
    return int(row) if row.isascii() and row.isdigit() else -1


def _stored(sheet, field, row: str) -> dict:
    rows, number = sheet.raw.get(field.key) or [], _number(row)
    if 0 <= number < len(rows):
        return rows[number]
    return rendering.row_defaults(sheet.form, field, sheet.raw, sheet.context, sheet.choices)


def _typed(view, sheet, field, row: str) -> tuple[dict, dict]:
    """(the row with what was typed, refused files); look-ups and removals of files are done in it."""
    typed = rendering.merged_row(field, _stored(sheet, field, row), rendering.parse_row(field, request.form))
    refused = take_files(field.all_columns(), typed, typed, view, "row.")
    command = rendering.read_command(request.form)
    if command and command.verb == FILE_REMOVE:
        typed = rendering.without_file(typed, command)
    if command and command.verb == LOOK_UP:
        column = next((c for c in field.all_columns() if c.key == command.field), None)
        typed = filled_in(column, typed, sheet, command.place == "replace", row=typed) if column else typed
    return typed, refused


def section_of(sheet, key: str) -> str:
    """The key of the section that a field stands in."""
    return next(s.key for s in sheet.form.sections if any(f.key == key for f in s.fields))


def _drawn(sheet, field, row: dict, errors: dict):
    return rendering.render_row(
        sheet.form, field, row, errors, sheet.raw, sheet.context, sheet.urls, sheet.choices, language=language())


def _page(view, sheet, field, row: dict, errors: dict) -> str:
    address = url_for("tasks.show", task_id=view.task.id, part=section_of(sheet, field.key), _anchor=f"f-{field.key}")
    return render_template(
        "pages/row.html", view=view, field=field, html=_drawn(sheet, field, row, errors), back=address,
        new=request.view_args["row"] == "new")
