"""变更说明: what differs between a proposal and its release, or between two releases."""
from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import NotFound
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.frame import EDITOR_POLICY, READERS, editor_page
from app.workbench import proposals
from app.workbench.changes import change_note, has_read, read_note, readers_of, sides
from app.routes.workbench.changes_page import drawn, note_words

blueprint = Blueprint("workbench_changes", __name__, url_prefix="")


@blueprint.get("/workbench/<int:proposal_id>/changes")
@access(*READERS)
def show(proposal_id: int):
    """What a proposal changes in its release, or would change in the current one."""
    proposal = proposals.proposal_of(proposal_id)
    against = "current" if request.args.get("against") == "current" else "base"
    before, after = sides.before(proposal, against), sides.of_proposal(proposal)
    note = change_note(before.procedure, after.procedure)
    current = proposals.current_release(proposal.procedure)
    return editor_page(
        "workbench/changes.html", proposal, note=note, before=before, against=against, outdated=current != proposal.base and proposal.state != "published",
        read=has_read(proposal, current_actor()), readers=readers_of(proposal), words=note_words(),
        diagrams=drawn(note, before, lambda path: url_for("workbench_content.read", proposal_id=proposal.id, path=path)))


@blueprint.post("/workbench/<int:proposal_id>/changes/read")
@access(*READERS)
def mark_read(proposal_id: int):
    """Notes that the reader has read the version that was shown."""
    version = request.form.get("version", -1, type=int)
    read_note(proposals.proposal_of(proposal_id), current_actor(), clock(), version=version)
    flash(_("已记下：您阅读了这一版的变更说明。"))
    return redirect(url_for("workbench_changes.show", proposal_id=proposal_id), 303)


@blueprint.get("/workbench/compare")
@access(*READERS)
def compare():
    """What differs between two releases of one procedure; without `old` and `new` a choice of them."""
    old, new = (request.args.get(name, "") for name in ("old", "new"))
    if not new:
        return render_template("workbench/changes_choose.html", procedure=request.args.get("procedure", ""), releases=sides.releases_of(request.args.get("procedure", "")))
    before, after = (sides.of_release(old) if old else sides.Side(None)), sides.of_release(new)
    if old and before.release.procedure != after.release.procedure:
        raise NotFound()
    note = change_note(before.procedure, after.procedure)
    response = make_response(render_template(
        "workbench/changes_compare.html", note=note, before=before, after=after, releases=sides.releases_of(after.release.procedure), words=note_words(),
        diagrams=drawn(note, before, lambda path: url_for("workbench_changes.file", digest=new, path=path))))
    response.headers["Content-Security-Policy"] = EDITOR_POLICY
    return response


@blueprint.get("/workbench/compare/<digest>/<path:path>")
@access(*READERS)
def file(digest: str, path: str):
    """A file of a release, as text."""
    content = sides.of_release(digest).procedure.file(path)
    if content is None:
        raise NotFound()
    return Response(content, mimetype="text/plain")
