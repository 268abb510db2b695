"""在办事项迁移: running cases brought to another release: chosen, tried, moved, and undone."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.frame import ANALYST, READERS
from app.sheets import XLSX
from app.workbench import moves, moves_choosing, moves_results

blueprint = Blueprint("workbench_moves", __name__, url_prefix="/workbench/moves")
LETTING_GO = "-"  # of a question: the token is let go
STATES = ("done", "failed")


@blueprint.get("")
@access(*READERS)
def index():
    """All plans, and which processes have cases behind."""
    shown = [(plan, moves_results.progress(plan.trial_job, clock()), moves_results.counts_of(plan)) for plan in moves.plans()]
    return render_template("workbench/moves.html", shown=shown, behind=moves_choosing.left_behind(), names=moves_results.release_numbers())


@blueprint.get("/new")
@access(*READERS)
def new():
    """Choosing cases and where they go."""
    wanted = moves_choosing.with_defaults(moves_choosing.Wanted.of(request.args))
    return render_template(
        "workbench/moves_new.html", wanted=wanted, processes=moves_choosing.processes(), releases=moves_choosing.releases_for(wanted),
        choices=moves_choosing.choices(wanted), total=moves_choosing.count(wanted), cases=moves_choosing.listed(wanted),
        unknown=moves_choosing.unknown_numbers(wanted), numbers=request.args.get("numbers", ""))


@blueprint.post("")
@access(ANALYST)
def begin():
    """A plan over the ticked cases, or all that fit; its dry run begins."""
    ids = None if request.form.get("all") else request.form.getlist("case", type=int)
    plan = moves.begin_plan(moves_choosing.Wanted.of(request.form), ids, actor=current_actor(), clock=clock())
    return _back(plan.id)


@blueprint.get("/<int:plan_id>")
@access(*READERS)
def show(plan_id: int):
    """A plan: what the dry run found, how far the move is, what became of each case."""
    plan, state = moves.plan_of(plan_id), request.args.get("state", "")
    lines = moves_results.lines_of(plan, state=state if state in STATES else "", cursor=request.args.get("cursor", "")) if plan.move_job else None
    return render_template(
        "workbench/moves_plan.html", plan=plan, found=moves_results.found_by(plan, clock()), lines=lines, state=state, counts=moves_results.counts_of(plan),
        moving=moves_results.progress(plan.move_job, clock()), undoing=moves_results.progress(plan.undo_job, clock()), names=moves_results.release_numbers(),
        mine=plan.person_id == current_actor().id, letting_go=LETTING_GO)


@blueprint.post("/<int:plan_id>/trial")
@access(ANALYST)
def try_again(plan_id: int):
    """Another dry run, with words on which element stands for which."""
    said = {name[3:]: value for name, value in request.form.items() if name.startswith("to:") and value}
    mapping = {element: "" if target == LETTING_GO else target for element, target in said.items()}
    moves.try_again(plan_id, mapping, request.form.get("since") == "opened", actor=current_actor(), clock=clock())
    return _back(plan_id)


@blueprint.post("/<int:plan_id>/run")
@access(ANALYST)
def run(plan_id: int):
    """Moves all that the dry run let through."""
    moves.run(plan_id, request.form.get("reason", ""), actor=current_actor(), clock=clock())
    return _back(plan_id)


@blueprint.post("/<int:plan_id>/undo")
@access(ANALYST)
def undo(plan_id: int):
    """Undoes the move of one case, or of all that have not acted."""
    if request.form.get("case"):
        moves.undo_one(plan_id, request.form.get("case", type=int), actor=current_actor(), clock=clock())
        flash(_("已撤销，这件事项按原版本继续办理。"))
    else:
        moves.undo_all(plan_id, actor=current_actor(), clock=clock())
    return _back(plan_id)


@blueprint.get("/<int:plan_id>/excel")
@access(*READERS)
def export(plan_id: int):
    """Every case of a plan as a workbook."""
    plan = moves.plan_of(plan_id)
    return send_file(BytesIO(moves_results.workbook(plan)), mimetype=XLSX, as_attachment=True, download_name=_("在办事项迁移 %(n)s", n=plan.id) + ".xlsx")


@blueprint.get("/<int:plan_id>/diagram/<digest>/<path:drawing>")
@access(*READERS)
def diagram(plan_id: int, digest: str, drawing: str):
    """A diagram of a release of the plan's procedure."""
    return Response(moves_results.diagram_in(moves.plan_of(plan_id), digest, drawing), mimetype="application/xml")


def _back(plan_id: int):
    return redirect(url_for("workbench_moves.show", plan_id=plan_id), 303)
