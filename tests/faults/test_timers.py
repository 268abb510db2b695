"""C-01, C-04, C-06 and T20: timers after an outage, in the instant of a completion, in another time zone, beside a poisoned case."""
import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.errors import PingshenError
from app.operations.contexts import case_variables
from app.operations.tasks import complete_task
from app.operations.recovery import waiting_for_a_person
from app.operations.timers import TRIES, fire_due_timers, fire_timers_of
from app.store import session, transaction
from app.store.models import Case, Event, Snapshot, Timer
from tests.faults import desks
from tests.faults.invariants import broken
from tests.faults.racing import race
from tests.support import builders

DUE = [datetime.fromisoformat(date) for date in desks.REMINDERS]
both_stores = pytest.mark.both_stores


@pytest.fixture
def desk(app, clock):
    desks.publish(clock)
    return app


def _timer_events(case) -> list[Event]:
    return session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.kind == "timer").order_by(Event.seq)).all()


@both_stores
@pytest.mark.parametrize("outage", [timedelta(hours=1), timedelta(days=30)])
def test_a_timer_that_was_due_during_an_outage_fires_once_and_says_how_late_it_was(desk, clock, outage):
    case = builders.start_case("waiting", "asker", clock=clock)
    clock.move_to(DUE[-1] + outage)
    assert fire_due_timers(clock) == 1
    assert fire_due_timers(clock) == 0 and fire_timers_of(case.id, clock) is False
    assert case_variables(case)["noted"] == [2, 1, 0], "in the order in which they were due, not in that of the diagram"
    (event,) = _timer_events(case)
    assert [at for _element, at in event.details["timers"]] == list(desks.REMINDERS)
    assert event.details["late"] == int((clock() - DUE[0]).total_seconds())
    assert broken(case) == []


@both_stores
def test_cases_are_moved_in_the_order_in_which_their_timers_were_due(desk, clock):
    late = builders.start_case("desk", "asker", clock=clock)
    early = builders.start_case("waiting", "asker", clock=clock)
    clock.move_to(DUE[0] + timedelta(days=30))
    assert fire_due_timers(clock, limit=1) == 1
    assert len(_timer_events(early)) == 1 and _timer_events(late) == []
    assert fire_due_timers(clock, limit=1) == 1 and session().get(Case, late.id).ended_element == "overdue"


@both_stores
def test_two_workers_fire_a_timer_once(desk, clock):
    cases = [builders.start_case("desk", "asker", clock=clock) for _ in range(10)]
    clock.move_to(clock() + timedelta(days=30))
    assert sum(race(desk, lambda: fire_due_timers(clock), lambda: fire_due_timers(clock))) == 10
    assert [len(_timer_events(case)) for case in cases] == [1] * 10


@both_stores
def test_of_a_deadline_and_a_completion_in_the_same_instant_one_wins(desk, clock):
    who, ends = builders.actor("one"), set()
    cases = [builders.start_case("desk", "asker", clock=clock) for _ in range(20)]
    clock.move_to(datetime.fromisoformat("2026-03-09T17:00:00+08:00"))
    for turn, case in enumerate(cases):
        task, case_id = builders.open_task(case).id, case.id
        works = [lambda task=task: complete_task(task, actor=who, clock=clock, answers={}, outcome="approve").number,
                 lambda case_id=case_id: fire_timers_of(case_id, clock)]
        done, fired = race(desk, *works) if turn % 2 else reversed(race(desk, *works[::-1]))
        assert isinstance(done, PingshenError) is bool(fired), (done, fired)
        ended = session().get(Case, case_id, populate_existing=True).ended_element
        assert ended == ("overdue" if fired else "approved")
        assert session().scalar(sa.select(sa.func.count()).where(Event.case_id == case_id, Event.kind.in_(("timer", "complete")))) == 1
        assert broken(case) == []
        ends.add(ended)


@both_stores
@pytest.mark.tampers
@pytest.mark.parametrize("poison", [b"no state at all", b"\x28\xb5\x2f\xfd broken"])
def test_a_case_whose_timer_fails_does_not_stop_the_others(desk, clock, poison):
    poisoned, *healthy = [builders.start_case("desk", "asker", clock=clock) for _ in range(3)]
    with transaction():
        session().get(Snapshot, poisoned.id).state = poison
    clock.move_to(clock() + timedelta(days=30))
    assert fire_due_timers(clock) == 2
    assert all(session().get(Case, case.id).ended_element == "overdue" for case in healthy)
    for _sweep in range(TRIES):
        assert fire_due_timers(clock) == 0
    assert [line["case"] for line in waiting_for_a_person()] == [poisoned.number], "a person is asked, nobody tries for ever"
    assert session().scalar(sa.select(Timer.tries)) == TRIES


def test_a_busy_database_does_not_put_a_timer_into_a_persons_hands(app, clock, tmp_path):
    desks.publish(clock)
    case = builders.start_case("desk", "asker", clock=clock)
    clock.move_to(clock() + timedelta(days=30))
    app.config["LOCK_TIMEOUT"] = 0.05
    with open(tmp_path / "test.db.writer", "a") as handle:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
        assert [fire_due_timers(clock) for _ in range(TRIES + 1)] == [0] * (TRIES + 1)
    assert waiting_for_a_person() == [] and fire_due_timers(clock) == 1 and session().get(Case, case.id).tab == "done"


ELSEWHERE = """
import tempfile
from pathlib import Path
from tests.faults.test_timers import instants
from tests.support import builders
from app.extensions import db
with tempfile.TemporaryDirectory() as folder:
    app = builders.make_app(Path(folder))
    with app.app_context():
        db.create_all()
        print(instants(app.extensions["clock"]))
"""


def instants(clock) -> list[str]:
    """When the timers of new cases are due, and the digests of their states."""
    desks.publish(clock)
    for process in ("desk", "waiting"):
        builders.start_case(process, "asker", clock=clock)
    due = session().scalars(sa.select(Timer.due).order_by(Timer.due))
    return [at.isoformat() for at in due] + list(session().scalars(sa.select(Event.state_digest).order_by(Event.id)))


def test_the_time_zone_of_the_process_changes_no_instant(app, clock):
    """A process reads TZ once, when it starts: another zone needs a process of its own."""
    environment = os.environ | {"TZ": "America/New_York"}
    there = subprocess.run([sys.executable, "-c", ELSEWHERE], cwd=builders.ROOT, env=environment, capture_output=True, text=True, check=True)
    here = instants(clock)
    assert here[0] == "2026-03-03T01:00:00+00:00" and there.stdout.strip() == str(here)
