"""Files of people and cases: download, preview, small pictures, and one's own library. Uploading is `uploads.py` and the forms."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app import materials
from app.errors import NotFound, UploadRefused
from app.materials.blobs import read_blob
from app.materials.operations import KINDS
from app.operations import reading
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of

blueprint = Blueprint("materials", __name__)
# What a file may do in the browser: be shown, in a frame of ours at most. A PDF's viewer needs more than a picture.
PICTURE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
PDF_POLICY = "script-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
USED = ("", "yes", "no")


@blueprint.get("/materials")
@access("signed-in")
def library():
    """One's own files: search, look, use again, take out (S1-126, S1-127)."""
    return _library()


@blueprint.post("/materials")
@access("signed-in")
def add():
    """Puts files straight into the library; what is refused says why and the others stay."""
    refused = []
    for file in [one for one in request.files.getlist("file") if one.filename]:
        try:
            materials.store_upload(file.read(), file.filename, owner=current_actor().id, clock=clock())
        except UploadRefused as error:
            refused.append(message_of(error))
    for message in refused:
        flash(message, "error")
    return redirect(url_for("materials.library"), 303)


@blueprint.get("/materials/<material_id>")
@access("signed-in")
def show(material_id: str):
    """The file as a download."""
    return _file(materials.material_for(material_id, current_actor()), inline=False)


@blueprint.get("/materials/<material_id>/preview")
@access("signed-in")
def preview(material_id: str):
    """The file in the page: PDF and pictures are shown by the browser."""
    return _file(materials.material_for(material_id, current_actor()), inline=True)


@blueprint.get("/materials/<material_id>/thumbnail")
@access("signed-in")
def thumbnail(material_id: str):
    """Its first page as a small picture."""
    drawn = materials.thumbnail_of(materials.material_for(material_id, current_actor()))
    if drawn is None:
        raise NotFound()
    response = send_file(BytesIO(drawn), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.post("/materials/<material_id>/removal")
@access("signed-in")
def remove(material_id: str):
    """Takes a file out of one's library."""
    materials.remove_material(material_id, owner=current_actor().id, clock=clock())
    flash(_("已从资料库删除；已提交的事项仍保留自己的那一份。"))
    return redirect(url_for("materials.library"), 303)


def _library() -> str:
    asked = {"q": request.args.get("q", "").strip()[:100], "kind": request.args.get("kind", ""), "used": request.args.get("used", "")}
    if asked["kind"] not in ("", *KINDS) or asked["used"] not in USED:
        raise NotFound()
    actor = current_actor()
    return render_template(
        "materials/library.html", files=materials.library_of(actor.id, **asked), asked=asked, room=materials.room_of(actor.id))


def _file(material, *, inline: bool) -> Response:
    response = send_file(
        BytesIO(read_blob(material.served)), mimetype=material.media_type, as_attachment=not inline, download_name=reading.name_of_file(material, current_actor()))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Content-Security-Policy"] = PDF_POLICY if material.media_type == "application/pdf" else PICTURE_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response
