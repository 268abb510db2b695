"""检查: what the linter says of a proposal, and its mends."""
from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, url_for

from app.definitions.linter import CODES
from app.definitions.linter.examples import EXAMPLES
from app.errors import RequestInvalid
from app.routes.access import access, may_call
from app.routes.actors import clock, current_actor
from app.routes.workbench.finding_rows import grouped, rows_of
from app.routes.workbench.frame import ANALYST, READERS, proposal_page
from app.workbench import fixing, proposals
from app.workbench.findings import findings_of

blueprint = Blueprint("workbench_findings", __name__, url_prefix="/workbench/<int:proposal_id>")


@blueprint.get("/findings")
@access(*READERS)
def show(proposal_id: int):
    """Every finding by file, with its mend."""
    proposal = proposals.proposal_of(proposal_id)
    rows = rows_of(proposal, findings_of(proposal, clock()))
    return proposal_page("workbench/findings.html", proposal, files=grouped(rows), rows=rows, examples=EXAMPLES, codes=CODES,
                         may_fix=proposal.state == "open" and may_call((ANALYST,), current_actor()),
                         done=request.args.get("done", ""), undo=request.args.getlist("undo"))


@blueprint.get("/findings/list.json")
@blueprint.get("/findings.json", endpoint="list_short")
@access(*READERS)
def list_all(proposal_id: int):
    """The findings for the editors, which ask after every save."""
    proposal = proposals.proposal_of(proposal_id)
    version = proposal.version
    return jsonify(version=version, findings=[row.plain() for row in rows_of(proposal, findings_of(proposal, clock()))])


@blueprint.get("/findings/part")
@access(*READERS)
def part(proposal_id: int):
    """The list alone, for the page while somebody else is changing the proposal."""
    proposal = proposals.proposal_of(proposal_id)
    rows = rows_of(proposal, findings_of(proposal, clock()))
    return render_template("workbench/findings_list.html", proposal=proposal, files=grouped(rows), rows=rows, examples=EXAMPLES, codes=CODES,
                           may_fix=proposal.state == "open" and may_call((ANALYST,), current_actor()))


@blueprint.post("/findings/fix")
@access(ANALYST)
def fix(proposal_id: int):
    """Mends one finding."""
    proposal = proposals.proposal_of(proposal_id)
    done = fixing.apply_fix(proposal, request.form.get("key", ""), actor=current_actor(), clock=clock())
    if request.accept_mimetypes.best == "application/json":
        return jsonify(label=done.label, versions=dict(done.versions))
    undo = [f"{version}:{path}" for path, version in done.versions.items()]
    return redirect(url_for(".show", proposal_id=proposal.id, done=done.label, undo=undo), 303)


@blueprint.post("/findings/undo")
@access(ANALYST)
def undo(proposal_id: int):
    """Takes a mend back."""
    proposal = proposals.proposal_of(proposal_id)
    fixing.take_back(proposal, _versions(request.form.getlist("undo")), actor=current_actor(), clock=clock())
    return redirect(url_for(".show", proposal_id=proposal.id), 303)


def _versions(told: list[str]) -> dict[str, int]:
    pairs = [text.partition(":") for text in told]
    if not pairs or len(pairs) > 20 or not all(number.isascii() and number.isdecimal() and len(number) < 10 and path for number, _, path in pairs):
        raise RequestInvalid(why="undo")
    return {path: int(number) for number, _, path in pairs}
