"""Files of people and cases: download, preview, and one's own library. Uploading is part of the form's pages and the API."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, redirect, render_template, send_file, url_for

from app import materials
from app.materials.blobs import read_blob
from app.routes.access import access
from app.routes.actors import clock, current_actor

blueprint = Blueprint("materials", __name__)
# What a file may do in the browser: be shown, in a frame of ours at most. A PDF's viewer needs more than a picture.
PICTURE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
PDF_POLICY = "script-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"


@blueprint.get("/materials")
@access("signed-in")
def library():
    """One's own files, for looking and for taking out (S1-126)."""
    return render_template("materials/library.html", materials=materials.library_of(current_actor().id))


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


@blueprint.post("/materials/<material_id>/removal")
@access("signed-in")
def remove(material_id: str):
    """Takes a file out of one's library."""
    materials.remove_material(material_id, owner=current_actor().id, clock=clock())
    return redirect(url_for("materials.library"), 303)


def _file(material, *, inline: bool) -> Response:
    response = send_file(
        BytesIO(read_blob(material.served)), mimetype=material.media_type, as_attachment=not inline, download_name=material.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Content-Security-Policy"] = PDF_POLICY if material.media_type == "application/pdf" else PICTURE_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response
