"""情景用例: listed, run, repaired where they stand, with the flows that they walk."""
from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.definitions import DefinitionError
from app.errors import PlayRefused
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.workbench.frame import ANALYST, READERS, editor_page
from app.workbench import beginnings, keeping, proposals, scenarios

blueprint = Blueprint("workbench_scenarios", __name__, url_prefix="/workbench/<int:proposal_id>/scenarios")


@blueprint.get("")
@access(*READERS)
def index(proposal_id: int):
    """Every scenario with how it went last, and which flows they walk."""
    proposal = proposals.proposal_of(proposal_id)
    bundle = proposals.bundle_of(proposal)
    return editor_page("workbench/scenarios.html", proposal, **_listed(proposal, bundle), covered=scenarios.coverage_of(proposal, bundle), diagrams=beginnings.diagrams_of(bundle, proposal.procedure))


def _listed(proposal, bundle=None) -> dict:
    listed = scenarios.outcomes_of(proposal, bundle)
    over, total = scenarios.progress_of(listed)
    return {"listed": listed, "over": over, "total": total, "green": sum(one.state == "green" for one in listed)}


@blueprint.get("/state")
@access(*READERS)
def state(proposal_id: int):
    """The table alone, while scenarios run."""
    proposal = proposals.proposal_of(proposal_id)
    found = _listed(proposal)
    return jsonify(moving=found["total"] > 0, html=render_template("workbench/scenario_table.html", proposal=proposal, **found))


@blueprint.post("/run")
@access(ANALYST)
def run(proposal_id: int):
    """Asks for runs: of the scenarios named, or of all without a valid outcome."""
    count = scenarios.ask_runs(proposals.proposal_of(proposal_id), request.form.getlist("path") or None, clock=clock())
    flash(_("已安排运行 %(n)s 个情景用例，可离开本页。", n=count) if count else _("没有要运行的：全部用例在现在的内容上都已通过。"))
    return _back(proposal_id)


@blueprint.post("/stop")
@access(ANALYST)
def stop(proposal_id: int):
    """Takes back what still waits."""
    scenarios.stop_runs(proposals.proposal_of(proposal_id))
    flash(_("已停止；正在运行的一个会跑完。"))
    return _back(proposal_id)


@blueprint.get("/edit/<path:path>")
@access(*READERS)
def edit(proposal_id: int, path: str):
    """A scenario as text, with the line where it failed."""
    proposal = proposals.proposal_of(proposal_id)
    found = proposals.read_file(proposal, path)
    one = next((one for one in scenarios.outcomes_of(proposal) if one.path == path), None)
    return editor_page("workbench/scenario_edit.html", proposal, file=found, text=found.content.decode("utf-8", "replace"), one=one, words=beginnings.words_for(proposal))


@blueprint.post("/check/<path:path>")
@access(*READERS)
def check(proposal_id: int, path: str):
    """What is wrong in the text of a scenario as it is typed: lines and words."""
    return jsonify(problems=keeping.problems_in(proposals.proposal_of(proposal_id), path, request.get_data()))


@blueprint.post("/play/<path:path>")
@access(ANALYST)
def play(proposal_id: int, path: str):
    """Opens a scenario as a walk, up to the step that failed or all of it."""
    proposal = proposals.proposal_of(proposal_id)
    try:
        made = keeping.open_scenario(proposal, path, line=request.form.get("line", 0, type=int), actor=current_actor(), clock=clock())
    except (PlayRefused, DefinitionError) as refusal:
        flash(message_of(refusal) if isinstance(refusal, PlayRefused) else refusal.message, "error")
        return _back(proposal_id)
    return redirect(url_for("workbench_play.show", proposal_id=proposal_id, play_id=made.id), 303)


@blueprint.post("/remove/<path:path>")
@access(ANALYST)
def remove(proposal_id: int, path: str):
    """Takes a scenario out of the proposal."""
    proposal = proposals.proposal_of(proposal_id)
    proposals.save_file(proposal_id, path, None, expected=proposals.read_file(proposal, path).version, actor=current_actor(), clock=clock())
    flash(_("已从方案中删除这个情景用例。"))
    return _back(proposal_id)


def _back(proposal_id: int):
    return redirect(url_for("workbench_scenarios.index", proposal_id=proposal_id), 303)
