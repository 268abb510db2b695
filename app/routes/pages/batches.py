"""The members of a batch: who travels in it, since when and why; as a page and as a workbook."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, render_template, request, send_file

from app.operations import reading
from app.operations.reading import batchpages
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.sheets import XLSX

blueprint = Blueprint("batches", __name__)


@blueprint.get("/cases/<int:case_id>/members")
@access("signed-in")
def show(case_id: int):
    """The members of a batch and what changed in it; the state shown is in the address."""
    actor, state = current_actor(), request.args.get("state", "")
    head = reading.view_case(case_id, actor, clock())
    state = state if state in batchpages.STATES else ""
    return render_template(
        "pages/members.html", head=head, batch=batchpages.view_batch(head.case, actor, state), state=state, states=batchpages.state_words(),
        kinds=batchpages.revision_words())


@blueprint.get("/cases/<int:case_id>/members.xlsx")
@access("signed-in")
def book(case_id: int):
    """The members as a workbook."""
    case = reading.readable_case(case_id, current_actor())
    content = batchpages.members_book(case, current_actor())
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{case.number}.xlsx")
