"""A-02: a process that is killed at any point of any step leaves the case as it was or as it should be, never between.

A whole review is walked. Each of its steps is sent by a client that repeats it with the same key until it succeeds;
the process that serves it is killed at the next point each time: 13 steps × 10 points and one more.
"""
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.operations.outbox import LEASE
from app.store import session
from app.store.models import Event, IdempotencyKey, Notice, Outbox
from tests.faults.invariants import all_broken, dump
from tests.support import builders
from tests.whole.walks import ISSUED, Walk, perform

BEFORE_COMMIT = ("after-lock", "after-read", "after-engine", "after-state-write", "after-event", "after-outbox", "after-follow", "before-commit")
STEPS = {  # one per stage of the review: which of the times that it is done
    "declare": 1, "employer_review": 1, "pre_publicity": 1, "office_pre_review": 1, "confirm_payment": 1, "paid": 1,
    "cast_ballot": 3, "start_post_publicity": 1, "post_publicity": 1, "office_post_review": 1, "compose_batch": 1,
    "accept_batch": 1, "make_certificates": 2,
}


def _kill_at_every_point_before_the_commit(driver, command, clock) -> None:
    before = dump()
    for point in BEFORE_COMMIT:
        assert driver.perform(command, clock(), point) == {"killed": True}, (command.element, point)
        assert dump() == before, f"{command.element}: killed {point}, and something was left behind"


def _kill_after_the_commit_and_repeat(driver, command, clock) -> None:
    assert driver.perform(command, clock(), "after-commit") == {"killed": True}
    assert all_broken() == []
    after = dump()
    repeated = driver.perform(command, clock(), "after-reply")
    assert repeated["killed"] and repeated["answer"], "the answer of the first time was kept with its effect"
    again = driver.perform(command, clock())
    assert again == {"killed": False, "answer": repeated["answer"]}
    assert dump() == after, f"{command.element}: a repeated request had an effect of its own"


def _kill_while_sending(driver, clock) -> int:
    """Kills at every request of the outbox after the outside world has heard it; how many there were."""
    killed = 0
    while driver.drain(clock(), "after-outbox-send")["killed"]:
        killed += 1
        clock.move_to(clock() + LEASE + timedelta(seconds=1))  # the lease of the dead worker runs out
        assert driver.drain(clock())["killed"] is False
        assert all_broken() == []
    return killed


@pytest.mark.both_stores
@pytest.mark.timeout(120)
def test_a_review_in_which_every_step_is_killed_at_every_point_ends_as_if_nothing_had_happened(app, clock, driver):
    builders.publish(builders.ROOT, clock=clock)
    walk = Walk(ISSUED, clock).start()
    done, sent, driver = Counter(), 0, driver()
    for command in walk.commands():
        done[command.element] += 1
        if done[command.element] == STEPS.get(command.element):
            _kill_at_every_point_before_the_commit(driver, command, clock)
            _kill_after_the_commit_and_repeat(driver, command, clock)
            sent += _kill_while_sending(driver, clock)
        else:
            perform(command, clock)
        walk.settle()
    assert all(done[element] >= time for element, time in STEPS.items()) and sent >= 5  # what a request itself leads to is sent in the same go
    assert walk.case().ended_element == "certificate_issued" and walk.case("batch").ended_element == "batch_completed"
    assert all_broken() == []
    _ensure_told_once()
    assert _story(walk) == _undisturbed(app)


def _ensure_told_once() -> None:
    requests = session().scalars(sa.select(Notice.request + Notice.person_id)).all()
    assert len(requests) == len(set(requests))
    assert set(session().scalars(sa.select(Outbox.state))) == {"done"}
    assert session().scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) > len(STEPS)


def _story(walk) -> list:
    query = sa.select(Event.seq, Event.kind, Event.element, Event.actor_id, Event.outcome).order_by(Event.case_id, Event.seq)
    return [tuple(row) for case in ("main", "batch") for row in session().execute(query.where(Event.case_id == walk.cases[case]))]


def _undisturbed(app) -> list:
    """The same review again, in a case of its own, with nobody killed."""
    from app.clock import PretendClock

    walk = Walk(ISSUED, PretendClock(builders.MONDAY)).start()
    walk.walk()
    return _story(walk)
