"""Code tables of a proposal: a grid to edit, Excel out and in."""
from __future__ import annotations

from flask import Response, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from app.errors import RequestInvalid
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.forms import blueprint, may_change
from app.routes.workbench.frame import ANALYST, READERS, editor_page
from app.sheets import XLSX
from app.workbench import filing, proposals
from app.workbench.forms import codes as tables
from app.workbench.forms import files


@blueprint.get("/codes/<name>")
@access(*READERS)
def codes(proposal_id: int, name: str):
    """The grid of one code table."""
    proposal = proposals.proposal_of(proposal_id)
    path = files.codes_path(proposal, name)
    found = proposals.read_file(proposal, path)
    users = next((one.steps for one in files.listed_forms(proposal)[1] if one.key == name), ())
    return editor_page("workbench/form_codes.html", proposal, name=name, path=path, file=found, title=filing.title_of(path, found.content or b""), users=users, columns=tables.columns(), may_change=may_change(proposal))


@blueprint.post("/codes/<name>/text")
@access(*READERS)
def codes_text(proposal_id: int, name: str):
    """Rows as text (`rows` over `text`), or a text as rows. Saves nothing."""
    path, told = files.codes_path(proposals.proposal_of(proposal_id), name), request.get_json(silent=True) or {}
    text, rows = told.get("text"), told.get("rows")
    if not isinstance(text, str) or not (rows is None or isinstance(rows, list) and all(isinstance(row, dict) for row in rows) and len(rows) <= 5000):
        raise RequestInvalid(why="text, rows")
    if rows is not None:
        text = tables.text_of(rows, text, path)
    return jsonify(text=text, rows=tables.rows_of(text, path))


@blueprint.get("/codes/<name>/book")
@access(*READERS)
def codes_book(proposal_id: int, name: str):
    """The table as a workbook."""
    proposal = proposals.proposal_of(proposal_id)
    path = files.codes_path(proposal, name)
    rows = tables.rows_of(proposals.read_file(proposal, path).content.decode("utf-8-sig"), path)
    return Response(tables.book_of(rows, name), mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})


@blueprint.post("/codes/<name>/read-book")
@access(ANALYST)
def codes_read(proposal_id: int, name: str):
    """The rows of an uploaded workbook, for the grid to show; saved by whoever looked at them."""
    sheet = request.files.get("sheet")
    if sheet is None:
        raise RequestInvalid(why="sheet")
    return jsonify(rows=tables.rows_from_book(sheet.read(), sheet.filename or name))


@blueprint.post("/codes/<name>/take-out")
@access(ANALYST)
def codes_take_out(proposal_id: int, name: str):
    """Takes a code table out of the procedure."""
    proposal = proposals.proposal_of(proposal_id)
    files.take_out(proposal, files.codes_path(proposal, name), actor=current_actor(), clock=clock())
    flash(_("已从方案中去掉代码表“%(name)s”。仍在使用它的字段会在“检查”中列出。", name=name), "success")
    return redirect(url_for(".index", proposal_id=proposal_id), 303)
