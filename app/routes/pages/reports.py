"""Reports of a case: the list with what is open for printing, and each as PDF."""
from __future__ import annotations

from flask import Blueprint, Response, render_template

from app.operations import reading
from app.operations.reports import print_report
from app.routes.access import access
from app.routes.actors import clock, current_actor

blueprint = Blueprint("reports", __name__)


@blueprint.get("/cases/<int:case_id>/reports")
@access("signed-in")
def index(case_id: int):
    """What I may print of this case, now or later (S1-208)."""
    actor = current_actor()
    head = reading.view_case(case_id, actor, clock())
    return render_template("pages/reports.html", head=head, reports=reading.report_links(head.case, actor, clock()))


@blueprint.get("/cases/<int:case_id>/reports/<key>.pdf")
@access("signed-in")
def show(case_id: int, key: str):
    """One report as PDF."""
    actor = current_actor()
    case = reading.readable_case(case_id, actor)
    _html, pdf = print_report(case, key, actor=actor, clock=clock())
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{case.number}-{key}.pdf"'})
