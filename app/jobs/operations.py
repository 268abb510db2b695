"""Verbs on jobs: start, prepare and begin, stop, try the failed ones again. Each only of one's own."""
from __future__ import annotations

import secrets
from collections.abc import Iterable

import sqlalchemy as sa

from app.errors import JobNotReady, NothingChosen, NotFound, TooManyChosen
from app.jobs.kinds import kind_of
from app.jobs.models import Job, JobItem
from app.operations.doorbell import ring_jobs
from app.store import after_commit, session, transaction

MOST = 5000  # items of one job


def start_job(kind: str, *, actor, clock, title: str, items: Iterable[dict], parameters: dict | None = None) -> Job:
    """A job over these items, begun at once. Raises NothingChosen.

    An item is {"item": what its kind reads, "label": how the report calls it, "case": id of the case or None}.
    """
    with transaction():
        job = prepare_job(kind, actor=actor, clock=clock, title=title, items=items, parameters=parameters)
        return begin_prepared(job.id, actor=actor)


def prepare_job(kind: str, *, actor, clock, title: str, items: Iterable[dict], parameters: dict | None = None) -> Job:
    """A job that waits until `begin_prepared`. Raises NothingChosen, TooManyChosen."""
    kind_of(kind)
    rows = list(items)
    if not rows:
        raise NothingChosen()
    if len(rows) > MOST:
        raise TooManyChosen(count=len(rows), most=MOST)
    with transaction() as store:
        where = actor.organisation["ref"].partition(":")[2] if actor.organisation else ""
        job = Job(id=secrets.token_hex(16), kind=kind, title=title[:200], person_id=actor.id, organisation_id=where,
                  parameters=parameters or {}, state="prepared", total=len(rows), done=0, failed=0, rounds=1, created_at=clock())
        store.add(job)
        store.flush()
        store.execute(sa.insert(JobItem), [
            {"job_id": job.id, "position": place, "label": str(row.get("label", ""))[:200], "case_id": row.get("case"), "item": row["item"],
             "state": "waiting", "words": "", "detail": {}} for place, row in enumerate(rows, 1)])
        return job


def begin_prepared(job_id: str, *, actor) -> Job:
    """Hands a prepared job to the worker; one that has begun already stays as it is."""
    with transaction():
        job = locked_job(job_id, actor)
        if job.state == "prepared":
            job.state = "waiting"
            after_commit(ring_jobs)
        return job


def drop_prepared(job_id: str, *, actor) -> None:
    """Forgets a job that was never begun. Raises JobNotReady once it was."""
    with transaction() as store:
        ensure_state(locked_job(job_id, actor), "prepared")
        store.execute(sa.delete(JobItem).where(JobItem.job_id == job_id))
        store.execute(sa.delete(Job).where(Job.id == job_id))


def stop_job(job_id: str, *, actor, clock) -> Job:
    """Ends a job; what is done stays done, the rest is left as it is."""
    with transaction() as store:
        job = locked_job(job_id, actor)
        if job.state in ("waiting", "running"):
            job.state, job.finished_at, job.lease_until = "stopped", clock(), None
            store.execute(sa.update(JobItem).where(JobItem.job_id == job.id, JobItem.state == "waiting").values(state="stopped", at=clock()))
        return job


def retry_failed(job_id: str, *, actor) -> Job:
    """Puts the items that failed or were left undone to the worker once more. Raises JobNotReady while it runs, NothingChosen."""
    with transaction() as store:
        job = locked_job(job_id, actor)
        ensure_state(job, "done", "stopped")
        again = store.execute(sa.update(JobItem).where(JobItem.job_id == job.id, JobItem.state.in_(("failed", "stopped")))
                              .values(state="waiting", words="", detail={}, at=None)).rowcount
        if not again:
            raise NothingChosen()
        job.state, job.failed, job.finished_at, job.rounds = "waiting", 0, None, job.rounds + 1
        after_commit(ring_jobs)
        return job


def ensure_state(job: Job, *states: str) -> None:
    if job.state not in states:
        raise JobNotReady()


def locked_job(job_id: str, actor) -> Job:
    """The person's own job, locked until the commit. Raises NotFound for anybody else's."""
    job = session().get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None or job.person_id != actor.id:
        raise NotFound()
    return job


def change_prepared(job_id: str, *, actor, parameters: dict | None = None, items: dict[int, dict] | None = None) -> None:
    """Changes what a job that was not begun will do. Raises JobNotReady once it was."""
    with transaction() as store:
        job = locked_job(job_id, actor)
        ensure_state(job, "prepared")
        if parameters is not None:
            job.parameters = parameters
        for position, item in (items or {}).items():
            store.execute(sa.update(JobItem).where(JobItem.job_id == job_id, JobItem.position == position).values(item=item))
