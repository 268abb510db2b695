"""Tables and lists of cases of a task's form out to Excel and back: looked at first, taken over when the person says so."""
from __future__ import annotations

import json
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app import rendering, sheets
from app.errors import DraftConflict, NotAllowed, NotFound, SheetRefused
from app.operations import reading
from app.operations.access import ensure_can_work
from app.rendering import table_sheets
from app.rendering.field_types.table import MOST_ROWS
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.filling import keep
from app.routes.pages.forms import task_sheet
from app.routes.pages.rows import section_of

blueprint = Blueprint("tablesheets", __name__)
LARGEST_JSON = 2 * 1024 * 1024  # characters of rows that wait on the page to be taken over


@blueprint.get("/tasks/<task_id>/sheets/<key>.xlsx")
@access("signed-in")
def book(task_id: str, key: str):
    """What the field holds now, as a workbook that can be filled and imported; `empty`: the head alone."""
    _view, sheet, field = _field(task_id, key)
    scene, held = sheet.scene(), [] if "empty" in request.args else sheet.raw.get(key) or []
    name = scene.text(field)
    if field.type == "cases":
        content = sheets.write_book(name, table_sheets.case_columns(), table_sheets.case_cells(field, held, scene))
    else:
        columns = [column for _own, column in table_sheets.sheet_columns(field, scene)]
        content = sheets.write_book(name, columns, table_sheets.cells_of(field, [row for row in held if isinstance(row, dict)], scene), notes=_notes(field, scene))
    return send_file(BytesIO(content), mimetype=sheets.XLSX, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.get("/tasks/<task_id>/sheets/<key>")
@access("signed-in")
def choose(task_id: str, key: str):
    """Asks for the file."""
    return _page(*_changeable(task_id, key))


@blueprint.post("/tasks/<task_id>/sheets/<key>")
@access("signed-in")
def take(task_id: str, key: str):
    """Reads the file and shows what it holds, or says what is wrong; then takes the rows over. Nothing is changed before."""
    view, sheet, field = _changeable(task_id, key)
    if "rows" in request.form:
        return _take_over(view, sheet, field)
    file = request.files.get("file")
    try:
        rows, faults = _read(sheet, field, file.read() if file else b"", file.filename if file else "")
    except SheetRefused as error:
        return _page(view, sheet, field, problem=message_of(error)), 422
    return (_page(view, sheet, field, faults=faults), 422) if faults else _page(view, sheet, field, rows=rows)


def _take_over(view, sheet, field):
    rows, adding = _sent(), request.form.get("mode") == "append"
    faults = [] if field.type == "cases" else _judged(sheet, field, list(enumerate(rows, 1)))
    held = sheet.raw.get(field.key) or []
    together = [*held, *(row for row in rows if field.type != "cases" or row not in held)] if adding else rows
    if faults or len(together) > _most(field):
        return _page(view, sheet, field, faults=faults, problem="" if faults else _too_many(field, len(together))), 422
    try:
        keep(view, {field.key: together})
    except DraftConflict as conflict:
        return _page(view, sheet, field, rows=rows, problem=message_of(conflict)), 409
    flash(_("已导入 %(n)d 行。", n=len(rows)))
    return redirect(url_for("tasks.show", task_id=view.task.id, part=section_of(sheet, field.key), _anchor=f"f-{field.key}"), 303)


def _sent() -> list:
    """The rows that waited on the page. They are judged again: a page can be changed."""
    text = request.form["rows"]
    try:
        rows = json.loads(text) if len(text) <= LARGEST_JSON else None
    except ValueError:
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, (dict, str)) for row in rows):
        raise NotFound()
    return rows


def _read(sheet, field, data: bytes, name: str) -> tuple[list, list[tuple[int, str, str]]]:
    """(rows, faults as (line, label, message)) of a file. Raises SheetRefused."""
    scene = sheet.scene()
    if field.type == "cases":
        return table_sheets.cases_read(field, sheets.read_rows(data, name, columns=table_sheets.case_columns(), most=5000), scene)
    columns = [column for _own, column in table_sheets.sheet_columns(field, scene)]
    read = table_sheets.rows_read(field, sheets.read_rows(data, name, columns=columns, most=_most(field)), scene)
    faults = [(row.line, label, message) for row in read for label, message in row.faults]
    faults += _judged(sheet, field, [(row.line, row.raw) for row in read])
    return [row.raw for row in read], sorted(faults, key=lambda fault: fault[0])


def _judged(sheet, field, rows: list[tuple[int, dict]]) -> list[tuple[int, str, str]]:
    scene, faults = sheet.scene(), []
    labels = {column.key: scene.text(column) for column in field.all_columns()} | {own.key: column.label for own, column in table_sheets.sheet_columns(field, scene)}
    skipped = set(table_sheets.left_out(field, scene))
    for line, row in rows:
        if not isinstance(row, dict):
            raise NotFound()
        clean, errors = rendering.validate_row(sheet.form, field, row, sheet.raw, sheet.context, sheet.choices)
        faults += [(line, labels.get(path, ""), message) for path, message in errors.items() if labels.get(path, "") not in skipped]
        row.update(clean)
    return faults


def _most(field) -> int:
    return (field.max_rows or MOST_ROWS) if field.type == "table" else (int(field.max) if field.max else 5000)


def _too_many(field, count: int) -> str:
    return _("合起来有 %(count)d 行，最多 %(most)d 行。请删减后再导入，或选择“替换”。", count=count, most=_most(field))


def _notes(field, scene) -> list[str]:
    notes = [_("不要改动表头；一行是一条，空行不计。选项请填写选项的名称，多选用“；”隔开。日期写成 2026-03-02。")]
    if lacking := table_sheets.left_out(field, scene):
        notes.append(_("这些栏目不在表格里，导入后请在页面上补充：%(labels)s", labels="、".join(lacking)))
    return notes + [f"{column.label}：{_allowed(own, scene)}" for own, column in table_sheets.sheet_columns(field, scene) if _allowed(own, scene)]


def _allowed(column, scene) -> str:
    """What may be chosen, or the hint of the column."""
    if column.type in ("choice", "checks"):
        return "、".join(option.in_words(scene.language) for option in rendering.options_of(column, scene)[:60])
    return scene.text(column, "hint")


def _field(task_id: str, key: str):
    view = reading.view_task(task_id, current_actor(), clock())
    ensure_can_work(view.task, current_actor())
    sheet = task_sheet(view)
    field = sheet.form.field(key) if sheet else None
    if field is None or field.type not in ("table", "cases"):
        raise NotFound()
    return view, sheet, field


def _changeable(task_id: str, key: str):
    view, sheet, field = _field(task_id, key)
    if key not in sheet.open or field.readonly or field.rows_from:  # not marked in a return; or its rows are given
        raise NotAllowed()
    return view, sheet, field


def _page(view, sheet, field, rows=None, faults=(), problem: str = "") -> str:
    scene = sheet.scene()
    columns = [column for _own, column in table_sheets.sheet_columns(field, scene)] if field.type == "table" else []
    shown = table_sheets.cells_of(field, rows[:20], scene) if rows and field.type == "table" else [[row] for row in (rows or [])[:20]]
    return render_template(
        "pages/table_sheet.html", view=view, field=field, name=scene.text(field), columns=columns, shown=shown, rows=rows, faults=faults, problem=problem,
        text=json.dumps(rows, ensure_ascii=False) if rows else "", held=len(sheet.raw.get(field.key) or []), version=view.draft.version if view.draft else 0,
        back=url_for("tasks.show", task_id=view.task.id, part=section_of(sheet, field.key), _anchor=f"f-{field.key}"))
