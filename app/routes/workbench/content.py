"""The files of a proposal for the editors in the browser: read one with its version, save it against that version."""
from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from app.errors import ProposalConflict, RequestInvalid
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.workbench.frame import ANALYST, READERS
from app.workbench import proposals

blueprint = Blueprint("workbench_content", __name__, url_prefix="/workbench/<int:proposal_id>/content")


@blueprint.get("/<path:path>")
@access(*READERS)
def read(proposal_id: int, path: str):
    """The bytes of a file; its version in ETag."""
    found = proposals.read_file(proposals.proposal_of(proposal_id), path)
    return Response(found.content, mimetype="text/plain", headers={"ETag": f'"{found.version}"'})


@blueprint.put("/<path:path>")
@access(ANALYST)
def save(proposal_id: int, path: str):
    """Saves a file against the version of If-Match. 409 with what the other one saved, when there is a newer one."""
    try:
        version = proposals.save_file(proposal_id, path, request.get_data(), expected=_expected(), actor=current_actor(), clock=clock(), keep=False)
    except ProposalConflict as error:
        theirs = error.theirs.decode("utf-8", "replace") if error.theirs is not None else None
        return jsonify(code=error.code, message=message_of(error), version=error.version, theirs=theirs, by=error.by), 409
    return jsonify(version=version)


@blueprint.delete("/<path:path>")
@access(ANALYST)
def take_out(proposal_id: int, path: str):
    """Takes a file out of the procedure."""
    return jsonify(version=proposals.save_file(proposal_id, path, None, expected=_expected(), actor=current_actor(), clock=clock()))


def _expected() -> int:
    told = request.headers.get("If-Match", "").strip('"')
    if not told.isascii() or not told.isdecimal() or len(told) > 9:
        raise RequestInvalid(why="If-Match")
    return int(told)
