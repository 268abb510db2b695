"""Reports: the list of a case, the print centre over all of one's cases, each report as PDF, and lists over many cases."""
from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request, url_for

from app.errors import AnswersInvalid
from app.operations import list_reports, reading
from app.operations.reports import print_report
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.pages.forms import CaseUrls, Sheet

blueprint = Blueprint("reports", __name__)


@dataclass(frozen=True)
class ListUrls(CaseUrls):
    """Addresses inside the form that is asked before a list is printed."""

    key: str

    def refresh(self, section: str) -> str:
        return url_for("reports.refresh", key=self.key, section=section)


@blueprint.get("/cases/<int:case_id>/reports")
@access("signed-in")
def index(case_id: int):
    """What I may print of this case, now or later (S1-208)."""
    actor = current_actor()
    head = reading.view_case(case_id, actor, clock())
    return render_template("pages/reports.html", head=head, reports=reading.report_links(head.case, actor, clock()))


@blueprint.get("/reports")
@access("signed-in")
def centre():
    """What I may print of all my cases (用户中心 → 打印)."""
    q = request.args.get("q", "").strip()[:100]
    page = reading.print_centre(current_actor(), clock(), q=q, cursor=request.args.get("cursor", ""))
    return render_template("pages/print_centre.html", page=page, q=q)


@blueprint.get("/cases/<int:case_id>/reports/<key>.pdf")
@access("signed-in")
def show(case_id: int, key: str):
    """One report as PDF."""
    actor = current_actor()
    case = reading.readable_case(case_id, actor)
    return _pdf(print_report(case, key, actor=actor, clock=clock()).pdf, f"{case.number}-{key}")


@blueprint.get("/reports/over/<key>")
@access("signed-in")
def ask(key: str):
    """Whom the list names, and what is asked before it is printed."""
    return _asking(_chosen(key, request.args))


@blueprint.post("/reports/over/<key>")
@access("signed-in")
def over(key: str):
    """The list as PDF; without `go`, what is asked before: the boxes of a long list are sent here by POST."""
    chosen = _chosen(key, request.form)
    if "go" not in request.form:
        return _asking(chosen)
    sheet = _sheet(chosen)
    if sheet:
        sheet.read_all()
    try:
        drawn = list_reports.print_list(chosen, sheet.raw if sheet else {}, actor=current_actor(), clock=clock())
    except AnswersInvalid as error:
        return _asking(chosen, sheet, error.fields), 422
    return _pdf(drawn.pdf, key)


@blueprint.post("/reports/over/<key>/sections/<section>")
@access("signed-in")
def refresh(key: str, section: str):
    """A section of the asked form anew, after a field changed that others depend on."""
    sheet = _sheet(_chosen(key, request.form))
    if sheet is None:
        return ""
    sheet.read_all()
    shown = sheet.section(section)
    return sheet.draw(shown) if shown else ""


def _chosen(key: str, sent) -> list_reports.Chosen:
    ids = [int(one) for one in sent.getlist("case") if one.isascii() and one.isdigit() and len(one) < 19]
    return list_reports.choose(key, ids, actor=current_actor(), clock=clock())


def _sheet(chosen) -> Sheet | None:
    if chosen.form is None:
        return None
    answers, context, choices = list_reports.asking(chosen, actor=current_actor(), clock=clock())
    return Sheet(chosen.form, answers, context, choices, ListUrls(0, chosen.report.key))


def _asking(chosen, sheet: Sheet | None = None, errors: dict | None = None) -> str:
    sheet = sheet or _sheet(chosen)
    parts = [sheet.draw(section, errors) for section in sheet.shown()] if sheet else []
    return render_template("pages/print_list.html", chosen=chosen, parts=parts, faults=len(errors or {}))


def _pdf(content: bytes, name: str) -> Response:
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})
