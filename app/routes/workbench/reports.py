"""报表: the list of reports, and the editor of a template with its preview."""
from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from app.definitions import DefinitionError
from app.errors import NotFound, PingshenError, RequestInvalid
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.workbench.frame import ANALYST, READERS, editor_page, proposal_page
from app.workbench import proposals, report_desk, report_entries, report_preview

blueprint = Blueprint("workbench_reports", __name__, url_prefix="/workbench/<int:proposal_id>/reports")
LONGEST = 400_000  # characters of a template


@blueprint.get("")
@access(*READERS)
def index(proposal_id: int):
    """Every report with who prints it, when, and what the linter says of it."""
    proposal = proposals.proposal_of(proposal_id)
    return proposal_page("workbench/report_list.html", proposal, desk=report_desk.list_of(proposal, clock()))


@blueprint.post("")
@access(ANALYST)
def add(proposal_id: int):
    """Adds a report, empty or like another, and opens it."""
    proposal, asked = proposals.proposal_of(proposal_id), request.form
    key = asked.get("key", "").strip()
    report_entries.add_report(proposal, key, asked.get("title", ""), copy_of=asked.get("copy", ""), actor=current_actor(), clock=clock())
    return redirect(url_for(".edit", proposal_id=proposal_id, key=key), 303)


@blueprint.get("/<key>")
@access(*READERS)
def edit(proposal_id: int, key: str):
    """The template with its preview, and the entry of the report."""
    proposal = proposals.proposal_of(proposal_id)
    return editor_page("workbench/report_edit.html", proposal, desk=report_desk.desk_of(proposal, key))


@blueprint.post("/<key>/entry")
@access(ANALYST)
def save_entry(proposal_id: int, key: str):
    """Saves who prints the report and when."""
    proposal, asked = proposals.proposal_of(proposal_id), request.form
    typed = {name: asked.get(name, "") for name in ("title", "title_en", "available_when", "stage")} | {"roles": asked.getlist("roles")}
    report_entries.save_entry(proposal, key, typed, expected=_version(asked.get("version", "")), actor=current_actor(), clock=clock())
    flash(_("报表的设置已保存。"))
    return redirect(url_for(".edit", proposal_id=proposal_id, key=key), 303)


@blueprint.post("/<key>/take-out")
@access(ANALYST)
def take_out(proposal_id: int, key: str):
    """Takes a report out."""
    report_entries.take_out(proposals.proposal_of(proposal_id), key, actor=current_actor(), clock=clock())
    flash(_("已去掉这张报表。需要时可以在“概览”里找回以前的版本。"))
    return redirect(url_for(".index", proposal_id=proposal_id), 303)


@blueprint.post("/<key>/preview")
@access(*READERS)
def preview(proposal_id: int, key: str):
    """The template of the request, filled with a sample: pages as pictures, and problems by line."""
    asked = request.get_json(silent=True) or {}
    text, source, role = (asked.get(name, "") for name in ("text", "source", "role"))
    if not all(isinstance(each, str) for each in (text, source, role)) or len(text) > LONGEST:
        raise RequestInvalid(why="text")
    proposal = proposals.proposal_of(proposal_id)
    try:
        sample, procedure = report_desk.sample_for(proposal, key, source, role)
    except (PingshenError, DefinitionError) as error:
        return jsonify(_without_sample(error)), 200
    return jsonify(report_preview.preview_of(text, sample.content, procedure, key).as_dict() | {"note": sample.note})


def _without_sample(error: PingshenError) -> dict:
    words = _("没有这份样例。请另选一个情景或事项") if isinstance(error, NotFound) else message_of(error)
    return {"pages": [], "total": 0, "problems": [], "note": _("没有样例可用：%(why)s", why=words)}


def _version(told: str) -> int:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0
