"""Insight of cases that the engine itself moved: what counts as a wait, a return and a way, also when a case moves between releases."""
from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import engine
from app.audit.insight import asking, pages
from app.audit.insight.facts import second
from app.audit.insight.gathering import gather_insight, gathered
from app.audit.insight.rework import reasons, returns_by_step, rework_of
from app.audit.insight.shortest import Shortest
from app.audit.insight.steps import step_figures
from app.definitions import read_folder
from app.operations import outbox
from app.operations.moving import Course, move_case, undo_move
from app.proof.erasing import erase_from_event
from app.store import session, transaction
from app.store.models import Case, Event
from tests.support import builders
from tests.support.builders import complete, open_task, sample
from tests.workbench import other_releases

SCOPE = asking.Scope(True, (), False)
ASKED = asking.Asked(process="lending")


@pytest.fixture
def library(app, clock):
    builders.publish(clock=clock)
    builders.person("ana", "analyst", clock=clock)
    return app


def later(clock, **span) -> None:
    clock.move_to(clock() + timedelta(**span))


def asked_back(clock, reason: str = "请写明馆藏地") -> Case:
    """A case whose request was given back after two hours, and that came again after a day."""
    case = builders.start_case(clock=clock)
    complete(case, "request", "reader_wang", sample("request"), clock=clock)
    later(clock, hours=2)
    complete(case, "check", "librarian_zhao", {"in_stock": True}, "ask_back", reason, clock=clock)
    later(clock, days=1)
    complete(case, "request", "reader_wang", sample("request"), clock=clock)
    return case


def figures(clock, asked=ASKED):
    gather_insight(clock)
    return step_figures(asked, asking.chosen_ids(asked, SCOPE), second(clock()))


@pytest.mark.both_stores
def test_a_case_that_waits_is_counted_where_it_waits_since_when_it_came(library, clock):
    case = asked_back(clock)
    later(clock, hours=5)
    steps = figures(clock)
    assert (steps["check"].waiting.count, steps["check"].waiting.median) == (1, 5 * 3600)
    assert steps["check"].took.count == 1 and steps["check"].took.median == 2 * 3600
    assert steps["request"].entered == 2 and steps["request"].took.most == 86_400
    complete(case, "check", "librarian_zhao", {"in_stock": True}, "refuse", "没有了", clock=clock)
    steps = figures(clock)
    assert steps["check"].waiting.count == 0 and steps["check"].done == 2 and steps["check"].back == 1


def test_what_is_given_back_is_a_return_by_that_step_with_its_reason(library, clock):
    case = asked_back(clock, "请写明馆藏地")
    asked_back(clock, " 请写明馆藏地 ")
    asked_back(clock, "书名不全")
    complete(case, "check", "librarian_zhao", {"in_stock": True}, "refuse", "没有了", clock=clock)
    gather_insight(clock)
    way, = returns_by_step(ASKED, SCOPE)
    assert (way.by, way.to, way.outcome, way.returns, way.cases) == ("check", "request", "ask_back", 3, 3)
    assert reasons(ASKED, SCOPE, "check") == ([("请写明馆藏地", 2), ("书名不全", 1)], 3)
    assert reasons(ASKED, asking.Scope(True, (), True), "check")[0] == [], "fewer than five may name somebody"
    found = rework_of(ASKED, SCOPE)
    assert (found.ended, found.returned, found.share) == (1, 1, 1) and found.lost.total >= 86_400


@pytest.mark.tampers  # an erased reason, written by hand
def test_an_erased_reason_is_said_to_be_erased_and_its_text_is_kept_nowhere(library, clock):
    case = asked_back(clock, "张三的身份证过期")
    gather_insight(clock)
    with transaction() as store:
        event = store.scalar(sa.select(Event).where(Event.case_id == case.id, Event.outcome == "ask_back"))
        erase_from_event(event, ["/details/reason"])
    table = next(table for table in pages.rework_tables(asking.Asked(process="lending", step="check"), SCOPE)[1] if table.key == "reasons")
    assert [row.cells[0] for row in table.rows] == ["已依法清除"]


def test_a_move_to_another_release_and_back_leaves_the_wait_as_it_was(library, clock):
    case = builders.start_case(clock=clock)
    complete(case, "request", "reader_wang", sample("request"), clock=clock)
    later(clock, hours=1)
    complete(case, "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    while outbox.drain_outbox(clock, dry=True):
        pass
    assert open_task(case, "hand_out")
    before, target = figures(clock), other_releases.publish(other_releases.one_more_one_less(), clock)
    later(clock, hours=3)
    move_case(case.id, Course(target, {"hand_out": "join"}), actor=builders.actor("ana"), clock=clock, reason="新规程")
    moved = figures(clock)
    assert before["hand_out"].waiting.count == 1 and moved["hand_out"].waiting.count == 0
    assert moved["stamp"].waiting.median == 0 and moved["hand_out"].interrupted == 1 and moved["hand_out"].took.count == 0, "a move is no work done"
    assert sum(step.back for step in moved.values()) == 0
    later(clock, hours=1)
    undo_move(case.id, actor=builders.actor("ana"), clock=clock)
    undone = figures(clock)
    assert undone["stamp"].waiting.count == 0 and undone["hand_out"].waiting.count == 1 and undone["hand_out"].waiting.median == 4 * 3600 and undone["hand_out"].interrupted == 0


def test_figures_of_one_release_count_what_was_left_in_it(library, clock):
    case = asked_back(clock)
    old = session().get(Case, case.id).release
    new = other_releases.publish(other_releases.other_form(), clock)
    move_case(case.id, Course(new), actor=builders.actor("ana"), clock=clock, reason="新规程")
    complete(case, "check", "librarian_zhao", {"in_stock": True}, "refuse", "没有了", clock=clock)
    gather_insight(clock)
    taken = {release: step_figures(asking.Asked(process="lending", release=release), None, second(clock()))["check"].took.count for release in (old, new)}
    assert taken == {old: 1, new: 1}


def test_the_worker_looks_only_at_cases_that_went_on_and_says_as_of_when(library, clock):
    asked_back(clock)
    assert gathered() is None and gather_insight(clock) == 1
    later(clock, minutes=5)
    assert gather_insight(clock) == 0 and gathered() == (clock(), 0)


def test_what_counts_as_led_back_on_the_diagram_of_the_title_review():
    procedure = read_folder(builders.ROOT).procedure("title-review")
    ways = Shortest(engine.load_process("title-review", procedure.files))
    back = {(source, target) for source in ways.elements for target in ("declare", "revise_declaration", "employer_review", "pre_publicity", "confirm_payment", "create_order")
            if ways.led_back(source, target)}
    assert {("employer_review", "declare"), ("employer_review", "revise_declaration"), ("office_pre_review", "revise_declaration"), ("withdraw", "declare"),
            ("office_post_review", "confirm_payment")} <= back
    assert not back & {("declare", "employer_review"), ("revise_declaration", "employer_review"), ("employer_review", "pre_publicity"),
                       ("confirm_payment", "create_order"), ("notify_returned", "revise_declaration")}
