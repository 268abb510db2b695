"""人员管理 of an organisation: its list, one person more or less, and the import with a look first (S1-044, S1-045, D-34, D-41)."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.errors import ListRefused, RequestInvalid, SheetRefused
from app.identifiers import document_name
from app.operations.reading.unitcases import open_cases_of
from app.people import personnel, personnel_imports as imports
from app.rendering.texts import masked
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of
from app.routes.pages.unit import organisation_id
from app.sheets import XLSX

blueprint = Blueprint("personnel", __name__, url_prefix="/personnel")


@blueprint.context_processor
def names() -> dict:
    """What the templates of this place call."""
    return {"documents": {kind: document_name(kind) for kind in personnel.DOCUMENTS}, "masked_number": lambda number: masked(number, "identity")}


@blueprint.get("")
@access("menu:personnel")
def show():
    """The list; the search is in the address."""
    unit = organisation_id()
    name, number = request.args.get("name", ""), request.args.get("number", "")
    rows, cursor = personnel.personnel_of(unit, name=name, number=number, cursor=request.args.get("cursor", ""))
    return render_template(
        "personnel/list.html", rows=rows, cursor=cursor, name=name, number=number, journal=personnel.journal_of(unit, 10),
        total=personnel.count_personnel(unit, name=name, number=number))


@blueprint.route("/new", methods=["GET", "POST"])
@access("menu:personnel")
def new():
    """One person by form."""
    if request.method == "GET":
        return render_template("personnel/new.html", typed={}, fields={}, problem="")
    typed = {key: request.form.get(key, "") for key in ("name", "document", "number")}
    try:
        row = personnel.list_person(organisation_id(), **typed, actor=current_actor(), clock=clock())
    except ListRefused as error:
        page = render_template("personnel/new.html", typed=typed, fields=fields_of(error), problem=message_of(error))
        return Response(page, status_of(error))
    flash(_("已添加%(name)s。申报时可选择本单位为报送单位。", name=row.name))
    return redirect(url_for("personnel.show"), 303)


@blueprint.route("/<int:entry_id>/removal", methods=["GET", "POST"])
@access("menu:personnel")
def remove(entry_id: int):
    """Says what is open before somebody is taken off the list; their cases stay as they are (D-34)."""
    actor, unit = current_actor(), organisation_id()
    row = personnel.listed(unit, entry_id)
    if request.method == "GET":
        return render_template("personnel/removal.html", row=row, cases=open_cases_of(actor.organisation["ref"], row.name, row.number))
    name = row.name
    personnel.unlist_person(unit, entry_id, actor=actor, clock=clock())
    flash(_("已将%(name)s移出人员名单。", name=name))
    return redirect(url_for("personnel.show"), 303)


@blueprint.get("/template")
@access("menu:personnel")
def template():
    """The workbook to fill in."""
    return send_file(BytesIO(imports.template()), mimetype=XLSX, as_attachment=True, download_name=_("人员导入模板") + ".xlsx")


@blueprint.route("/import", methods=["GET", "POST"])
@access("menu:personnel")
def load():
    """Chooses a file, then shows line by line what it would do; nothing is written yet."""
    if request.method == "GET":
        return _import_page("")
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise RequestInvalid(why=_("请先选择文件。"))
        imports.read_import(organisation_id(), file.read(), file.filename, actor=current_actor(), clock=clock())
    except (SheetRefused, RequestInvalid) as error:
        return _import_page(message_of(error), status_of(error))
    return redirect(url_for("personnel.load"), 303)


@blueprint.post("/import/confirmation")
@access("menu:personnel")
def confirm():
    """Writes the file that was looked at."""
    try:
        count = imports.confirm_import(organisation_id(), request.form.get("stamp", ""), actor=current_actor(), clock=clock())
    except ListRefused as error:
        return _import_page(message_of(error), status_of(error))
    flash(_("已导入 %(n)s 人。", n=count))
    return redirect(url_for("personnel.show"), 303)


@blueprint.post("/import/removal")
@access("menu:personnel")
def drop():
    """Forgets the file."""
    imports.drop_import(organisation_id(), actor=current_actor())
    return redirect(url_for("personnel.load"), 303)


def _import_page(problem: str, status: int = 200) -> Response:
    preview = imports.preview_of(organisation_id(), current_actor().id)
    return Response(render_template("personnel/import.html", preview=preview, problem=problem, most=imports.MOST), status)
