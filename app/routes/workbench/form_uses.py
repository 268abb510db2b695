"""Where fields are used, and a field renamed in every place at once."""
from __future__ import annotations

from flask import jsonify, request, url_for

from app.errors import RequestInvalid
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.workbench.forms import blueprint
from app.routes.workbench.frame import ANALYST, READERS
from app.workbench import proposals, renaming, field_uses


@blueprint.get("/<key>/used-by")
@access(*READERS)
def uses(proposal_id: int, key: str):
    """{field: [{what, kind, file, url}]} of every field of the form as it is saved."""
    proposal = proposals.proposal_of(proposal_id)
    found = field_uses.uses_by_field(proposals.bundle_of(proposal).procedure(proposal.procedure), key)
    return jsonify(uses={field: [_told(proposal_id, use) for use in uses] for field, uses in found.items()})


def _told(proposal_id: int, use) -> dict:
    return {"what": use.what, "kind": use.kind, "file": use.file, "url": _address(proposal_id, use)}


def _address(proposal_id: int, use) -> str:
    """The page where the place can be looked at; "" where no editor shows it."""
    name = use.file.rsplit("/", 1)[1].rsplit(".", 1)[0]
    ways = {"diagram": ("workbench_diagrams.edit", {"name": name}), "table": ("workbench_diagrams.table", {"name": name}),
            "form": ("workbench_forms.edit", {"key": name}), "report": ("workbench_reports.edit", {"key": name})}
    endpoint, values = ways.get(use.kind, ("", {}))
    try:
        return url_for(endpoint, proposal_id=proposal_id, **values, _anchor=use.element.replace(" ", "-")) if endpoint else ""
    except LookupError:  # werkzeug's BuildError: this editor has another address
        return ""


@blueprint.post("/<key>/rename")
@access(ANALYST)
def rename(proposal_id: int, key: str):
    """What renaming a field (or column, `table.column`) would change; with `apply`, changes it: all files or none."""
    proposal, told = proposals.proposal_of(proposal_id), request.get_json(silent=True) or {}
    field, new = told.get("field"), told.get("new")
    if not isinstance(field, str) or not isinstance(new, str):
        raise RequestInvalid(why="field, new")
    plan = renaming.plan_of(proposal, key, field, new)
    if told.get("apply"):
        renaming.rename(proposal, plan, actor=current_actor(), clock=clock())
    return jsonify(changes=[{"file": one.file, "line": one.line, "before": one.before, "after": one.after} for one in plan.changes], left=[_told(proposal_id, use) for use in plan.left])
