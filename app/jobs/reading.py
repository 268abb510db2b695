"""What pages and the API show of jobs: one's own, newest first; progress; each item; the whole as a workbook."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l

from app.errors import NotFound
from app.jobs.models import Job, JobItem
from app.operations.reading.keysets import cut_page, read_cursor
from app.operations.reading.views import Page
from app.sheets import Column, write_book
from app.store import session

PAGE = 50
STATE_WORDS = {"prepared": _l("未开始"), "waiting": _l("排队中"), "running": _l("办理中"), "done": _l("已办完"), "stopped": _l("已停止")}


@dataclass(frozen=True)
class Progress:
    """How far a job is: `over` = done and failed together; `left` in whole seconds, None while nobody can tell."""

    job: Job
    over: int
    percent: int
    left: int | None
    stopped: int

    @property
    def moving(self) -> bool:
        return self.job.state in ("waiting", "running")

    @property
    def state_words(self) -> str:
        return str(STATE_WORDS[self.job.state])


def jobs_of(actor, *, cursor: str = "", size: int = PAGE) -> Page:
    """The person's jobs, newest first; without those that were never begun."""
    after = read_cursor(cursor, datetime, str)
    query = sa.select(Job).where(Job.person_id == actor.id, Job.state != "prepared").order_by(Job.created_at.desc(), Job.id.desc())
    if after:
        query = query.where(sa.or_(Job.created_at < after[0], sa.and_(Job.created_at == after[0], Job.id < after[1])))
    return Page(*cut_page(session().scalars(query.limit(size + 1)).all(), size, lambda job: (job.created_at, job.id)))


def job_of(job_id: str, actor) -> Job:
    """One of the person's jobs. Raises NotFound for anybody else's."""
    job = session().get(Job, job_id)
    if job is None or job.person_id != actor.id:
        raise NotFound()
    return job


def progress_of(job: Job, clock) -> Progress:
    """How far the job is, and about how long it will take: as fast as until now."""
    over = job.done + job.failed
    spent = (clock() - job.started_at).total_seconds() if job.started_at else 0
    left = round(spent / over * (job.total - over)) if over and spent and job.state == "running" else None
    return Progress(job, over, over * 100 // max(job.total, 1), left, job.total - over if job.state == "stopped" else 0)


def items_of(job: Job, *, state: str = "", cursor: str = "", size: int = PAGE) -> Page:
    """The items of a job in their order; of one state alone when it is named."""
    after = read_cursor(cursor, int)
    query = sa.select(JobItem).where(JobItem.job_id == job.id).order_by(JobItem.position)
    if state:
        query = query.where(JobItem.state == state)
    if after:
        query = query.where(JobItem.position > after[0])
    return Page(*cut_page(session().scalars(query.limit(size + 1)).all(), size, lambda item: (item.position,)))


def report_of(job: Job) -> bytes:
    """The whole report as a workbook."""
    words = {"waiting": _("未办"), "done": _("已办成"), "failed": _("没有办成"), "stopped": _("已停止，未办")}
    columns = [Column("n", "#", width=6), Column("label", _("事项"), width=40), Column("state", _("结果"), width=12), Column("words", _("说明"), width=60)]
    items = session().scalars(sa.select(JobItem).where(JobItem.job_id == job.id).order_by(JobItem.position))
    return write_book(job.title, columns, ((item.position, item.label, words[item.state], item.words) for item in items))
