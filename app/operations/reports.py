"""Reports of a case: which there are for whom, and one rendered as PDF. The template asks, this gathers."""
from __future__ import annotations

import sqlalchemy as sa

from app import rendering
from app.errors import NotFound
from app.operations import releases
from app.operations.choices import CaseChoices
from app.operations.contexts import case_context, holds
from app.store import session
from app.store.models import Case, Draft, Task


def reports_of(case: Case, *, actor, clock) -> list:
    """The reports of the case that this actor may print now."""
    procedure = releases.procedure_of(case.release)
    context = case_context(case, actor=actor, clock=clock)
    return [report for report in procedure.reports.values() if can_print(report, case, actor) and holds(report.available_when, context)]


def can_print(report, case: Case, actor) -> bool:
    """Whether the report is for one of this actor's roles; a starter's own role is held by nobody, but by the starter here."""
    held = {role for role, _organisation in actor.roles}
    if held & set(report.roles):
        return True
    starters = set(releases.process_of(case).starters)
    return case.starter_id == actor.id and ("*" in report.roles or bool(starters & set(report.roles)))


def print_report(case: Case, key: str, *, actor, clock) -> rendering.Report:
    """A report that this actor may print. Raises NotFound."""
    if key not in {report.key for report in reports_of(case, actor=actor, clock=clock)}:
        raise NotFound()
    return render_case_report(case, key, {}, actor=actor, clock=clock)


def render_case_report(case: Case, key: str, extra: dict, *, actor, clock) -> rendering.Report:
    """A report of the case's release; `extra` joins what the template sees. Unpacks as (HTML, PDF)."""
    report = releases.procedure_of(case.release).reports.get(key)
    if report is None:
        raise NotFound()
    context = case_context(case, actor=actor, clock=clock)
    context["form"] = dict(context["form"]) | _typed_so_far(case, actor)
    context |= {"labels": _in_words(case, context, actor), "version": _version(case), "person": context["actor"]}
    context["case"] |= {"summary": case.summary, "result": case.result, "stage": case.stage}
    return rendering.render_report(report.template, context | extra)


def _typed_so_far(case: Case, actor) -> dict:
    """Drafts of the actor's own open tasks: some reports are printed and signed before the form is submitted."""
    rows = session().execute(
        sa.select(Task.form, Draft.data).join(Draft, Draft.task_id == Task.id)
        .where(Task.case_id == case.id, Task.state == "open", Draft.person_id == actor.id)
    )
    return {form: data for form, data in rows}


def _in_words(case: Case, context: dict, actor) -> dict:
    procedure = releases.procedure_of(case.release)
    choices = CaseChoices(case.release, case, actor)
    known = {key: answers for key, answers in context["form"].items() if key in procedure.forms}
    return {key: rendering.printed(procedure.forms[key], answers, context, choices) for key, answers in known.items()}


def _version(case: Case) -> str:
    """Which release and how many events the report was made from."""
    return f"{case.release[:8]} · {case.events}"
