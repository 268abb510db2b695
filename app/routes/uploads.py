"""Uploads in pieces, as tus 1.0 says them: creation, offset, pieces with checksums, expiry, termination.

The page's script and any tus client use it; without a script the forms upload as they always did.
"""
from __future__ import annotations

import base64
import binascii
from email.utils import format_datetime

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _

from app.errors import NotFound, RequestInvalid
from app.extensions import limiter
from app.materials import transfers
from app.operations import reading
from app.operations.access import ensure_can_work
from app.rendering.field_types import field_type
from app.routes.access import access
from app.routes.actors import clock, current_actor, find_actor

blueprint = Blueprint("uploads", __name__)
VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
PIECE = "application/offset+octet-stream"


@blueprint.before_request
def _ensure_version() -> Response | None:
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        return Response(status=412, headers={"Tus-Version": VERSION})
    return None


@blueprint.after_request
def _say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@access("signed-in")
def abilities():
    """What this server can do."""
    return Response(status=204, headers={
        "Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(transfers.LARGEST),
        "Tus-Checksum-Algorithm": ",".join(transfers.CHECKSUMS)})


@blueprint.post("/uploads")
@access("signed-in")
@limiter.limit(lambda: current_app.config["UPLOAD_RATE"], key_func=lambda: (find_actor() or current_actor()).id)
def begin():
    """Announces a file: its length, its name, and the task and field that it is for."""
    facts = _metadata(request.headers.get("Upload-Metadata", ""))
    transfer = transfers.begin_transfer(
        facts.get("filename", ""), _number("Upload-Length"), owner=current_actor().id, clock=clock(), **_place(facts))
    return Response(status=201, headers={
        "Location": url_for("uploads.go_on", transfer_id=transfer.id), "Upload-Expires": _expires(transfer)})


@blueprint.route("/uploads/<transfer_id>", methods=["HEAD", "GET"])
@access("signed-in")
def ask(transfer_id: str):
    """How much has come; as GET also what became of it."""
    transfer = _mine(transfer_id)
    facts = {"state": transfer.state, "material": transfer.material_id, "why": transfer.why}
    response = Response(status=200) if request.method == "HEAD" else current_app.json.response(facts)
    if transfer.material_id:
        response.headers["Upload-Material"] = transfer.material_id
    for name, value in {"Upload-Offset": str(transfers.offset_of(transfer)), "Upload-Length": str(transfer.size), "Upload-Expires": _expires(transfer)}.items():
        response.headers[name] = value
    return response


@blueprint.patch("/uploads/<transfer_id>")
@access("signed-in")
def go_on(transfer_id: str):
    """Takes a piece; with the last one looks into the whole file and says which material it became."""
    if request.mimetype != PIECE:
        return Response(status=415)
    transfer = _mine(transfer_id)
    there = transfers.append_piece(
        transfer, _number("Upload-Offset"), request.get_data(cache=False), request.headers.get("Upload-Checksum", ""))
    response = Response(status=204, headers={"Upload-Offset": str(there), "Upload-Expires": _expires(transfer)})
    if there == transfer.size:
        response.headers["Upload-Material"] = transfers.finish_transfer(transfer, clock=clock()).id
    return response


@blueprint.delete("/uploads/<transfer_id>")
@access("signed-in")
def give_up(transfer_id: str):
    """Forgets what has come."""
    transfers.give_up(_mine(transfer_id))
    return Response(status=204)


def _mine(transfer_id: str):
    return transfers.transfer_of(transfer_id, owner=current_actor().id, clock=clock())


def _place(facts: dict) -> dict:
    """Where the file belongs and what may come there; nowhere in particular: into the library."""
    if not facts.get("task"):
        return {}
    view = reading.view_task(facts["task"], current_actor(), clock())
    ensure_can_work(view.task, current_actor())
    table, _dot, column = facts.get("field", "").rpartition(".")
    found = view.form.field(table or column) if view.form else None
    field = next((c for c in found.all_columns() if c.key == column), None) if found and table else found
    if field is None or field.type not in ("file", "photo"):
        raise NotFound()
    return place_of(view, field)


def place_of(view, field) -> dict:
    """What an upload must know of the field it is for."""
    kind = field_type(field)
    return {
        "case_id": view.task.case_id, "task_id": view.task.id, "field": field.key, "label": field.label,
        "accept": [ending for ending in kind.accepted(field) if ending != "jpeg"], "max_mb": kind.taken_mb(field)}


def _metadata(text: str) -> dict[str, str]:
    """tus writes `key base64,key base64`."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _blank, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise RequestInvalid(why=_("Upload-Metadata 不是有效的 base64")) from None
    return found


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise RequestInvalid(why=_("缺少 %(header)s", header=header))
    return int(text)


def _expires(transfer) -> str:
    return format_datetime(transfer.created_at + transfers.KEPT, usegmt=True)
