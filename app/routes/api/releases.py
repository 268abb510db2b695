"""Processes that I may start, and the diagrams of releases."""
from __future__ import annotations

from flask import Response

from app.errors import NotFound
from app.operations.releases import procedure_of, startable
from app.routes.access import access
from app.routes.actors import current_actor
from app.routes.api import shapes
from app.routes.api.blueprints import ApiBlueprint

blueprint = ApiBlueprint("api_releases", __name__, description="Processes and their releases")


class WhichProcess(shapes.Schema):
    process = shapes.fields.String(load_default="")


@blueprint.get("/processes")
@access("signed-in")
@blueprint.response(200, shapes.Processes)
def list_startable():
    """The processes I may start."""
    return {"processes": startable(current_actor())}


@blueprint.get("/releases/<digest>/diagram")
@access("signed-in")
@blueprint.arguments(WhichProcess, location="query")
@blueprint.response(200, content_type="application/xml")
def diagram(query, digest):
    """The BPMN of a process of a release; of its first one when none is named."""
    procedure = procedure_of(digest)
    process = query["process"] or next(iter(procedure.processes))
    if process not in procedure.processes:
        raise NotFound()
    return Response(procedure.files[procedure.processes[process]], mimetype="application/xml")
