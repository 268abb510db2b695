"""A worker that is killed in the middle of a run: every case is wholly before or wholly after, and the next worker goes on."""
import os
import signal
import subprocess
import sys
from datetime import timedelta

import sqlalchemy as sa

from app.jobs import Job, run_jobs
from app.jobs.running import LEASE
from app.proof.digests import erased_of
from app.proof.verification import verify_events
from app.retention import runs
from app.retention.models import Tombstone
from app.retention.rules import change_rule
from app.store import session
from app.store.models import Answers, Event
from tests.retention.walked import LATER, lend_and_return
from tests.support import builders

KILLED = "import sys; from tests.retention.test_erasing_killed import work; work(*sys.argv[1:])"


def work(folder: str, url: str, now: str, crashpoint: str) -> None:
    """Runs jobs in a process of its own until it kills itself."""
    from datetime import datetime
    from pathlib import Path

    from app.clock import PretendClock

    clock = PretendClock(datetime.fromisoformat(now))
    app = builders.make_app(Path(folder), url, clock, CRASHPOINT=crashpoint)
    with app.app_context():
        run_jobs(clock, seconds=30)


def test_killed_before_its_commit_a_case_is_as_it_was_and_is_erased_by_the_next_worker(office, store, clock, tmp_path):
    cases = [office.case, office.other, *(lend_and_return(office.one, "reader_jia", clock, builders.start_case) for _ in range(2))]
    change_rule("case", "", months=120, action="erase", active=False, reason="试", actor=office.first, clock=clock)
    clock.move_to(clock() + LATER)
    run = runs.plan_run([("case", ""), ("history", "")], actor=office.first, clock=clock)
    runs.approve_run(run.id, actor=office.second, clock=clock)
    for point in ("after-lock", "job-item-begun"):
        died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), store, clock().isoformat(), point], cwd=builders.ROOT, timeout=120,
                              env=os.environ | {"PYTHONWARNINGS": "ignore"})
        assert died.returncode == -signal.SIGKILL
        session().rollback()
        assert session().scalar(sa.select(sa.func.count()).select_from(Tombstone)) == 0 and not any(list(erased_of(row.data)) for row in session().query(Answers))
        clock.move_to(clock() + LEASE + timedelta(seconds=1))
    assert run_jobs(clock, seconds=60) == len(cases)
    runs.close_runs(clock)
    session().expire_all()
    assert session().get(Job, run.job_id).failed == 0
    assert session().query(Event).filter_by(kind="erase").count() == len(cases)
    assert verify_events() == []
