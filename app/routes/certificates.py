"""Certificates: the holder's list and PDF, the public check, and the keys with which anybody verifies them."""
from __future__ import annotations

from io import BytesIO

import limits
from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, send_file, url_for

from app import certificates
from app.certificates import signing, verification
from app.certificates.numbers import tidy_code
from app.errors import ProofNeeded
from app.extensions import limiter
from app.materials import materials_by_id
from app.materials.blobs import read_blob
from app.people import proofs
from app.routes.access import access
from app.routes.actors import clock, current_actor, find_actor
from app.routes.errors import message_of

blueprint = Blueprint("certificates", __name__)
NO_STORE = {"Cache-Control": "no-store"}  # a revocation is seen at the next look (E-11)
EACH = limiter.limit(lambda: current_app.config["VERIFY_RATE"])
ALL = limiter.shared_limit(lambda: current_app.config["VERIFY_RATE_ALL"], scope="verify", key_func=lambda: "all")


@blueprint.get("/certificates")
@access("signed-in")
def index():
    """One's own certificates, and who asked about them."""
    mine = certificates.certificates_of(current_actor())
    return render_template("certificates/list.html", certificates=mine, checks=verification.checks_of([one.id for one in mine]))


@blueprint.get("/certificates/<path:number>.pdf")
@access("signed-in")
def download(number: str):
    """The PDF as it was signed; an earlier edition when it is named."""
    certificate = certificates.certificate_for(number, current_actor(), request.args.get("edition", 0, int))
    material = materials_by_id([certificate.material_id])[certificate.material_id]
    return send_file(
        BytesIO(read_blob(certificate.pdf_digest)), mimetype="application/pdf", as_attachment=True, download_name=material.name)


@blueprint.get("/certificates/<path:number>.sig.json")
@access("signed-in")
def signature(number: str):
    """What was signed, and the signature: with the PDF and the published key anybody verifies it without this service."""
    certificate = certificates.certificate_for(number, current_actor(), request.args.get("edition", 0, int))
    return jsonify(signing.proof_of(certificate)), {"Content-Disposition": "attachment; filename=certificate.sig.json"}


@blueprint.get("/.well-known/certificate-keys.json")
@access("public")
def keys():
    """The public keys of all signatures ever made here."""
    return jsonify(keys=signing.public_keys())


@blueprint.get("/verify")
@access("public")
def ask():
    """Asks for the code on a certificate, or for number and name, or for the file."""
    if request.args.get("code"):
        return redirect(url_for("certificates.verify", code=tidy_code(request.args["code"]) or "-"))
    return _page("code")


@blueprint.get("/verify/<code>")
@access("public")
@EACH
@ALL
def verify(code: str):
    """Whether a certificate is real, with as few facts as show it; never kept by a cache (E-11)."""
    return _answer("code", certificates.verify_code(code), code=tidy_code(code))


@blueprint.post("/verify/number")
@access("public")
@EACH
@ALL
def verify_number():
    """The same by number and name; after a few wrong ones of this address only with a proof that no robot asks."""
    number, name = request.form.get("number", "").strip(), request.form.get("name", "").strip()
    try:
        if _is_suspect():
            proofs.ensure_human(request.form, clock())
    except ProofNeeded as error:
        return _page("number", problem=message_of(error), number=number, name=name), 403, NO_STORE
    found = certificates.verify_number(number, name) if number and name else None
    if found is None:
        limiter.limiter.hit(*_tries())
    return _answer("number", found, number=number, name=name)


@blueprint.post("/verify/file")
@access("public")
@EACH
@ALL
def verify_file():
    """Whether a PDF is byte for byte one that was issued; it is not kept."""
    file = request.files.get("file")
    return _answer("file", certificates.verify_file(file.read() if file else b""))


def _answer(way: str, found, **typed) -> tuple[str, int, dict]:
    if found is not None:
        verification.note_check(found, way, find_actor(), clock())
    return _page(way, asked=True, found=found, **typed), 200 if found else 404, NO_STORE


def _page(way: str, *, asked: bool = False, found=None, problem: str = "", **typed) -> str:
    puzzle = proofs.new_question(clock()) if _is_suspect() else None
    return render_template("certificates/verify.html", way=way, asked=asked, found=found, problem=problem, puzzle=puzzle, typed=typed, actor=find_actor())


def _is_suspect() -> bool:
    return not limiter.limiter.test(*_tries())


def _tries() -> tuple:
    free = int(current_app.config["VERIFY_FREE_TRIES"])
    return limits.RateLimitItemPerHour(free), "verify-wrong", request.remote_addr or ""


def no_index(answer: Response) -> Response:
    """Search engines keep nothing of what a check says."""
    if request.endpoint and request.endpoint.startswith("certificates.verify"):
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


blueprint.after_request(no_index)
