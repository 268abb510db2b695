"""A draw of 1,000 from 20,000 by the real worker: progress in numbers, killed in the middle, one result."""
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.clock import system_clock
from app.extensions import db
from app.operations.contexts import case_variables
from app.pools import COUNTING, Draw
from app.pools.records import check_draw
from app.store import session, transaction
from app.store.models import Case, Outbox
from tests.pools.procedures import publish, volunteers
from tests.support import builders

WITHIN = 150  # seconds, on a machine that does other things too


@pytest.fixture
def service(store, tmp_path):
    """An app on the system's clock, and the settings that its worker shares."""
    made = builders.make_app(tmp_path, store, system_clock)
    with made.app_context():
        yield {"VAR": made.config["VAR"], "DATABASE_URL": store, "SECRET_KEY": made.config["SECRET_KEY"], "MODE": "test", "LOG_LEVEL": "ERROR", "SWEEP_EVERY": "1"}
        db.session.remove()
        db.engine.dispose()


def start_worker(settings, **more):
    command = [sys.executable, "-m", "celery", "-q", "-A", "app.worker", "worker", "--pool", "threads", "--concurrency", "1", "--loglevel", "ERROR", "--beat"]
    return subprocess.Popen(command, cwd=builders.ROOT, env=os.environ | {f"PINGSHEN_{name}": value for name, value in (settings | more).items()})


def wait_for(found, what):
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        session().rollback()
        if value := found():
            return value
        time.sleep(0.05)
    pytest.fail(f"{what} did not happen within {WITHIN} s")


def begin(people, count):
    publish({"register": '"volunteers"', "count": str(count)}, clock=system_clock)
    case = builders.start_case("evening", builders.person("clerk", "clerk", clock=system_clock), clock=system_clock)
    volunteers(people, system_clock)
    return case.id


def lease_is_over():
    with transaction():
        session().execute(sa.update(Outbox).values(next_at=system_clock() - timedelta(seconds=1)))


def test_killed_while_it_counts_it_goes_on_and_draws_once(service):
    case_id = begin(20_000, 1000)
    worker = start_worker(service)
    try:
        seen = wait_for(lambda: session().query(Draw).filter(Draw.looked_at >= 2000).first(), "the first word about the progress")
        assert (seen.state, seen.pool) == (COUNTING, 20_000)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(20)
    session().rollback()
    assert session().query(Draw).one().state == COUNTING
    lease_is_over()
    begun = time.monotonic()
    worker = start_worker(service)
    try:
        found = wait_for(lambda: case_variables(session().get(Case, case_id)).get("found"), "the answer")
    finally:
        worker.terminate()
        worker.wait(20)
    print(f"\n20,000 people, 1,000 drawn: {time.monotonic() - begun:.1f} s with the start of the worker")
    session().rollback()
    row = session().query(Draw).one()
    assert len(found["drawn"]) == 1000 and found["missing"] == 0 and row.looked_at == row.pool == 20_000
    assert check_draw(row) == []


def test_killed_after_it_was_bound_the_commitment_stays(service):
    case_id = begin(300, 20)
    worker = start_worker(service, CRASHPOINT="draw-bound")
    assert worker.wait(WITHIN) == -signal.SIGKILL
    session().rollback()
    bound = session().query(Draw).one()
    before = (bound.commitment, bound.secret, bound.plan_digest)
    assert bound.state == "prepared"
    lease_is_over()
    worker = start_worker(service)
    try:
        wait_for(lambda: case_variables(session().get(Case, case_id)).get("found"), "the answer")
    finally:
        worker.terminate()
        worker.wait(20)
    session().rollback()
    row = session().query(Draw).one()
    assert (row.commitment, row.secret, row.plan_digest) == before and check_draw(row) == []
