"""发布: submitted by one, approved by another, effective now or at a time."""
from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.errors import WorkbenchRefused
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.frame import ANALYST, READERS, proposal_page
from app.routes.workbench.refusals import said_on_page
from app.workbench import changes, gate, proposals, publishing

blueprint = Blueprint("workbench_publishing", __name__, url_prefix="/workbench/<int:proposal_id>/publishing")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def _here(proposal_id: int) -> str:
    return url_for("workbench_publishing.show", proposal_id=proposal_id)


@blueprint.get("")
@access(*READERS)
def show(proposal_id: int):
    """The list of what must be so before a proposal is published, and who does what next."""
    proposal, actor = proposals.proposal_of(proposal_id), current_actor()
    submissions, authors = publishing.submissions_of(proposal), proposals.authors_of(proposal)
    alive = submissions[0] if proposal.state == "submitted" else None
    return proposal_page("workbench/publishing.html", proposal, gate=gate.gate_of(proposal, clock()), submissions=submissions, alive=alive,
                         analyst=actor.has_role("analyst"), read=changes.has_read(proposal, actor), readers=changes.readers_of(proposal), mine=actor.id in authors or bool(alive and alive.submitted_by == actor.id))


@blueprint.post("/submit")
@access(ANALYST)
@said_on_page(_here)
def submit(proposal_id: int):
    """Hands the proposal to a second person."""
    form = request.form
    publishing.submit(proposal_id, version=form.get("version", -1, type=int), note=form.get("note", ""), accepted=form.getlist("warning"),
                      note_read="read" in form, actor=current_actor(), clock=clock())
    flash(_("已提交审批，文件已锁定。已通知其他流程分析员。"))
    return redirect(_here(proposal_id), 303)


@blueprint.post("/approve")
@access(ANALYST)
@said_on_page(_here)
def approve(proposal_id: int):
    """The second person's word."""
    made = publishing.approve(proposal_id, version=request.form.get("version", -1, type=int), note_read="read" in request.form, at=_at(), actor=current_actor(), clock=clock())
    flash(_("已发布，新事项从现在起使用新版本。") if made.state == "published" else _("已批准，到时自动生效。"))
    return redirect(_here(proposal_id), 303)


@blueprint.post("/send-back")
@access(ANALYST)
@said_on_page(_here)
def send_back(proposal_id: int):
    """A second person asks for changes."""
    publishing.send_back(proposal_id, reason=request.form.get("reason", ""), actor=current_actor(), clock=clock())
    flash(_("已退回修改，并通知了起草人。"))
    return redirect(_here(proposal_id), 303)


@blueprint.post("/withdraw")
@access(ANALYST)
@said_on_page(_here)
def withdraw(proposal_id: int):
    """Whoever wrote it takes it back."""
    publishing.withdraw(proposal_id, actor=current_actor(), clock=clock())
    flash(_("已撤回，可以继续修改。"))
    return redirect(_here(proposal_id), 303)


def _at() -> datetime | None:
    """The chosen instant, in Shanghai; None for now."""
    if request.form.get("when") != "later":
        return None
    try:
        return datetime.fromisoformat(request.form.get("at", "")).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise WorkbenchRefused(why=_("请写明生效的日期和时间")) from error
