"""The puzzle of the proof that no robot asks, and what the account pages share: documents, the trial's mail."""
from __future__ import annotations

from flask import Blueprint, current_app, jsonify, request

from app.identifiers import DOCUMENTS
from app.people import letters, proofs
from app.routes.access import access
from app.routes.actors import clock

blueprint = Blueprint("proofs", __name__)


@blueprint.get("/proof")
@access("public")
def puzzle():
    """A new puzzle for the browser."""
    return jsonify(proofs.new_puzzle(clock()))


@blueprint.app_context_processor
def names() -> dict:
    """What the templates of accounts call."""
    return {"documents": DOCUMENTS, "demo_letter": _demo_letter, "ask": lambda: proofs.new_question(clock())}


def _demo_letter() -> str:
    """The newest mail's text, in a local trial that delivers none."""
    settings = current_app.config
    if settings["MODE"] != "local" or settings["MAIL_URL"]:
        return ""
    return letters.newest_text(clock())


def ensure_human() -> None:
    """Refuses a form without a fresh proof. Raises ProofNeeded."""
    proofs.ensure_human(request.form, clock())
