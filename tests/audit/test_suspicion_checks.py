"""Findings: each kind is found where it happened and nowhere else; an ordinary case has none."""
from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.audit.suspicion import KINDS, findings_of
from app.audit.suspicion.thresholds import in_force, set_thresholds
from app.errors import RequestInvalid
from app.operations import outbox
from app.operations.moving import Course, move_case, undo_move
from app.operations.recovery import try_again
from app.operations.tasks import mark_opened
from app.operations.timers import fire_due_timers
from app.people import SYSTEM, SignIn
from app.store import append_only, session, transaction
from app.store.models import Case, Event, Task, Timer
from tests.support import builders
from tests.support.builders import complete, open_task, person, publish, sample, start_case
from tests.workbench import other_releases

pytestmark = pytest.mark.tampers


@pytest.fixture
def library(app, clock):
    publish(clock=clock)
    person("ana", "analyst", clock=clock)
    return app


def settle(clock):
    while outbox.drain_outbox(clock, dry=True):
        pass


def at_check(clock) -> Case:
    """A case that waits to be looked at by a librarian."""
    case = start_case(clock=clock)
    complete(case, "request", "reader_wang", sample("request"), clock=clock)
    clock.move_to(clock() + timedelta(minutes=30))
    return case


def decide(case, clock, outcome="lend", by="librarian_zhao", reason="", **answers):
    complete(case, "check", by, {"in_stock": True} | answers, outcome, reason, clock=clock)
    settle(clock)


def found(case, *codes):
    """The findings of the case as {code: [(seq, element)]}; of these kinds alone when they are named."""
    session().expire_all()
    by_code: dict[str, list] = {}
    for one in findings_of(session().get(Case, case.id)):
        assert one.severity == KINDS[one.code].severity and one.words
        by_code.setdefault(one.code, []).append((one.seq, one.element))
    return {code: places for code, places in by_code.items() if not codes or code in codes}


def tamper(model, values, *where):
    with transaction() as store:
        append_only.drop(store.connection())
        store.execute(sa.update(model).where(*where).values(values))
    session().expire_all()


def seq_of(case, element, outcome=None):
    query = sa.select(Event.seq).where(Event.case_id == case.id, Event.element == element, Event.kind == "complete")
    return session().scalars(query.where(Event.outcome == outcome) if outcome else query).first()


def test_an_ordinary_case_has_no_findings(library, clock):
    case = at_check(clock)
    decide(case, clock)
    complete(case, "hand_out", "librarian_zhao", sample("hand_out"), clock=clock)
    assert found(case) == {}


def test_a_decision_seconds_after_opening_is_told_and_one_after_minutes_is_not(library, clock):
    quick, slow = at_check(clock), at_check(clock)
    mark_opened(open_task(quick, "check").id, actor=builders.actor("librarian_zhao"), clock=clock)
    mark_opened(open_task(slow, "check").id, actor=builders.actor("librarian_zhao"), clock=clock)
    clock.move_to(clock() + timedelta(seconds=4))
    decide(quick, clock)
    clock.move_to(clock() + timedelta(minutes=4))
    decide(slow, clock)
    assert found(quick, "quick") == {"quick": [(seq_of(quick, "check"), "check")]} and found(slow, "quick") == {}


def test_many_decisions_of_one_person_within_a_minute_are_told(library, clock):
    set_thresholds({"many_count": "3"}, actor=SYSTEM, clock=clock)
    cases = [at_check(clock) for _ in range(3)]
    for case in cases:
        decide(case, clock)
        clock.move_to(clock() + timedelta(seconds=10))
    assert all("many-at-once" in found(case) for case in cases)
    clock.move_to(clock() + timedelta(minutes=10))
    alone = at_check(clock)
    decide(alone, clock)
    assert "many-at-once" not in found(alone)


@pytest.mark.parametrize(("at", "told"), [("2026-03-03T23:10", True), ("2026-03-07T10:00", True), ("2026-02-28T10:00", False), ("2026-03-03T10:00", False)],
                         ids=["night", "Saturday", "a Saturday that is worked", "Tuesday"])
def test_an_unusual_hour_goes_by_the_calendar_of_working_days(library, clock, at, told):
    clock.now = datetime.fromisoformat(f"{at}:00+08:00") - timedelta(minutes=30)
    case = at_check(clock)
    decide(case, clock)
    assert ("odd-hour" in found(case)) is told


def test_what_is_done_after_its_deadline_or_still_open_behind_it_is_told(library, clock):
    late, waiting = at_check(clock), at_check(clock)
    clock.move_to(clock() + timedelta(days=9))
    decide(late, clock)
    assert found(late, "done-late") == {"done-late": [(seq_of(late, "check"), "check")]}
    assert found(waiting, "still-open") == {}, "told as of when the worker looked"
    from app.audit.suspicion import look_at_case

    look_at_case(waiting.id, clock)
    assert [element for _seq, element in found(waiting, "still-open")["still-open"]] == ["check"]


def test_a_timer_that_fired_long_after_it_was_due_is_told(library, clock):
    case = at_check(clock)
    decide(case, clock)
    complete(case, "hand_out", "librarian_zhao", sample("hand_out"), clock=clock)
    due = session().scalar(sa.select(sa.func.min(Timer.due)).where(Timer.case_id == case.id))
    clock.move_to(due + timedelta(hours=5))
    fire_due_timers(clock)
    assert "timer-late" in found(case)


def test_the_same_person_where_the_diagram_asks_for_another_is_serious(library, clock):
    case = lost(clock)
    complete(case, "set_price", "head_qian", sample_price(), clock=clock)
    settle(clock)
    assert found(case, "same-person") == {}
    tamper(Event, {"actor_id": "librarian_zhao"}, Event.case_id == case.id, Event.element == "set_price")
    assert found(case, "same-person") == {"same-person": [(seq_of(case, "set_price"), "set_price")]}
    assert "two-roles" in found(case)


def lost(clock):
    case = at_check(clock)
    decide(case, clock)
    complete(case, "hand_out", "librarian_zhao", sample("hand_out"), clock=clock)
    complete(case, "keep", "librarian_zhao", {"returned_on": "2026-03-02", "damage": "无"}, "lost", clock=clock)
    return case


def sample_price():
    return {"amount": "120.00", "basis": "绝版书，按原价三倍"}


def test_who_started_it_and_works_at_the_desk_is_told(library, clock):
    case = at_check(clock)
    decide(case, clock)
    tamper(Event, {"actor_id": "reader_wang"}, Event.case_id == case.id, Event.element == "check")
    assert found(case, "own-case") == {"own-case": [(seq_of(case, "check"), "check")]}


def test_acting_for_somebody_else_is_noted(library, clock):
    case = at_check(clock)
    decide(case, clock)
    tamper(Event, {"on_behalf_of": "head_qian"}, Event.case_id == case.id, Event.element == "check")
    assert found(case, "deputy") == {"deputy": [(seq_of(case, "check"), "check")]}


def test_a_clock_that_went_back_is_told_at_the_event(library, clock):
    case = at_check(clock)
    decide(case, clock)
    seq = seq_of(case, "check")
    tamper(Event, {"at": builders.MONDAY - timedelta(days=3)}, Event.case_id == case.id, Event.seq == seq)
    assert [place[0] for place in found(case, "clock-back")["clock-back"]] == [seq]


def test_a_way_that_the_diagram_does_not_have_is_told(library, clock):
    case = at_check(clock)
    decide(case, clock)
    event = session().scalar(sa.select(Event).where(Event.case_id == case.id, Event.element == "check"))
    trail = [step for step in event.details["trail"] if step[0] != "flow"]
    tamper(Event, {"details": event.details | {"trail": trail}}, Event.id == event.id)
    assert ("check" in {element for _seq, element in found(case, "off-diagram")["off-diagram"]})


def test_a_form_sent_back_often_is_told_with_how_often(library, clock):
    case = at_check(clock)
    for _ in range(3):
        decide(case, clock, "ask_back", reason="请写明是哪一版", in_stock=False)
        clock.move_to(clock() + timedelta(minutes=20))
        complete(case, "request", "reader_wang", sample("request"), clock=clock)
        clock.move_to(clock() + timedelta(minutes=20))
    assert found(case, "sent-back", "changed-after") == {"sent-back": [(session().get(Case, case.id).events, "request")]}


def test_moves_between_releases_are_told_and_apart_where_a_step_was_put_elsewhere(library, clock):
    plain, changed = at_check(clock), at_check(clock)
    decide(changed, clock)
    complete(changed, "hand_out", "librarian_zhao", sample("hand_out"), clock=clock)
    settle(clock)
    same, other = other_releases.publish(other_releases.other_form(), clock), other_releases.publish(other_releases.one_more_one_less(), clock)
    ana = builders.actor("ana")
    move_case(plain.id, Course(same, {}), actor=ana, clock=clock, reason="新表")
    undo_move(plain.id, actor=ana, clock=clock, reason="还用旧表")
    move_case(changed.id, Course(other, {"keep": "stamp"}), actor=ana, clock=clock, reason="新规程")
    assert len(found(plain, "moved")["moved"]) == 2 and found(plain, "skipped") == {}
    assert list(found(changed, "moved", "skipped")) == ["skipped"]


def test_what_was_tried_again_by_hand_is_noted(library, clock):
    case = at_check(clock)
    decide(case, clock)
    complete(case, "hand_out", "librarian_zhao", sample("hand_out"), clock=clock)
    with transaction() as store:
        store.execute(sa.update(Timer).where(Timer.case_id == case.id).values(held="x", tries=20))
    try_again(actor=builders.actor("ana"), clock=clock)
    assert "by-hand" in found(case)


def test_a_sign_in_from_an_unknown_address_is_noted_where_its_person_has_a_habit(library, clock):
    def visited(number, address, days):
        return SignIn(id=f"visit-{number}", person_id="librarian_zhao", created_at=clock() - timedelta(days=days), last_seen=clock(), address=address)

    case = at_check(clock)
    with transaction() as store:
        store.add_all([visited(number, "10.0.0.x", 20 - number) for number in range(6)])
    decide(case, clock)
    assert "new-address" not in found(case)
    with transaction() as store:
        store.add(visited(9, "203.0.113.x", 0))
    assert found(case, "new-address") == {"new-address": [(seq_of(case, "check"), "check")]}


def test_thresholds_are_kept_with_who_set_them_and_refuse_nonsense(library, clock):
    assert in_force()["quick_seconds"] == 10
    assert len(set_thresholds({"quick_seconds": "30", "sent_back": "3"}, actor=builders.actor("ana"), clock=clock)) == 1
    assert in_force()["quick_seconds"] == 30
    for wrong in ("-1", "abc", "99999999"):
        with pytest.raises(RequestInvalid):
            set_thresholds({"quick_seconds": wrong}, actor=builders.actor("ana"), clock=clock)
