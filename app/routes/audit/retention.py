"""保管与清除: rules, dry runs and their reports, legal holds, people's wishes for deletion.

Auditors and administrators read; administrators act, and what cannot be undone takes two of them.
"""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from app.errors import NotFound
from app.jobs import Job, progress_of
from app.retention import holds, reading, reports, requests, rules, runs
from app.retention.classes import CLASSES, class_words, table_words
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, audit_page
from app.routes.workbench.refusals import said_on_page
from app.store import session

blueprint = Blueprint("audit_retention", __name__, url_prefix="/audit/retention")
ADMINISTRATOR = "role:administrator"
READERS = (AUDITOR, ADMINISTRATOR)


def _page(template: str, **values) -> str:
    actor = current_actor()
    return audit_page(template, acts=actor.has_role("administrator"), reader=actor.id, classes=CLASSES, class_words=class_words, table_words=table_words,
                      waiting=reading.waiting(), **values)


def _here(**_values) -> str:
    return url_for("audit_retention.index")


def _run(run_id: int) -> str:
    return url_for("audit_retention.run", run_id=run_id)


def _rule(data_class: str) -> str:
    return url_for("audit_retention.rule", data_class=data_class, procedure=request.form.get("procedure") or None)


def _holds(**_values) -> str:
    return url_for("audit_retention.held")


def _request(request_id: str) -> str:
    return url_for("audit_retention.asked", request_id=request_id)


@blueprint.get("")
@access(*READERS)
def index():
    """The rules by class, and the runs."""
    return _page("audit/retention.html", lines=rules.rules(), procedures=reading.procedures())


@blueprint.get("/rules/<data_class>")
@access(*READERS)
def rule(data_class: str):
    """One rule with its history."""
    known, procedure = CLASSES.get(data_class), request.args.get("procedure", "")
    if known is None or known.unit == "kept" or procedure and procedure not in reading.procedures():
        raise NotFound()
    return _page("audit/retention_rule.html", known=known, procedure=procedure, procedures=reading.procedures(),
                 now=rules.rule_for(data_class, procedure), history=rules.history_of(data_class, procedure))


@blueprint.post("/rules/<data_class>")
@access(ADMINISTRATOR)
@said_on_page(_rule)
def change(data_class: str):
    """Changes a rule, with a reason."""
    form = request.form
    rules.change_rule(data_class, form.get("procedure", ""), months=form.get("months", 0, type=int), action=form.get("action", ""),
                      active="active" in form, reason=form.get("reason", ""), actor=current_actor(), clock=clock())
    flash(_("规则已保存，改动已记录。"))
    return redirect(_rule(data_class), 303)


@blueprint.get("/runs")
@access(*READERS)
def made():
    """Every run, newest first."""
    return _page("audit/retention_runs.html", page=reading.runs(cursor=request.args.get("cursor", "")))


@blueprint.post("/runs")
@access(ADMINISTRATOR)
@said_on_page(_here)
def plan():
    """A dry run over the ticked rules."""
    chosen = [tuple(one.split("|", 1)) for one in request.form.getlist("rule") if "|" in one]
    return redirect(_run(runs.plan_run(chosen, actor=current_actor(), clock=clock()).id), 303)


@blueprint.get("/runs/<int:run_id>")
@access(*READERS)
def run(run_id: int):
    """What a run would take or has taken, and what stays and why."""
    found = runs.run_of(run_id)
    job = session().get(Job, found.job_id) if found.job_id else None
    lines = reading.lines_of(run_id, stays=request.args.get("show") == "stays", cursor=request.args.get("cursor", ""))
    return _page("audit/retention_run.html", run=found, sums=reading.sums_of(run_id), totals=reports.totals_of(run_id), page=lines,
                 undone=reports.undone_of(found) if found.state == "done" else (), progress=progress_of(job, clock()) if job else None,
                 barred=current_actor().id in {found.planned_by, *(one.get("switched_by") for one in found.rules)})


@blueprint.post("/runs/<int:run_id>/approve")
@access(ADMINISTRATOR)
@said_on_page(_run)
def approve(run_id: int):
    """The second person's word."""
    runs.approve_run(run_id, actor=current_actor(), clock=clock())
    flash(_("已批准，正在清除。可离开本页。"))
    return redirect(_run(run_id), 303)


@blueprint.post("/runs/<int:run_id>/refuse")
@access(ADMINISTRATOR)
@said_on_page(_run)
def refuse(run_id: int):
    """Ends a plan."""
    runs.refuse_run(run_id, reason=request.form.get("reason", ""), actor=current_actor(), clock=clock())
    flash(_("已退回，什么也没有清除。"))
    return redirect(_run(run_id), 303)


@blueprint.get("/runs/<int:run_id>/report.<kind>")
@access(*READERS)
def report(run_id: int, kind: str):
    """The signed report: PDF to read, JSON to check."""
    found = runs.run_of(run_id)
    if found.report is None or kind not in ("pdf", "json"):
        raise NotFound()
    content, media = (reports.as_pdf(found), "application/pdf") if kind == "pdf" else (reports.as_json(found), "application/json")
    return send_file(BytesIO(content), mimetype=media, as_attachment=True, download_name=f"retention-{run_id}.{kind}")


@blueprint.get("/holds")
@access(*READERS)
def held():
    """Legal holds, and a form for a new one."""
    return _page("audit/retention_holds.html", lines=holds.holds(), alive={one.id for one in holds.holds(alive=True, clock=clock())}, kinds=holds.KINDS,
                 given={name: request.args.get(name, "")[:100] for name in ("kind", "subject")})


@blueprint.post("/holds")
@access(ADMINISTRATOR)
@said_on_page(_holds)
def hold():
    """Places a hold."""
    form = request.form
    cases = reading.cases_numbered(form.get("numbers", "")) if form.get("kind") == "sample" else None
    holds.place_hold(form.get("kind", ""), form.get("subject", ""), reason=form.get("reason", ""), until=form.get("until", ""), actor=current_actor(), clock=clock(), cases=cases)
    flash(_("已保全，任何清除都不会动它。"))
    return redirect(_holds(), 303)


@blueprint.post("/holds/<int:hold_id>/lift")
@access(ADMINISTRATOR)
@said_on_page(_holds)
def lift(hold_id: int):
    """Ends a hold, with a reason."""
    holds.lift_hold(hold_id, reason=request.form.get("reason", ""), actor=current_actor(), clock=clock())
    flash(_("保全已解除，并已记录。"))
    return redirect(_holds(), 303)


@blueprint.get("/requests")
@access(*READERS)
def wishes():
    """People's wishes for deletion."""
    return _page("audit/retention_requests.html", lines=requests.requests())


@blueprint.get("/requests/<request_id>")
@access(*READERS)
def asked(request_id: str):
    """One wish: what is kept and why, what was proposed."""
    found = requests.request_of(request_id)
    return _page("audit/retention_request.html", asked=found, kept=requests.why_kept(found.row, clock()), proposals=requests.PROPOSALS, run=requests.run_for(found.row))


@blueprint.post("/requests/<request_id>/propose")
@access(ADMINISTRATOR)
@said_on_page(_request)
def propose(request_id: str):
    """The first person's proposal."""
    requests.propose(request_id, request.form.get("what", ""), request.form.get("answer", ""), actor=current_actor(), clock=clock())
    flash(_("处理意见已提交，等另一位管理员批准。"))
    return redirect(_request(request_id), 303)


@blueprint.post("/requests/<request_id>/decide")
@access(ADMINISTRATOR)
@said_on_page(_request)
def decide(request_id: str):
    """The second person's word."""
    requests.decide(request_id, request.form.get("agreed") == "yes", actor=current_actor(), clock=clock())
    flash(_("已办理，并已通知本人。") if request.form.get("agreed") == "yes" else _("处理意见已退回。"))
    return redirect(_request(request_id), 303)
