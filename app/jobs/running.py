"""The worker's side of jobs: takes those that wait, does their items one by one, resumes what a killed worker left.

Two workers at the same job would do no item twice: an item is locked and looked at again before it is done. The lease
only keeps them from standing in each other's way. A worker goes round the jobs, so that a long one holds up no short one.
"""
from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
import structlog

from app.errors import AccountClosed, AnswersInvalid, DatabaseBusy, PingshenError
from app.jobs.kinds import Done, Work, kind_of, look_of
from app.jobs.models import Job, JobItem
from app.operations.doorbell import ring_jobs
from app.people import actor_with_id, organisation_party, organisations_of
from app.store import crashpoint, session, transaction
from app.store.models import Notice

LEASE = timedelta(seconds=60)  # how long a worker that says nothing counts as being at it
SLICE = 25  # items of a job before another job has its turn
SECONDS = 20.0  # before other work of this worker has its turn
KEPT = timedelta(days=7)  # how long a job that nobody began is kept
log = structlog.get_logger()


def run_jobs(clock, seconds: float = SECONDS) -> int:
    """Does items of waiting jobs for about this long; returns how many are over. What is left is rung for again."""
    ended, handled = time.monotonic() + seconds, 0
    _forget_unbegun(clock)
    while time.monotonic() < ended:
        job_id = _claim(clock)
        if job_id is None:
            return handled
        handled += _work_on(job_id, clock)
    ring_jobs()
    return handled


def _claim(clock) -> str | None:
    """A job that nobody is at: the one that was looked at longest ago."""
    now = clock()
    free = sa.or_(Job.lease_until.is_(None), Job.lease_until <= now)
    with transaction() as store:
        job = store.scalar(sa.select(Job).where(Job.state.in_(("waiting", "running")), free)
                           .order_by(sa.func.coalesce(Job.lease_until, Job.created_at), Job.lease_until.is_not(None), Job.id).limit(1).with_for_update(skip_locked=True))
        if job is None:
            return None
        job.state, job.started_at, job.lease_until = "running", job.started_at or now, now + LEASE
        return job.id


def _work_on(job_id: str, clock) -> int:
    """Does up to SLICE items, and closes the job when none is left."""
    places = session().scalars(sa.select(JobItem.position).where(JobItem.job_id == job_id, JobItem.state == "waiting")
                               .order_by(JobItem.position).limit(SLICE)).all()
    handled = 0
    for place in places:
        try:
            handled += _do_item(job_id, place, clock)
        except DatabaseBusy:  # nothing of the item's doing: it waits for the next turn
            break
        except Exception as error:  # an item's failure is its own: the others go on
            session().rollback()
            handled += _note_failure(job_id, place, error, clock)
    _let_go(job_id, clock, over=len(places) < SLICE and handled == len(places))
    return handled


def _do_item(job_id: str, place: int, clock) -> bool:
    """One item with all that it does, in one transaction. False when the job was stopped or somebody else has done it."""
    found = _looked(job_id, place, clock)
    with transaction():
        job, item = _locked(job_id, place)
        if item.state != "waiting":
            return False
        crashpoint("job-item-begun")
        done = kind_of(job.kind)(replace(_work_of(job, item, clock), found=found))
        _close(job_id, item, "done", done, clock)
        return True


def _looked(job_id: str, place: int, clock):
    """What the kind looks at before the transaction: nothing is locked meanwhile, and nothing may be written."""
    job, item = session().get(Job, job_id), session().get(JobItem, (job_id, place))
    look = look_of(job.kind)
    return look(_work_of(job, item, clock)) if look and item.state == "waiting" else None


def _locked(job_id: str, place: int) -> tuple[Job, JobItem]:
    """The job before its item, as whoever stops it takes them: the other way round the two would wait for each other."""
    job = session().get(Job, job_id, with_for_update=True, populate_existing=True)
    return job, session().get(JobItem, (job_id, place), with_for_update=True, populate_existing=True)


def _work_of(job: Job, item: JobItem, clock) -> Work:
    return Work(key=f"{job.id}:{item.position}", item=item.item, parameters=job.parameters, actor=_actor_of(job), clock=clock)


def _actor_of(job: Job):
    """Whoever asked for the job, with the rights of this moment. Raises PingshenError when they have none any more."""
    actor = actor_with_id(job.person_id)
    if actor is None:
        raise AccountClosed()
    mine = {party["ref"]: party for party in organisations_of(actor.id)}
    party = mine.get(organisation_party(job.organisation_id, "")["ref"]) if job.organisation_id else None
    return replace(actor, organisation=party or actor.organisation)


def _note_failure(job_id: str, place: int, error: Exception, clock) -> bool:
    if not isinstance(error, PingshenError):
        log.error("job-item-failed", job=job_id, position=place, error=repr(error))
    with transaction():
        _job, item = _locked(job_id, place)
        if item.state != "waiting":
            return False
        code = getattr(error, "code", "failed")
        _close(job_id, item, "failed", Done(words_of(error), {"code": code}), clock)
        return True


def words_of(error: Exception) -> str:
    """Why an item failed, for its person: of refused answers what is wrong with each."""
    if isinstance(error, AnswersInvalid) and error.fields:
        return "；".join(dict.fromkeys(error.fields.values()))
    return error.message if isinstance(error, PingshenError) else "系统没有办成，没有留下半截结果。请稍后重试；一直不成的，请联系系统管理员。"


def _close(job_id: str, item: JobItem, state: str, done: Done, clock) -> None:
    item.state, item.words, item.detail, item.at = state, done.words[:500], done.detail, clock()
    column = Job.done if state == "done" else Job.failed
    session().flush()
    session().execute(sa.update(Job).where(Job.id == job_id).values({column: column + 1, Job.lease_until: clock() + LEASE}))


def _let_go(job_id: str, clock, over: bool) -> None:
    """Gives the job back; the last one closes it and tells its person."""
    with transaction() as store:
        job = store.get(Job, job_id, with_for_update=True, populate_existing=True)
        if job.state != "running":
            return
        left = store.scalar(sa.select(sa.func.count()).select_from(JobItem).where(JobItem.job_id == job_id, JobItem.state == "waiting"))
        job.lease_until = clock()
        if over and not left:
            job.state, job.finished_at, job.lease_until = "done", clock(), None
            store.add(_notice(job, clock))


def _notice(job: Job, clock) -> Notice:
    text = f"办成 {job.done} 项，没有办成 {job.failed} 项。请打开批量作业查看原因，改正后可以重试。" if job.failed else f"共 {job.done} 项，全部办成。"
    return Notice(
        person_id=job.person_id, request=f"{job.id}:{job.rounds}"[:36], kind="duty", title=f"批量作业已办完：{job.title}"[:200], text=text, at=clock(),
        link=f"/jobs/{job.id}")


def _forget_unbegun(clock) -> None:
    old = session().scalars(sa.select(Job.id).where(Job.state == "prepared", Job.created_at < clock() - KEPT).limit(100)).all()
    if old:
        with transaction() as store:
            store.execute(sa.delete(JobItem).where(JobItem.job_id.in_(old)))
            store.execute(sa.delete(Job).where(Job.id.in_(old)))
