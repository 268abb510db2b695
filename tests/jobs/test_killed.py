"""A worker that dies in the middle, really and by force: what it did stays, the rest is done by the next one, each item once."""
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest

from app import jobs
from app.errors import JobNotReady, NotFound
from app.jobs.running import LEASE
from app.operations import bulk
from app.store import session
from app.store.models import Event
from tests.faults.invariants import all_broken
from tests.faults.racing import race
from tests.jobs import office
from tests.support import builders

KILLS = 6


def begun(count: int, clock):
    """A bulk decision over so many cases, begun and not worked on."""
    who = builders.actor("one")
    job = bulk.prepare_decisions(office.tasks(office.cases(count, clock)), actor=who, clock=clock)
    bulk.answer_way(job.id, "approve", {"opinion": "同意"}, "", actor=who)
    return jobs.begin_prepared(job.id, actor=who)


def worker(folder, store: str, clock) -> subprocess.Popen:
    """A worker process that has connected and begins to work."""
    process = subprocess.Popen([sys.executable, "-m", "tests.jobs.worker", str(folder), store, clock().isoformat()],
                               cwd=builders.ROOT, stdout=subprocess.PIPE, env=os.environ | {"PYTHONWARNINGS": "ignore"})
    assert process.stdout.readline() == b"ready\n"
    return process


def over(job) -> int:
    session().rollback()
    return session().get(jobs.Job, job.id, populate_existing=True).done


@pytest.mark.both_stores
@pytest.mark.timeout(300)
def test_of_five_hundred_items_each_is_done_once_however_often_the_worker_is_killed(bureau, store, clock, tmp_path):
    count = 500 if store.startswith("sqlite") else 200
    job, chance, killed_at = begun(count, clock), random.Random(11), []
    for turn in range(KILLS):
        process, wanted = worker(tmp_path, store, clock), over(job) + chance.randint(5, 30)
        while over(job) < wanted and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        killed_at.append(over(job))
        assert session().query(jobs.JobItem).filter_by(job_id=job.id, state="done").count() == killed_at[-1], "count and items never differ"
        clock.move_to(clock() + LEASE + timedelta(seconds=1))  # the lease of the dead worker runs out
    assert killed_at == sorted(killed_at) and 0 < killed_at[0] and killed_at[-1] < count, f"killed at {killed_at}: not in the middle"
    assert worker(tmp_path, store, clock).wait(120) == 0
    assert over(job) == count and session().get(jobs.Job, job.id).state == "done"
    done = Counter(case for (case,) in session().query(Event.case_id).filter_by(kind="complete"))
    assert len(done) == count and set(done.values()) == {1}
    assert all_broken() == []


@pytest.mark.both_stores
def test_two_workers_at_once_do_no_item_twice(bureau, clock):
    job = begun(60, clock)
    assert sum(race(bureau, lambda: jobs.run_jobs(clock), lambda: jobs.run_jobs(clock))) == 60
    assert over(job) == 60 and session().query(Event).filter_by(kind="complete").count() == 60


def test_while_a_worker_is_at_it_no_other_takes_the_job_and_after_its_lease_one_does(bureau, clock):
    from app.jobs.running import _claim

    job = begun(3, clock)
    assert _claim(clock) == job.id and _claim(clock) is None
    clock.move_to(clock() + LEASE)
    assert jobs.run_jobs(clock) == 3


def test_a_long_job_does_not_hold_up_a_short_one(bureau, clock):
    from app.jobs.running import _claim, _work_on

    long, turns = begun(60, clock), []
    clock.move_to(clock() + timedelta(seconds=1))
    short = begun(2, clock)
    for _turn in range(2):
        turns.append(_claim(clock))
        _work_on(turns[-1], clock)
        clock.move_to(clock() + timedelta(seconds=1))
    assert turns == [long.id, short.id]


def test_stopped_it_leaves_the_rest_undone_which_can_be_taken_up_again(bureau, clock):
    from app.jobs.running import _claim, _work_on

    job, who = begun(40, clock), builders.actor("one")
    _work_on(_claim(clock), clock)
    jobs.stop_job(job.id, actor=who, clock=clock)
    assert jobs.run_jobs(clock) == 0
    shown = jobs.progress_of(jobs.job_of(job.id, who), clock)
    assert (shown.over, shown.percent, shown.stopped) == (25, 62, 15)
    jobs.retry_failed(job.id, actor=who)
    jobs.run_jobs(clock)
    assert over(job) == 40


@pytest.mark.both_stores
def test_stopping_while_an_item_is_done_waits_for_no_one_for_ever(bureau, clock):
    job, who = begun(20, clock), builders.actor("one")
    race(bureau, lambda: jobs.run_jobs(clock), lambda: jobs.stop_job(job.id, actor=who, clock=clock))
    states = Counter(item.state for item in session().query(jobs.JobItem).filter_by(job_id=job.id))
    assert states["failed"] == states["waiting"] == 0 and states["done"] == session().query(Event).filter_by(kind="complete").count() == over(job)


def test_a_job_is_its_persons_own(bureau, clock):
    job, other = begun(1, clock), builders.actor("two")
    for deed in (lambda: jobs.job_of(job.id, other), lambda: jobs.stop_job(job.id, actor=other, clock=clock), lambda: jobs.retry_failed(job.id, actor=other)):
        with pytest.raises(NotFound):
            deed()
    assert jobs.jobs_of(other).rows == () and [one.id for one in jobs.jobs_of(builders.actor("one")).rows] == [job.id]


def test_what_was_begun_is_changed_no_more_and_what_nobody_began_is_forgotten_in_time(bureau, clock):
    job, who = begun(1, clock), builders.actor("one")
    with pytest.raises(JobNotReady):
        bulk.answer_way(job.id, "approve", {}, "", actor=who)
    jobs.run_jobs(clock)
    left = bulk.prepare_decisions(office.tasks(office.cases(1, clock)), actor=who, clock=clock).id
    clock.move_to(clock() + timedelta(days=8))
    jobs.run_jobs(clock)
    with pytest.raises(NotFound):
        jobs.job_of(left, who)
