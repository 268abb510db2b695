"""True replay: what differs is named in words, erased values are no difference, a badge is kept for each case."""
from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit.replays import badge_of
from app.audit.replays.badges import replay_and_note
from app.operations import outbox
from app.operations.replay import replay_case
from app.operations.timers import fire_due_timers
from app.store import append_only, session, transaction
from app.store.models import Answers, Case, Event, Snapshot
from tests.support.builders import complete, publish, sample, start_case

pytestmark = pytest.mark.tampers


@pytest.fixture
def case(app, clock):
    """A case that was sent back once, handed in again and allowed; the book waits to be returned."""
    publish(clock=clock)
    made = start_case(clock=clock)
    for element, by, answers, outcome, reason in (
            ("request", "reader_wang", sample("request"), "submit", ""), ("check", "librarian_zhao", {"in_stock": False}, "ask_back", "请写明是哪一版"),
            ("request", "reader_wang", sample("request"), "submit", ""), ("check", "librarian_zhao", {"in_stock": True}, "lend", ""),
            ("hand_out", "librarian_zhao", sample("hand_out"), "submit", "")):
        clock.move_to(clock() + timedelta(minutes=7))
        complete(made, element, by, answers, outcome, reason, clock=clock)
        while outbox.drain_outbox(clock, dry=True):
            pass
    return session().get(Case, made.id)


def tamper(model, case, values, *where):
    with transaction() as store:
        append_only.drop(store.connection())  # an attacker who owns the database
        store.execute(sa.update(model).where(model.case_id == case.id, *where).values(values))
    session().expire_all()


def test_an_untouched_history_is_equal_and_says_by_what_it_was_replayed(case, clock):
    found = replay_and_note(case.id, clock)
    assert (found.state, found.difference, found.erased) == ("equal", "", "")
    badge = badge_of(case.id)
    assert badge.state == "equal" and badge.events == case.events and "SpiffWorkflow" in badge.engine and badge.service


def test_a_badge_is_stale_once_events_came_since(case, clock):
    replay_and_note(case.id, clock)
    clock.move_to(clock() + timedelta(days=10))
    complete(case, "keep", "librarian_zhao", {"returned_on": "2026-03-12", "damage": "无"}, "returned", clock=clock)
    assert badge_of(case.id).state == "stale"
    assert badge_of(case.id + 1) is None


def test_answers_that_were_changed_afterwards_are_named_by_form_and_by_the_way_that_is_walked_now(case):
    tamper(Answers, case, {"data": {"in_stock": False}}, Answers.form == "check", Answers.revision == 2)
    found = replay_case(case)
    event = session().scalar(sa.select(Event).where(Event.case_id == case.id, Event.seq == found.seq))
    assert (found.state, event.element, event.outcome) == ("different", "check", "lend")
    assert "走过的路不同" in found.difference and "有" in found.difference


def test_a_form_whose_content_does_not_change_the_way_is_named_too(case):
    other = sample("hand_out") | {"barcode": "X-999"}
    tamper(Answers, case, {"data": other}, Answers.form == "hand_out")
    found = replay_case(case)
    if found.difference:  # only where the engine keeps something of it
        assert "hand_out" in found.difference


def test_a_stored_state_that_was_edited_is_told_by_variable(case):
    state = session().get(Snapshot, case.id).state
    from app.engine import snapshot as packed

    found = packed.read_state(state)
    found["vars"]["due"] = "2026-12-31"
    tamper(Snapshot, case, {"state": packed.written(found)})
    said = replay_case(case)
    assert said.seq == case.events and "变量“due”为2026-12-31，重放为" in said.difference


def test_a_message_that_was_put_into_another_person_s_mouth_is_a_difference_or_changes_nothing(case):
    tamper(Event, case, {"outcome": "refuse"}, Event.element == "check", Event.outcome == "lend")
    found = replay_case(case)
    assert found.state == "different" and found.element == "check" and "不予出借" in found.difference


def test_erased_answers_are_no_difference_but_said(case):
    row = session().scalar(sa.select(Answers).where(Answers.case_id == case.id, Answers.form == "check", Answers.revision == 2))
    tamper(Answers, case, {"data": row.data | {"in_stock": {"$erased": "ab" * 32}}}, Answers.id == row.id)
    found = replay_case(case)
    assert (found.state, found.difference) == ("erased", "") and "已依法清除" in found.erased and found.seq


def test_a_difference_before_what_was_erased_is_still_one(case):
    tamper(Event, case, {"outcome": "lend"}, Event.outcome == "ask_back")
    row = session().scalar(sa.select(Answers).where(Answers.case_id == case.id, Answers.form == "hand_out"))
    tamper(Answers, case, {"data": {"barcode": {"$erased": "ab" * 32}}}, Answers.id == row.id)
    assert replay_case(case).state == "different"


def test_a_timer_that_fired_replays(case, clock):
    clock.move_to(clock() + timedelta(days=40))
    fire_due_timers(clock)
    assert replay_case(session().get(Case, case.id, populate_existing=True)).state == "equal"
