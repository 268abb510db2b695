"""流程设计: the procedures with their releases, cases and proposals; begun, retired, put back, exported, imported."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app.operations import releases
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.frame import ANALYST, READERS, proposal_page
from app.routes.workbench.places import KIND_WORDS, editor_of
from app.routes.workbench.refusals import said_on_page
from app.store.models import Release
from app.workbench import catalogue, changes, exchange, filing, gate, proposals, publishing, rebasing, retiring, skeletons
from app.workbench.acts import WORDS

blueprint = Blueprint("workbench", __name__, url_prefix="/workbench")
ZIP = "application/zip"


def _to_index(**_values) -> str:
    return url_for("workbench.index")


def _to_procedure(procedure: str) -> str:
    return url_for("workbench.procedure", procedure=procedure)


@blueprint.get("")
@access(*READERS)
def index():
    """Every procedure."""
    return render_template("workbench/catalogue.html", procedures=catalogue.procedures(), analyst=current_actor().has_role("analyst"))


@blueprint.get("/procedures/<procedure>")
@access(*READERS)
def procedure(procedure: str):
    """One procedure: releases, processes, files, proposals, and what was done to it."""
    return render_template("workbench/procedure.html", it=catalogue.procedure_view(procedure), files=catalogue.file_lines(procedure), kinds=KIND_WORDS,
                           kind_of=filing.kind_of, words=WORDS, analyst=current_actor().has_role("analyst"))


@blueprint.post("/proposals")
@access(ANALYST)
@said_on_page(_to_index)
def begin():
    """Begins a proposal on the current release of a procedure."""
    proposal = proposals.begin_proposal(request.form.get("procedure", ""), title=request.form.get("title", ""), actor=current_actor(), clock=clock())
    return redirect(url_for("workbench.show", proposal_id=proposal.id), 303)


@blueprint.post("/procedures")
@access(ANALYST)
@said_on_page(_to_index)
def begin_procedure():
    """Begins a proposal of a new procedure."""
    proposal = skeletons.begin_procedure(request.form.get("name", ""), title=request.form.get("title", ""), actor=current_actor(), clock=clock())
    return redirect(url_for("workbench.show", proposal_id=proposal.id), 303)


@blueprint.post("/import")
@access(ANALYST)
@said_on_page(_to_index)
def import_procedure():
    """Begins a proposal with the procedure of an archive."""
    proposal = exchange.begin_from(uploaded(), title=request.form.get("title", ""), actor=current_actor(), clock=clock())
    return redirect(url_for("workbench.show", proposal_id=proposal.id), 303)


@blueprint.get("/releases/<digest>.zip")
@access(*READERS)
def export(digest: str):
    """The files of a release as they were published."""
    files = releases.release_files(digest)
    return zipped(files, f"{next(iter(files)).split('/')[1]}-{digest[:12]}.zip")


@blueprint.post("/procedures/<procedure>/retire")
@access(ANALYST)
@said_on_page(_to_procedure)
def retire(procedure: str):
    """Takes processes out of use, with a reason."""
    rows = retiring.retire(procedure, request.form.getlist("process"), reason=request.form.get("reason", ""), actor=current_actor(), clock=clock())
    flash(_("已停用 %(n)s 个流程。正在办理的事项继续办完，仍可查看。", n=len(rows)))
    return redirect(_to_procedure(procedure), 303)


@blueprint.post("/procedures/<procedure>/restore")
@access(ANALYST)
@said_on_page(_to_procedure)
def restore(procedure: str):
    """Puts processes back into use, with a reason."""
    rows = retiring.restore(procedure, request.form.getlist("process"), reason=request.form.get("reason", ""), actor=current_actor(), clock=clock())
    flash(_("已恢复使用 %(n)s 个流程，可以发起新事项。", n=len(rows)))
    return redirect(_to_procedure(procedure), 303)


@blueprint.post("/procedures/<procedure>/back")
@access(ANALYST)
@said_on_page(_to_procedure)
def go_back(procedure: str):
    """Makes an earlier release the current one, with a reason."""
    release: Release = retiring.go_back(procedure, request.form.get("digest", ""), reason=request.form.get("reason", ""), actor=current_actor(), clock=clock())
    flash(_("已退回到发布版本 #%(n)s。已通知全体流程分析员和系统管理员。", n=release.number))
    return redirect(_to_procedure(procedure), 303)


@blueprint.get("/<int:proposal_id>")
@access(*READERS)
def show(proposal_id: int):
    """A proposal: what it changes so far, and every file."""
    proposal = proposals.proposal_of(proposal_id)
    return proposal_page("workbench/proposal.html", proposal, files=filing.held_files(proposal), kinds=KIND_WORDS, editor_of=editor_of, newer=rebasing.newer_of(proposal),
                         gate=gate.gate_of(proposal, clock()), read=changes.has_read(proposal, current_actor()),
                         submissions=publishing.submissions_of(proposal), analyst=current_actor().has_role("analyst"))


def uploaded() -> bytes:
    """The archive that a form sent; nothing when none was chosen."""
    file = request.files.get("archive")
    return file.read(exchange.MOST_PACKED + 1) if file else b""


def zipped(files: dict[str, bytes], name: str):
    """An archive to be saved."""
    return send_file(BytesIO(exchange.pack(files)), mimetype=ZIP, as_attachment=True, download_name=name)
