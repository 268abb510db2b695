"""审计: the chain, the heads and where they are anchored."""
from __future__ import annotations

from io import BytesIO

import orjson
from flask import Blueprint, current_app, redirect, send_file, url_for

from app import jobs
from app.errors import NotFound
from app.proof import gaps, journal, showing, signers
from app.proof import jobs as proof_jobs
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, audit_page

blueprint = Blueprint("audit_proof", __name__, url_prefix="/audit/proof")
READERS = (AUDITOR, "role:administrator")


@blueprint.get("")
@access(*READERS)
def index():
    """How the chain stands: last verification, heads and where they got to, keys, gaps."""
    mine = proof_jobs.latest_job_of(current_actor())
    return audit_page("audit/proof.html", standing=showing.standing(clock()), verifications=showing.verifications(), keys=signers.known_keys(),
                      fingerprint=signers.fingerprint, gaps=gaps.gaps(), kinds=showing.KIND_WORDS, sink_kinds=showing.SINK_WORDS,
                      progress=jobs.progress_of(mine, clock()) if mine else None, every=current_app.config["ANCHOR_EVERY"])


@blueprint.post("/verifications")
@access(*READERS)
def verify():
    """Verifies everything, as a job."""
    proof_jobs.verify_now(actor=current_actor(), clock=clock())
    return redirect(url_for(".index"), 303)


@blueprint.get("/verifications/<int:verification_id>")
@access(*READERS)
def verification(verification_id: int):
    """What one verification found, the first faults one by one."""
    found = showing.verification(verification_id)
    if found is None:
        raise NotFound()
    return audit_page("audit/verification.html", found=found, kinds=showing.KIND_WORDS)


@blueprint.get("/heads.jsonl")
@access(*READERS)
def heads():
    """All heads, to be checked elsewhere."""
    if not journal.journal().exists():
        raise NotFound()
    return send_file(journal.journal(), mimetype="application/x-ndjson", as_attachment=True, download_name="heads.jsonl")


@blueprint.get("/public-keys.json")
@access(*READERS)
def public_keys():
    """The public keys that check heads, each signed by the one in force."""
    content = orjson.dumps(signers.public_keys(), option=orjson.OPT_INDENT_2)
    return send_file(BytesIO(content), mimetype="application/json", as_attachment=True, download_name="public-keys.json")
