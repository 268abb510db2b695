"""F-04: a worker that is killed while it moves cases leaves each wholly in the old release or wholly in the new one."""
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import jobs
from app.jobs.running import LEASE
from app.store import session
from app.store.models import Case, CaseMove, Event
from app.workbench import moves
from app.workbench.moves_choosing import Wanted
from tests.faults.invariants import all_broken, broken
from tests.support import builders
from tests.workbench import other_releases

CASES = int(os.environ.get("PINGSHEN_TEST_KILLED_MOVES", "24"))
CRASHES = ("after-engine", "after-event", "after-follow", "before-commit", "after-commit")


@pytest.fixture
def plan(app, clock):
    """Many cases on the point of being moved."""
    builders.publish(clock=clock)
    ana = builders.person("ana", "analyst", clock=clock)
    for _each in range(CASES):
        builders.start_case(clock=clock)
    target = other_releases.publish(other_releases.one_more_one_less(), clock)
    plan = moves.begin_plan(Wanted("lending", target), None, actor=ana, clock=clock)
    while jobs.run_jobs(clock):
        pass
    return moves.run(plan.id, "新规程", actor=ana, clock=clock)


def worker(folder, store: str, clock) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-m", "tests.jobs.worker", str(folder), store, clock().isoformat()], cwd=builders.ROOT,
                               stdout=subprocess.PIPE, env=os.environ | {"PYTHONWARNINGS": "ignore"})
    assert process.stdout.readline() == b"ready\n"
    return process


def over(job_id: str) -> int:
    session().rollback()
    return session().get(jobs.Job, job_id, populate_existing=True).done


@pytest.mark.both_stores
@pytest.mark.timeout(300)
def test_killed_in_the_middle_each_case_is_wholly_old_or_wholly_new_and_is_moved_once(app, plan, store, clock, tmp_path):
    chance, killed_at = random.Random(4), []
    for _turn in range(3):
        process, wanted = worker(tmp_path, store, clock), over(plan.move_job) + chance.randint(2, CASES // 6)
        while over(plan.move_job) < wanted and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        killed_at.append(over(plan.move_job))
        _ensure_whole(plan, killed_at[-1])
        clock.move_to(clock() + LEASE + timedelta(seconds=1))
    assert 0 < killed_at[0] and killed_at[-1] < CASES, f"killed at {killed_at}: not in the middle"
    while over(plan.move_job) < CASES:
        assert worker(tmp_path, store, clock).wait(120) == 0
    _ensure_whole(plan, CASES)
    assert all_broken() == []


def _ensure_whole(plan, moved: int) -> None:
    """So many cases are in the new release with their event and their way back; the rest have heard of nothing."""
    releases = Counter(session().scalars(sa.select(Case.release)))
    events = Counter(session().scalars(sa.select(Event.case_id).where(Event.kind == "move")))
    there = set(session().scalars(sa.select(Case.id).where(Case.release == plan.release)))
    assert releases[plan.release] == moved and set(events) == there and set(events.values()) <= {1}
    assert set(session().scalars(sa.select(CaseMove.case_id))) == there


def test_killed_at_any_point_of_one_move_it_has_happened_wholly_or_not_at_all(app, clock, store, tmp_path):
    builders.publish(clock=clock)
    builders.person("ana", "analyst", clock=clock)
    cases = [builders.start_case(clock=clock) for _crash in CRASHES]
    before = cases[0].release
    target = other_releases.publish(other_releases.one_more_one_less(), clock)
    for case, crash in zip(cases, CRASHES):
        done = subprocess.run([sys.executable, "-c", _MOVE.format(crash=crash, case=case.id, target=target, folder=tmp_path, store=store, now=clock().isoformat())],
                              cwd=builders.ROOT, env=os.environ | {"PYTHONWARNINGS": "ignore"}, capture_output=True)
        assert done.returncode == -signal.SIGKILL, done.stderr
        session().rollback()
        found = session().get(Case, case.id, populate_existing=True)
        assert found.release == (target if crash == "after-commit" else before), crash
        assert broken(found) == [], crash


_MOVE = """
from datetime import datetime
from pathlib import Path
from app.clock import PretendClock
from app.operations.moving import Course, move_case
from tests.support import builders
clock = PretendClock(datetime.fromisoformat("{now}"))
app = builders.make_app(Path("{folder}"), "{store}", clock, CRASHPOINT="{crash}")
with app.app_context():
    move_case({case}, Course("{target}"), actor=builders.actor("ana"), clock=clock, reason="新规程")
"""
