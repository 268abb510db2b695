"""批量作业: long work that somebody asked for, how far it is, and what came of each item."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from app import jobs
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.sheets import XLSX

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")
STATES = ("waiting", "done", "failed", "stopped")


@blueprint.get("")
@access("signed-in")
def index():
    """My jobs, newest first."""
    page = jobs.jobs_of(current_actor(), cursor=request.args.get("cursor", ""))
    return render_template("jobs/list.html", page=page, shown=[jobs.progress_of(job, clock()) for job in page.rows])


@blueprint.get("/<job_id>")
@access("signed-in")
def show(job_id: str):
    """One of my jobs: progress while it runs, each item with its reason."""
    job, state = jobs.job_of(job_id, current_actor()), request.args.get("state", "")
    if job.state == "prepared":
        return redirect(url_for("bulk.show", job_id=job_id))
    state = state if state in STATES else ""
    return render_template("jobs/show.html", job=job, progress=jobs.progress_of(job, clock()), state=state,
                           items=jobs.items_of(job, state=state, cursor=request.args.get("cursor", "")))


@blueprint.get("/<job_id>/excel")
@access("signed-in")
def export(job_id: str):
    """The report of a job as a workbook."""
    job = jobs.job_of(job_id, current_actor())
    return send_file(BytesIO(jobs.report_of(job)), mimetype=XLSX, as_attachment=True, download_name=f"{job.title}.xlsx")


@blueprint.post("/<job_id>/stop")
@access("signed-in")
def stop(job_id: str):
    """Ends a job; what is done stays done."""
    jobs.stop_job(job_id, actor=current_actor(), clock=clock())
    flash(_("已停止。已经办成的不受影响，其余的没有办理。"))
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/<job_id>/retry")
@access("signed-in")
def retry(job_id: str):
    """Puts what was not done to the worker once more."""
    jobs.retry_failed(job_id, actor=current_actor())
    flash(_("正在重试未办成的。"))
    return redirect(url_for("jobs.show", job_id=job_id), 303)
