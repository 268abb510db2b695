"""流程图, 决策表: the editors of diagrams and decision tables."""
from __future__ import annotations

from flask import Blueprint, jsonify, redirect, request, url_for

from app.errors import NotFound
from app.routes.access import access, may_call
from app.routes.actors import clock, current_actor
from app.routes.workbench.frame import ANALYST, READERS, editor_page, proposal_page
from app.routes.workbench.refusals import said_on_page
from app.workbench import diagramming, findings, proposals, vocabulary
from app.workbench.element_templates import templates_of

blueprint = Blueprint("workbench_diagrams", __name__, url_prefix="/workbench/<int:proposal_id>/diagrams")
KINDS = {"diagrams": "diagram", "tables": "table"}


def _list(proposal_id: int, **_values) -> str:
    return url_for("workbench_diagrams.index", proposal_id=proposal_id)


@blueprint.get("")
@access(*READERS)
def index(proposal_id: int):
    """Every diagram and decision table of the proposal."""
    proposal = proposals.proposal_of(proposal_id)
    drawings = diagramming.drawings_of(proposal, findings.findings_of(proposal, clock()))
    return proposal_page("workbench/diagrams.html", proposal, drawings=drawings, may_edit=_may_edit(proposal))


@blueprint.post("")
@access(ANALYST)
@said_on_page(_list)
def add(proposal_id: int):
    """Adds an empty diagram or table and opens it."""
    proposal = proposals.proposal_of(proposal_id)
    kind = "table" if request.form.get("kind") == "table" else "diagram"
    stem = request.form.get("name", "").strip()
    diagramming.add_drawing(proposal, kind, stem, request.form.get("title", ""), actor=current_actor(), clock=clock())
    return redirect(_address(proposal, kind, stem), 303)


@blueprint.post("/<any(diagrams, tables):kind>/<name>/<any(copy, rename, remove, restore):what>")
@access(ANALYST)
@said_on_page(_list)
def change(proposal_id: int, kind: str, name: str, what: str):
    """Copies, renames, takes out or brings back a file."""
    proposal, who = proposals.proposal_of(proposal_id), {"actor": current_actor(), "clock": clock()}
    other = request.form.get("name", "").strip()
    if what in ("copy", "rename"):
        verb = diagramming.copy_drawing if what == "copy" else diagramming.rename_drawing
        verb(proposal, KINDS[kind], name, other, **who)
        return redirect(_address(proposal, KINDS[kind], other), 303)
    verb = diagramming.take_out if what == "remove" else diagramming.bring_back
    verb(proposal, KINDS[kind], name, **who)
    return redirect(_list(proposal_id), 303)


@blueprint.get("/<name>")
@access(*READERS)
def edit(proposal_id: int, name: str):
    """The editor of a diagram; a picture for who may not change it."""
    return _editor("workbench/diagram_edit.html", proposal_id, "diagram", name)


@blueprint.get("/tables/<name>")
@access(*READERS)
def table(proposal_id: int, name: str):
    """The editor of a decision table."""
    return _editor("workbench/table_edit.html", proposal_id, "table", name)


@blueprint.get("/vocabulary.json")
@access(*READERS)
def words(proposal_id: int):
    """What can be chosen and named in the diagrams."""
    return jsonify(vocabulary.vocabulary_of(proposals.proposal_of(proposal_id)))


@blueprint.get("/templates.json")
@access(*READERS)
def templates(proposal_id: int):
    """Element templates for the editor, and for Camunda Modeler."""
    proposal = proposals.proposal_of(proposal_id)
    name = request.args.get("diagram", "")
    path = diagramming.path_of(proposal, "diagram", name) if name else ""
    return jsonify(templates_of(vocabulary.vocabulary_of(proposal), path))


@blueprint.get("/standing.json")
@access(*READERS)
def standing(proposal_id: int):
    """Which version of a file stands, and who saved it: two people in one file are noticed."""
    found = proposals.read_file(proposals.proposal_of(proposal_id), request.args.get("path", ""))
    return jsonify(version=found.version, by=found.by, at=found.at.isoformat() if found.at else "")


@blueprint.post("/expression")
@access(ANALYST)
def expression(proposal_id: int):
    """What is wrong with an expression at a place of a diagram or table, by the linter's own checks."""
    asked = request.get_json(silent=True) or {}
    text, kind, file, element = (str(asked.get(name) or "") for name in ("text", "kind", "file", "element"))
    found = vocabulary.problems_of(proposals.proposal_of(proposal_id), text, kind=kind, file=file, element=element,
                                   repeated=bool(asked.get("repeated")), now=clock()())
    return jsonify(problems=[{"code": one.code, "severity": one.severity, "message": one.message} for one in found])


@blueprint.get("/cells.json")
@access(*READERS)
def cells(proposal_id: int):
    """The faults of the cells of a decision table."""
    return jsonify(cells=vocabulary.cells_of(proposals.proposal_of(proposal_id), request.args.get("path", "")))


def _editor(template: str, proposal_id: int, kind: str, name: str):
    proposal = proposals.proposal_of(proposal_id)
    path = diagramming.path_of(proposal, kind, name)
    found = proposals.read_file(proposal, path)
    if found.content is None:
        raise NotFound()
    drawing = next(one for one in diagramming.drawings_of(proposal) if one.path == path)
    return editor_page(template, proposal, drawing=drawing, found=found, may_edit=_may_edit(proposal) and "view" not in request.args)


def _may_edit(proposal) -> bool:
    return proposal.state == "open" and may_call((ANALYST,), current_actor())


def _address(proposal, kind: str, name: str) -> str:
    return url_for(".table" if kind == "table" else ".edit", proposal_id=proposal.id, name=name)
