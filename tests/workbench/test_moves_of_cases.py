"""A running case moved to another release: what people have stays theirs, the history tells it, and it can be undone."""
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.errors import MoveNotUndone, MoveRefused, ReasonNeeded
from app.operations import outbox
from app.operations.drafts import read_draft, save_draft
from app.operations.moving import Course, move_case, try_move, undo_move
from app.operations.reading import timeline, view_case
from app.operations.tasks import mark_opened, take_task
from app.store import session
from app.store.models import Case, Event, Task, Timer
from tests.faults.invariants import broken, dump
from tests.support import builders
from tests.support.builders import complete, open_task, sample
from tests.workbench import other_releases

WHY = "2026 年新规程"


@pytest.fixture
def library(app, clock):
    builders.publish(clock=clock)
    builders.person("ana", "analyst", clock=clock)
    return app


def settle(clock):
    while outbox.drain_outbox(clock, dry=True):
        pass


def case_at(element: str, clock) -> Case:
    """A case that waits at this step."""
    case = builders.start_case(clock=clock)
    for step, by, answers, outcome in (("request", "reader_wang", sample("request"), "submit"), ("check", "librarian_zhao", {"in_stock": True}, "lend"),
                                       ("hand_out", "librarian_zhao", sample("hand_out"), "submit")):
        if step == element:
            break
        complete(case, step, by, answers, outcome, clock=clock)
        settle(clock)
    assert open_task(case, element)
    return case


def move(case: Case, digest: str, clock, mapping=None, **given):
    event = move_case(case.id, Course(digest, mapping or {}, **given), actor=builders.actor("ana"), clock=clock, reason=WHY)
    assert broken(again(case)) == []
    return event


def again(case: Case) -> Case:
    session().rollback()
    return session().get(Case, case.id, populate_existing=True)


def test_a_change_of_forms_alone_leaves_draft_claim_and_marks_as_they_are(library, clock):
    case = case_at("check", clock)
    zhao = builders.actor("librarian_zhao")
    task = open_task(case, "check").id
    mark_opened(task, actor=zhao, clock=clock)
    take_task(task, actor=zhao, clock=clock)
    save_draft(task, {"in_stock": True, "gone_field": "还在"}, actor=zhao, clock=clock)
    before = {name: getattr(open_task(case, "check"), name) for name in ("id", "assignee", "pool", "due", "opened_at", "created_at", "excluded")}
    target = other_releases.publish(other_releases.other_form(), clock)
    event = move(case, target, clock)
    row = open_task(case, "check")
    assert {name: getattr(row, name) for name in before} == before
    assert again(case).release == target and event.kind == "move" and event.details["reason"] == WHY
    assert read_draft(row, zhao).data == {"in_stock": True, "gone_field": "还在"} | {k: v for k, v in read_draft(row, zhao).data.items()}
    assert event.state_digest == session().scalar(sa.select(Event.state_digest).where(Event.case_id == case.id, Event.seq == event.seq - 1))


def test_a_case_whose_step_is_gone_lands_where_the_analyst_says_and_meets_the_new_step(library, clock):
    case = case_at("hand_out", clock)
    target = other_releases.publish(other_releases.one_more_one_less(), clock)
    trial = try_move(case, Course(target), actor=builders.actor("ana"), clock=clock)
    assert [(o.kind, o.element, o.proposals) for o in trial.obstacles] == [("choose", "hand_out", ("join",))]
    with pytest.raises(MoveRefused, match="交书给读者"):
        move(case, target, clock)
    assert again(case).events == case.events and broken(case) == []
    for lost, reason in (("", "不会再来"), ("keep", "越过汇合")):
        with pytest.raises(MoveRefused, match=reason):
            move(case, target, clock, {"hand_out": lost})
    move(case, target, clock, {"hand_out": "join"})
    assert open_task(case).element == "stamp" and again(case).stage == "取书"
    complete(case, "stamp", "librarian_zhao", sample("hand_out"), clock=clock)
    complete(case, "keep", "librarian_zhao", {"returned_on": "2026-03-02", "damage": "无"}, "returned", clock=clock)
    assert again(case).ended_element == "returned"


def test_undone_everything_is_as_it_was_to_the_last_row(library, clock):
    cases = [case_at(step, clock) for step in ("check", "hand_out", "keep")]
    target = other_releases.publish(other_releases.one_more_one_less(), clock)
    before = {case.id: standing(case) for case in cases}
    for case in cases:
        move(case, target, clock, {"hand_out": "join"})
        clock.move_to(clock() + timedelta(seconds=1))
        event = undo_move(case.id, actor=builders.actor("ana"), clock=clock)
        assert (event.kind, event.details["to"]) == ("move-undone", before[case.id]["head"]["release"])
        assert standing(case) == before[case.id] and broken(again(case)) == []
        with pytest.raises(MoveNotUndone, match="已经撤销"):
            undo_move(case.id, actor=builders.actor("ana"), clock=clock)
    complete(cases[0], "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    settle(clock)
    complete(cases[0], "hand_out", "librarian_zhao", sample("hand_out"), clock=clock)
    assert open_task(cases[0]).element == "keep"


def standing(case: Case) -> dict:
    """What can be seen of where a case stands: head, open tasks, waits, state."""
    from app.operations.images import image_of
    from app.store.models import Snapshot

    case = again(case)
    found = image_of(case)
    found["state"] = session().get(Snapshot, case.id).state
    return found


def test_after_somebody_acted_a_move_stays_and_looking_is_not_acting(library, clock):
    case = case_at("check", clock)
    target = other_releases.publish(other_releases.other_form(), clock)
    zhao, ana = builders.actor("librarian_zhao"), builders.actor("ana")
    move(case, target, clock)
    mark_opened(open_task(case).id, actor=zhao, clock=clock)
    undo_move(case.id, actor=ana, clock=clock)
    assert open_task(case).opened_at is not None and again(case).release != target
    move(case, target, clock)
    take_task(open_task(case).id, actor=zhao, clock=clock)
    with pytest.raises(MoveNotUndone, match="已经办理过"):
        undo_move(case.id, actor=ana, clock=clock)


def test_two_moves_are_undone_one_after_the_other(library, clock):
    case = case_at("check", clock)
    first = case.release
    second = other_releases.publish(other_releases.other_form(), clock)
    third = other_releases.publish(other_releases.one_more_one_less(), clock)
    move(case, second, clock)
    move(case, third, clock)
    ana = builders.actor("ana")
    undo_move(case.id, actor=ana, clock=clock)
    assert again(case).release == second
    undo_move(case.id, actor=ana, clock=clock)
    assert again(case).release == first and broken(case) == []


def test_another_lane_takes_the_task_from_whoever_may_not_do_it_there(library, clock):
    taken, kept = case_at("check", clock), case_at("keep", clock)
    zhao = builders.actor("librarian_zhao")
    for case in (taken, kept):
        take_task(open_task(case).id, actor=zhao, clock=clock)
    lane = "<bpmn:flowNodeRef>{}</bpmn:flowNodeRef>"
    target = other_releases.publish(other_releases.bundle(
        ("", lane.format("check") + "\n", "\n"), ("", lane.format("set_price"), lane.format("set_price") + lane.format("check")), ("", 'value="check,hand_out"', 'value="hand_out"')), clock)
    move(taken, target, clock)
    row = open_task(taken)
    assert row.pool == "head_librarian@org:city_library" and row.assignee == ""
    move(kept, target, clock)
    assert open_task(kept).assignee == zhao.id


def test_time_limits_that_did_not_change_stay_and_changed_ones_count_anew(library, clock):
    same, other = case_at("keep", clock), case_at("check", clock)
    due = open_task(other).due
    dues = {t.element: t.due for t in session().scalars(sa.select(Timer).where(Timer.case_id == same.id))}
    clock.move_to(clock() + timedelta(days=2))
    move(same, other_releases.publish(other_releases.other_form(), clock), clock)
    assert {t.element: t.due for t in session().scalars(sa.select(Timer).where(Timer.case_id == same.id))} == dues
    move(other, session().get(Case, same.id).release, clock)
    assert open_task(other).due == due == "2026-03-05"
    move(other, other_releases.publish(other_releases.bundle(("", "workdays_following(today, 3)", "workdays_following(today, 9)")), clock), clock)
    assert open_task(other).due == "2026-03-17", "nine working days from the move"


def test_the_history_tells_each_event_by_the_release_it_happened_in_and_the_starter_reads_no_names(library, clock):
    case = case_at("keep", clock)
    target = other_releases.publish(other_releases.one_more_one_less(), clock)
    move(case, target, clock)
    for who in ("reader_wang", "librarian_zhao"):
        lines = timeline(again(case), builders.actor(who))
        assert "交书给读者" in [line.element_name for line in lines], "the step is gone from the current release"
        told = next(line for line in lines if line.kind == "move")
        assert told.reason == WHY and told.who in ("", "人员 ana")
    assert view_case(case.id, builders.actor("reader_wang"), clock).case.id == case.id


def test_the_case_page_says_that_it_goes_on_by_the_new_release(library, clock):
    builders.person("li", "member", clock=clock)
    case = builders.start_case(by="li", clock=clock)
    move(case, other_releases.publish(other_releases.other_form(), clock), clock)
    undo_move(case.id, actor=builders.actor("ana"), clock=clock)
    browser = library.test_client()
    builders.sign_in(browser, "li")
    page = browser.get(f"/cases/{case.id}").text
    assert "按新版本继续办理" in page and "恢复按原版本办理" in page and WHY in page


def test_a_case_that_is_over_or_there_already_or_of_another_procedure_is_refused(library, clock):
    case = case_at("request", clock)
    ana = builders.actor("ana")
    with pytest.raises(MoveRefused, match="已经在这个版本"):
        move_case(case.id, Course(case.release), actor=ana, clock=clock, reason=WHY)
    target = other_releases.publish(other_releases.other_form(), clock)
    with pytest.raises(ReasonNeeded):
        move_case(case.id, Course(target), actor=ana, clock=clock, reason=" ")
    move_case(case.id, Course(target), actor=ana, clock=clock, reason=WHY, key="job:1")
    assert move_case(case.id, Course(target), actor=ana, clock=clock, reason=WHY, key="job:1") is None
    assert again(case).tab == "draft", "whose draft it is has not changed"


def test_a_dry_run_writes_nothing(library, clock):
    case = case_at("hand_out", clock)
    target = other_releases.publish(other_releases.one_more_one_less(), clock)
    before = dump()
    for mapping in ({}, {"hand_out": ""}, {"hand_out": "join"}):
        try_move(again(case), Course(target, mapping), actor=builders.actor("ana"), clock=clock)
    assert dump() == before
