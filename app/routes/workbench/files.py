"""The files of a proposal: any of them as text, with its versions; added, renamed, taken out; archives; a newer release brought in."""
from __future__ import annotations

import re

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.catalogue import uploaded, zipped
from app.routes.workbench.frame import ANALYST, READERS, editor_page, proposal_page
from app.routes.workbench.refusals import said_on_page
from app.workbench import exchange, filing, findings, merging, proposals, rebasing

blueprint = Blueprint("workbench_files", __name__, url_prefix="/workbench/<int:proposal_id>")


def _home(proposal_id: int, **_values) -> str:
    return url_for("workbench.show", proposal_id=proposal_id)


@blueprint.get("/files/<path:path>")
@access(*READERS)
def edit(proposal_id: int, path: str):
    """A file as text."""
    proposal = proposals.proposal_of(proposal_id)
    history = filing.history_of(proposal, path)
    return editor_page("workbench/file.html", proposal, path=path, history=history, title=filing.title_of(path, history[0].content or b""),
                       writable=proposal.state == "open" and current_actor().has_role("analyst"))


@blueprint.get("/file-problems")
@access(*READERS)
def problems(proposal_id: int):
    """What the linter says of one file, with lines, and the version of the file it speaks of."""
    proposal, path = proposals.proposal_of(proposal_id), request.args.get("path", "")
    found = proposals.read_file(proposal, path)
    return jsonify(version=found.version, problems=filing.problems_in(path, found.content, findings.findings_of(proposal, clock())))


@blueprint.get("/file-version")
@access(*READERS)
def version(proposal_id: int):
    """An earlier version of a file, to look at."""
    proposal, path = proposals.proposal_of(proposal_id), request.args.get("path", "")
    history = {one.version: one for one in filing.history_of(proposal, path)}
    shown = history.get(request.args.get("version", 0, type=int)) or next(iter(history.values()))
    return proposal_page("workbench/version.html", proposal, path=path, shown=shown, text=(shown.content or b"").decode("utf-8", "replace"))


@blueprint.post("/files/add")
@access(ANALYST)
@said_on_page(_home)
def add(proposal_id: int):
    """A new file of some kind."""
    form, proposal = request.form, proposals.proposal_of(proposal_id)
    path = filing.add_file(proposal, form.get("kind", ""), form.get("name", "").strip(), actor=current_actor(), clock=clock())
    return redirect(url_for("workbench_files.edit", proposal_id=proposal_id, path=path), 303)


@blueprint.post("/files/rename")
@access(ANALYST)
@said_on_page(_home)
def rename(proposal_id: int):
    """Another name for a file."""
    form, proposal = request.form, proposals.proposal_of(proposal_id)
    path = filing.rename_file(proposal, form.get("path", ""), form.get("name", "").strip(), actor=current_actor(), clock=clock())
    flash(_("已改名为 %(path)s。其他文件若提到原来的名字，请到“检查”里逐处改正。", path=path))
    return redirect(_home(proposal_id), 303)


@blueprint.post("/files/take-out")
@access(ANALYST)
@said_on_page(_home)
def take_out(proposal_id: int):
    """Takes a file out of the procedure."""
    filing.take_out(proposals.proposal_of(proposal_id), request.form.get("path", ""), actor=current_actor(), clock=clock())
    flash(_("已取出 %(path)s。需要时可以恢复。", path=request.form.get("path", "")))
    return redirect(_home(proposal_id), 303)


@blueprint.post("/files/restore")
@access(ANALYST)
@said_on_page(_home)
def restore(proposal_id: int):
    """Goes back to a version of a file."""
    path, wanted = request.form.get("path", ""), request.form.get("version", 0, type=int)
    filing.restore(proposals.proposal_of(proposal_id), path, wanted, actor=current_actor(), clock=clock())
    flash(_("已恢复 %(path)s。", path=path))
    return redirect(_home(proposal_id), 303)


@blueprint.post("/title")
@access(ANALYST)
@said_on_page(_home)
def title(proposal_id: int):
    """Says differently what the proposal changes."""
    proposals.rename_proposal(proposal_id, request.form.get("title", ""), clock=clock())
    return redirect(_home(proposal_id), 303)


@blueprint.post("/discard")
@access(ANALYST)
@said_on_page(_home)
def discard(proposal_id: int):
    """Gives the proposal up."""
    proposals.discard_proposal(proposal_id, actor=current_actor(), clock=clock())
    flash(_("已放弃这份方案。它的文件仍可查看。"))
    return redirect(_home(proposal_id), 303)


@blueprint.get("/export.zip")
@access(*READERS)
def export(proposal_id: int):
    """The procedure as the proposal would have it, as an archive."""
    proposal = proposals.proposal_of(proposal_id)
    return zipped(proposals.files_of(proposal), f"{proposal.procedure}-{proposal.id}-{proposal.version}.zip")


@blueprint.post("/import")
@access(ANALYST)
@said_on_page(_home)
def import_files(proposal_id: int):
    """Puts the files of an archive into the proposal."""
    changed = exchange.import_into(proposals.proposal_of(proposal_id), uploaded(), whole="whole" in request.form, actor=current_actor(), clock=clock())
    flash(_("已导入，%(n)s 个文件有变化。", n=len(changed)) if changed else _("压缩包与方案的内容相同，没有变化。"))
    return redirect(_home(proposal_id), 303)


@blueprint.get("/merge")
@access(*READERS)
def merge(proposal_id: int):
    """What a newer release brings, and what is to be decided."""
    proposal = proposals.proposal_of(proposal_id)
    newer = rebasing.newer_of(proposal)
    return proposal_page("workbench/merge.html", proposal, newer=newer, marked=merging.marked) if newer else redirect(_home(proposal_id))


@blueprint.post("/merge")
@access(ANALYST)
@said_on_page(lambda proposal_id: url_for("workbench_files.merge", proposal_id=proposal_id))
def bring_in(proposal_id: int):
    """Puts the proposal on the newer release."""
    form = request.form
    ways = {name.removeprefix("way:"): value for name, value in form.items() if name.startswith("way:")}
    rebasing.bring_in(proposal_id, onto=form.get("onto", ""), version=form.get("version", -1, type=int), ways=ways, chosen=_chosen(form), actor=current_actor(), clock=clock())
    flash(_("已合并新版本。请重新检查、重跑情景用例。"))
    return redirect(_home(proposal_id), 303)


def _chosen(form) -> dict[str, dict[int, str]]:
    """path -> number of a piece -> ours, theirs or both."""
    found: dict[str, dict[int, str]] = {}
    for name, value in form.items():
        piece = re.fullmatch(r"piece:(\d{1,6}):(.+)", name)
        if piece and value in ("ours", "theirs", "both"):
            found.setdefault(piece[2], {})[int(piece[1])] = value
    return found
