"""Reports of a case: which there are for whom, and one rendered as PDF. The template asks, this gathers."""
from __future__ import annotations

from app import rendering
from app.errors import NotFound
from app.operations import releases
from app.operations.contexts import case_context, holds
from app.store.models import Case


def reports_of(case: Case, *, actor, clock) -> list:
    """The reports of the case that this actor may print now."""
    procedure = releases.procedure_of(case.release)
    context = case_context(case, actor=actor, clock=clock)
    return [report for report in procedure.reports.values() if _open_to(report, case, actor) and holds(report.available_when, context)]


def _open_to(report, case: Case, actor) -> bool:
    if not report.roles:
        return True
    held = {role for role, _organisation in actor.roles}
    return bool(held & set(report.roles))


def print_report(case: Case, key: str, *, actor, clock) -> tuple[str, bytes]:
    """(HTML, PDF) of a report that this actor may print. Raises NotFound."""
    if key not in {report.key for report in reports_of(case, actor=actor, clock=clock)}:
        raise NotFound()
    return render_case_report(case, key, {}, actor=actor, clock=clock)


def render_case_report(case: Case, key: str, extra: dict, *, actor, clock) -> tuple[str, bytes]:
    """(HTML, PDF) of a report of the case's release; `extra` joins what the template sees."""
    procedure = releases.procedure_of(case.release)
    report = procedure.reports.get(key)
    if report is None:
        raise NotFound()
    context = case_context(case, actor=actor, clock=clock)
    context["form"] = dict(context["form"])
    context["case"] |= {"summary": case.summary, "result": case.result, "stage": case.stage, "version": case.version}
    return rendering.render_report(report.template, context | extra, forms=procedure.forms)
