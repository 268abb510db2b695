"""假设分析: which past cases would have gone another way; what decision tables leave open, and their test rows."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, jsonify, redirect, request, send_file, url_for
from flask_babel import gettext as _

from app.errors import NotFound
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.frame import ANALYST, READERS, proposal_page
from app.sheets import XLSX
from app.workbench import proposals, table_tests, whatif, whatif_jobs, whatif_view

blueprint = Blueprint("workbench_whatif", __name__, url_prefix="/workbench/<int:proposal_id>/what-if")
SPARE_ROWS = 3
MOST_SHOWN = 200


@blueprint.get("")
@access(*READERS)
def index(proposal_id: int):
    """What can be asked, and the answer to what was asked."""
    proposal, actor = proposals.proposal_of(proposal_id), current_actor()
    view = whatif_view.view_of(proposal, request.args, actor=actor, clock=clock())
    return proposal_page("workbench/whatif.html", proposal, view=view, releases=whatif_view.releases_with_cases(proposal), sizes=whatif_view.SIZES,
                         jobs=whatif_jobs.latest_of(proposal, actor)[:5], most_shown=MOST_SHOWN)


@blueprint.post("/jobs")
@access(*READERS)
def begin(proposal_id: int):
    """Looks at many cases as a job."""
    proposal = proposals.proposal_of(proposal_id)
    compared, asked = whatif.Comparison(proposal), whatif_view.asked_of(request.form)
    picked = [one for one in compared.changed() if one.element in request.form.getlist("element")]
    job = whatif_jobs.begin(proposal, picked, whatif.cases_asked(proposal, picked, asked), asked, actor=current_actor(), clock=clock())
    return redirect(url_for(".index", proposal_id=proposal_id, job=job.id), 303)


@blueprint.get("/excel")
@access(*READERS)
def export(proposal_id: int):
    """The answer as a workbook."""
    proposal = proposals.proposal_of(proposal_id)
    view = whatif_view.view_of(proposal, request.args, actor=current_actor(), clock=clock())
    if view.found is None:
        raise NotFound()
    return send_file(BytesIO(whatif_jobs.workbook_of(proposal, view.found)), mimetype=XLSX, as_attachment=True, download_name=_("假设分析.xlsx"))


@blueprint.get("/gaps")
@access(*READERS)
def gaps(proposal_id: int):
    """What the tables of a file leave open or answer twice, for the editor of tables."""
    found = table_tests.problems_at(proposals.proposal_of(proposal_id), request.args.get("path", ""))
    return jsonify(problems=[{"decision": decision, "kind": one.kind, "rules": list(one.rules), "example": dict(one.example), "message": one.message}
                             for decision, one in found])


@blueprint.get("/tables/<decision>")
@access(*READERS)
def table(proposal_id: int, decision: str):
    """The test rows of a table, each with what the table gives."""
    proposal = proposals.proposal_of(proposal_id)
    return proposal_page("workbench/whatif_table.html", proposal, sheet=table_tests.sheet_of(proposal, decision), spare=SPARE_ROWS, typed_as=table_tests.typed_as)


@blueprint.post("/tables/<decision>")
@access(ANALYST)
def save_table(proposal_id: int, decision: str):
    """Saves the test rows."""
    proposal = proposals.proposal_of(proposal_id)
    sheet = table_tests.sheet_of(proposal, decision)
    table_tests.save_rows(proposal, decision, [_typed(number, sheet) for number in range(_count())], expected=_version(), actor=current_actor(), clock=clock())
    flash(_("测试行已保存。"))
    return redirect(url_for(".table", proposal_id=proposal_id, decision=decision), 303)


def _count() -> int:
    return min(len(request.form.getlist("row")), table_tests.MOST_ROWS)


def _version() -> int:
    told = request.form.get("version", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0


def _typed(number: int, sheet) -> dict:
    """A row of the page: fields are numbered by row and column."""
    given = {column.name: request.form.get(f"given.{number}.{place}", "") for place, column in enumerate(sheet.inputs)}
    expect = {column.name: request.form.get(f"expect.{number}.{place}", "") for place, column in enumerate(sheet.outputs)}
    return {"note": request.form.get(f"note.{number}", ""), "given": given, "expect": expect}
