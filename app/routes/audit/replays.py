"""审计: histories run again."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from app import jobs
from app.audit.replays import badge_of, badges, choosing, golden, reading
from app.audit.replays import jobs as replay_jobs
from app.errors import NotFound
from app.jobs.operations import retry_failed, stop_job
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import AUDITOR, audit_page
from app.sheets import XLSX

blueprint = Blueprint("audit_replays", __name__, url_prefix="/audit/replays")


@blueprint.get("")
@access(AUDITOR)
def index():
    """How many cases replay, which do not, the golden sample, and what can be replayed now."""
    state, wanted = request.args.get("state", ""), choosing.wanted_of(request.args)
    mine = [jobs.progress_of(job, clock()) for job in replay_jobs.latest_of(current_actor())]
    return audit_page("audit/replays.html", counts=reading.counts(), state=state, page=reading.results(state, request.args.get("cursor", "")),
                      words=reading.STATE_WORDS, choices=reading.choices(), samples=choosing.samples(), wanted=wanted,
                      found=choosing.count_found(wanted, clock()), mine=mine, sample=reading.sample(), seed=reading.sample_seed(),
                      checks=golden.last_checks(5))


@blueprint.get("/excel")
@access(AUDITOR)
def export():
    """The results as a workbook."""
    return send_file(BytesIO(reading.workbook(request.args.get("state", ""))), mimetype=XLSX, as_attachment=True, download_name=_("重放结果.xlsx"))


@blueprint.post("")
@access(AUDITOR)
def begin():
    """Replays what was chosen, as a job."""
    wanted = choosing.wanted_of(request.form)
    job = replay_jobs.begin(choosing.chosen(wanted, clock()), choosing.words_of(wanted), actor=current_actor(), clock=clock())
    return redirect(url_for(".job", job_id=job.id), 303)


@blueprint.post("/cases/<int:case_id>")
@access(AUDITOR)
def one(case_id: int):
    """Replays one case at once."""
    if badges.replay_and_note(case_id, clock()) is None:
        raise NotFound()
    badge = badge_of(case_id)
    flash(_("已重放：%(state)s", state=reading.STATE_WORDS[badge.state]))
    return redirect(_back(case_id), 303)


@blueprint.get("/jobs/<job_id>")
@access(AUDITOR)
def job(job_id: str):
    """How far a replay is, and what it has found."""
    found = _own_job(job_id)
    total = replay_jobs.sum_of(found)
    return audit_page("audit/replay_job.html", job=found, progress=jobs.progress_of(found, clock()), total=total,
                      ids=replay_jobs.numbers_to_ids(number for number, *_rest in total.differences[:200]))


@blueprint.get("/jobs/<job_id>/excel")
@access(AUDITOR)
def job_export(job_id: str):
    """What a replay found, as a workbook."""
    return send_file(BytesIO(replay_jobs.workbook_of(_own_job(job_id))), mimetype=XLSX, as_attachment=True, download_name=_("重放报告.xlsx"))


@blueprint.post("/jobs/<job_id>/stop")
@access(AUDITOR)
def stop(job_id: str):
    """Ends a replay; what it has found stays."""
    stop_job(_own_job(job_id).id, actor=current_actor(), clock=clock())
    return redirect(url_for(".job", job_id=job_id), 303)


@blueprint.post("/jobs/<job_id>/resume")
@access(AUDITOR)
def resume(job_id: str):
    """Goes on with what a stopped replay left, or what could not be read."""
    retry_failed(_own_job(job_id).id, actor=current_actor())
    return redirect(url_for(".job", job_id=job_id), 303)


@blueprint.post("/sample")
@access(AUDITOR)
def sample():
    """Chooses the golden sample anew and replays it."""
    size = int(current_app.config["GOLDEN_CASES"])
    golden.refresh_sample(clock(), size=size)
    check = golden.check_sample(clock(), size=size, again=True)
    flash(_("样本 %(n)s 件、%(e)s 个事件，重放结果全部一致。", n=check.cases, e=check.events))
    return redirect(url_for(".index", _anchor="sample-title"), 303)


def _own_job(job_id: str) -> jobs.Job:
    """Raises NotFound for another's job, or one of another kind."""
    found = jobs.job_of(job_id, current_actor())
    if found.kind != replay_jobs.KIND:
        raise NotFound()
    return found


def _back(case_id: int) -> str:
    """To the case that was replayed."""
    return case_address(case_id)


@blueprint.app_template_global()
def replay_badge_of(case_id: int):
    """The badge of a case for pages; None while it was never replayed."""
    return badge_of(case_id)


@blueprint.app_template_global()
def case_address(case_id: int, seq: int = 0) -> str:
    """Where a case is played, at one of its events."""
    return url_for("audit_player.show", case_id=case_id, _anchor=str(seq) if seq else None)
