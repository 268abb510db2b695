"""Certificates: the holder's list and PDF, and the public check."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for

from app import certificates
from app.certificates.numbers import tidy_code
from app.extensions import limiter
from app.materials import materials_by_id
from app.materials.blobs import read_blob
from app.routes.access import access
from app.routes.actors import current_actor

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/certificates")
@access("signed-in")
def index():
    """One's own certificates."""
    return render_template("certificates/list.html", certificates=certificates.certificates_of(current_actor()))


@blueprint.get("/certificates/<path:number>.pdf")
@access("signed-in")
def download(number: str):
    """The PDF as it was signed."""
    certificate = certificates.certificate_for(number, current_actor())
    material = materials_by_id([certificate.material_id])[certificate.material_id]
    return send_file(
        BytesIO(read_blob(certificate.pdf_digest)), mimetype="application/pdf", as_attachment=True, download_name=material.name)


@blueprint.get("/verify")
@access("public")
def ask():
    """Asks for the code on a certificate."""
    if request.args.get("code"):
        return redirect(url_for("certificates.verify", code=tidy_code(request.args["code"]) or "-"))
    return render_template("certificates/verify.html", code="", asked=False, found=None)


@blueprint.get("/verify/<code>")
@access("public")
@limiter.limit(lambda: current_app.config["VERIFY_RATE"])
def verify(code: str):
    """Whether a certificate is real, with as few facts as show it; never kept by a cache (E-11)."""
    found = certificates.verify_code(code)
    page = render_template("certificates/verify.html", code=tidy_code(code), asked=True, found=found)
    return page, 200 if found else 404, {"Cache-Control": "no-store"}
