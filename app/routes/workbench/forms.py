"""表单: the list of forms and code tables, and the editor of one form. Previews, code tables and renaming hang on the same blueprint."""
from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from app.errors import PingshenError, RequestInvalid
from app.expressions import FUNCTIONS
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.workbench.frame import ANALYST, READERS, editor_page, proposal_page
from app.workbench import filing, proposals
from app.workbench.forms import files, preview, tree, words
from app.workbench.forms.edits import edited, read_edit

blueprint = Blueprint("workbench_forms", __name__, url_prefix="/workbench/<int:proposal_id>/forms")
LARGEST = 400_000  # characters of a form that is edited by clicking
MOST = 50  # edits at once


@blueprint.get("")
@access(*READERS)
def index(proposal_id: int):
    """Every form and code table with where it is used."""
    proposal = proposals.proposal_of(proposal_id)
    forms, codes = files.listed_forms(proposal)
    return proposal_page("workbench/form_list.html", proposal, forms=forms, codes=codes, may_change=may_change(proposal))


@blueprint.post("/new")
@access(ANALYST)
def begin(proposal_id: int):
    """A new form or code table, or a copy of a form."""
    proposal, told = proposals.proposal_of(proposal_id), request.form
    try:
        if told.get("what") == "codes":
            name = files.begin_codes(proposal, told.get("key", "").strip(), told.get("title", ""), actor=current_actor(), clock=clock())
            return redirect(url_for(".codes", proposal_id=proposal_id, name=name), 303)
        key = files.begin_form(proposal, told.get("key", "").strip(), told.get("title", ""), copy_of=told.get("copy_of", ""), actor=current_actor(), clock=clock())
    except PingshenError as error:
        flash(message_of(error), "error")
        return redirect(url_for(".index", proposal_id=proposal_id), 303)
    return redirect(url_for(".edit", proposal_id=proposal_id, key=key), 303)


@blueprint.post("/<key>/take-out")
@access(ANALYST)
def take_out(proposal_id: int, key: str):
    """Takes a form out of the procedure."""
    proposal = proposals.proposal_of(proposal_id)
    files.take_out(proposal, preview.form_path(proposal.procedure, key), actor=current_actor(), clock=clock())
    flash(_("已从方案中去掉表单“%(key)s”。仍在使用它的环节会在“检查”中列出。", key=key), "success")
    return redirect(url_for(".index", proposal_id=proposal_id), 303)


@blueprint.get("/<key>")
@access(*READERS)
def edit(proposal_id: int, key: str):
    """The editor of one form: structure, properties, preview, text."""
    proposal = proposals.proposal_of(proposal_id)
    path = preview.form_path(proposal.procedure, key)
    found = proposals.read_file(proposal, path)
    bundle = proposals.bundle_of(proposal)
    previews = preview.Previews(proposal, key, current_actor(), clock())
    return editor_page(
        "workbench/form_edit.html", proposal, key=key, path=path, file=found, title=filing.title_of(path, found.content or b""), steps=files.steps_of(bundle.procedure(proposal.procedure)).get(key, ()),
        language_table=words.properties(), may_change=may_change(proposal), known=files.known_of(bundle, proposal.procedure) | {"functions": sorted(FUNCTIONS)},
        roles=preview.roles_of(bundle, proposal.procedure), samples=_samples(previews))


def may_change(proposal) -> bool:
    """Whether whoever looks may change the files of this proposal."""
    return proposal.state == "open" and current_actor().has_role(ANALYST.removeprefix("role:"))


def _samples(previews) -> list[str]:
    try:
        return previews.samples()
    except PingshenError:
        return []


@blueprint.post("/<key>/edit")
@access(*READERS)
def change(proposal_id: int, key: str):
    """The text of a form after some edits, and its structure. Saves nothing: the browser saves what it shows."""
    proposal, told = proposals.proposal_of(proposal_id), request.get_json(silent=True) or {}
    text, edits = told.get("text"), told.get("edits")
    if not isinstance(text, str) or len(text) > LARGEST or not isinstance(edits, list) or len(edits) > MOST:
        raise RequestInvalid(why="text, edits")
    path = preview.form_path(proposal.procedure, key)
    newer = edited(text, [read_edit(one) for one in edits], path) if edits else text
    return jsonify(text=newer, **tree.structure(newer, path, proposals.bundle_of(proposal)))


from app.routes.workbench import form_codes, form_previews, form_uses  # noqa: E402,F401  they hang their pages on the blueprint above
