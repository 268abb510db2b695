"""Heads of the event log: what a crash or a clock that was set back must not do to them."""
from datetime import timedelta
from pathlib import Path

from app.proof.heads import last_head, write_heads
from app.proof.verification import verify_events
from app.store import session
from tests.support.builders import publish, start_case


def test_half_a_head_is_passed_over_and_the_next_one_covers_its_events(app, clock):
    publish()
    start_case(clock=clock)
    whole = write_heads(clock, settled=timedelta())
    path = Path(app.config["ANCHORS"]) / "heads.jsonl"
    start_case(clock=clock)
    path.write_bytes(path.read_bytes() + b'{"at":"2026-03-02T09:00:00+08:00","upto":2,"rows":[[2,')
    assert last_head() == whole
    head = write_heads(clock, settled=timedelta())
    assert last_head() == head and head["count"] == 2
    assert verify_events() == []


def test_a_head_does_not_step_over_an_event_that_is_younger_than_a_later_one(app, clock):
    publish()
    at = clock()
    start_case(clock=lambda: at + timedelta(seconds=2))
    start_case(clock=lambda: at)  # the clock was set back, or the command before was slower
    assert write_heads(lambda: at + timedelta(seconds=1), settled=timedelta())["count"] == 0
    assert write_heads(lambda: at + timedelta(seconds=3), settled=timedelta())["count"] == 2
    session().rollback()
    assert verify_events() == []
