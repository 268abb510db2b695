"""Many cases brought to another release by their analyst: chosen, tried, mapped, moved as a job, undone."""
from io import BytesIO

import openpyxl
import pytest

from app import jobs
from app.errors import JobNotReady, NotAllowed, NothingChosen, NotFound, ReasonNeeded
from app.operations.moving import undo_move
from app.operations.tasks import take_task
from app.people import SYSTEM
from app.people.administration import set_roles
from app.store import session
from app.store.models import Case, Event
from app.workbench import moves, moves_choosing, moves_results
from app.workbench.moves_choosing import Wanted
from tests.faults.invariants import all_broken
from tests.support import builders
from tests.support.builders import open_task
from tests.workbench import other_releases
from tests.workbench.test_moves_of_cases import case_at

WHY = "按新规程办理"


@pytest.fixture
def library(app, clock):
    builders.publish(clock=clock)
    builders.person("ana", "analyst", clock=clock)
    return app


@pytest.fixture
def cases(library, clock):
    """Two cases at each of three steps."""
    return [case_at(step, clock) for step in ("check", "hand_out", "keep") for _each in range(2)]


@pytest.fixture
def target(cases, clock):
    return other_releases.publish(other_releases.one_more_one_less(), clock)


def ana():
    return builders.actor("ana")


def done(clock) -> None:
    while jobs.run_jobs(clock, seconds=5):
        pass
    session().rollback()


def counts(plan, clock) -> dict:
    return moves_results.found_by(moves.plan_of(plan.id), clock).counts


def test_tried_mapped_moved_and_undone_each_case_is_told(cases, target, clock):
    plan = moves.begin_plan(Wanted("lending", target), None, actor=ana(), clock=clock)
    done(clock)
    assert counts(plan, clock) == {"will": 4, "choose": 2, "refused": 0}
    (question,) = moves_results.found_by(plan, clock).questions
    assert (question.name, question.count, [place.id for place in question.proposals]) == ("交书给读者", 2, ["join"])
    assert {"stamp", "keep", "set_due", "join"} <= {place.id for place in question.places} and question.chosen is None
    moves.try_again(plan.id, {"hand_out": "join"}, False, actor=ana(), clock=clock)
    done(clock)
    assert counts(plan, clock) == {"will": 6, "choose": 0, "refused": 0}
    words = {group.words for group in moves_results.found_by(plan, clock).will}
    assert words == {"仍在“审核借书单”", "仍在“等待还书”", "“交书给读者”视为已办；接着办“加盖馆藏章”"}
    with pytest.raises(ReasonNeeded):
        moves.run(plan.id, " ", actor=ana(), clock=clock)
    moves.run(plan.id, WHY, actor=ana(), clock=clock)
    done(clock)
    assert {session().get(Case, case.id, populate_existing=True).release for case in cases} == {target}
    assert [open_task(case).element for case in cases] == ["check"] * 2 + ["stamp"] * 2 + ["keep"] * 2
    take_task(open_task(cases[0]).id, actor=builders.actor("librarian_zhao"), clock=clock)
    assert moves_results.counts_of(plan) == {"moved": 6, "acted": 1, "undone": 0, "failed": 0}
    moves.undo_one(plan.id, cases[1].id, actor=ana(), clock=clock)
    moves.undo_all(plan.id, actor=ana(), clock=clock)
    done(clock)
    assert moves_results.counts_of(plan) == {"moved": 6, "acted": 1, "undone": 5, "failed": 0}
    lines = {line.number: line.state for line in moves_results.lines_of(moves.plan_of(plan.id)).rows}
    assert lines == {case.number: "acted" if case is cases[0] else "undone" for case in cases}
    assert all_broken() == []


def test_a_case_that_went_on_between_trial_and_move_is_told_why_it_stayed(cases, target, clock):
    plan = moves.begin_plan(Wanted("lending", target, step="check"), None, actor=ana(), clock=clock)
    done(clock)
    builders.complete(cases[0], "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    moves.run(plan.id, WHY, actor=ana(), clock=clock)
    done(clock)
    assert moves_results.counts_of(plan)["failed"] == 1
    lines = {line.number: line for line in moves_results.lines_of(moves.plan_of(plan.id)).rows}
    assert "交书给读者" in lines[cases[0].number].words and lines[cases[1].number].state == "moved"
    sheet = openpyxl.load_workbook(BytesIO(moves_results.workbook(moves.plan_of(plan.id)))).active
    rows = {row[0]: row[1:] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows[cases[1].number][0] == 1 and rows[cases[1].number][3] == "已迁移" and rows[cases[0].number][3] == "没有迁移"
    with pytest.raises(JobNotReady):
        moves.run(plan.id, WHY, actor=ana(), clock=clock)
    assert all_broken() == []


def test_cases_are_chosen_by_release_step_stage_or_pasted_numbers(cases, target, clock):
    later = case_at("check", clock)
    everything = Wanted("lending", target)
    assert moves_choosing.count(everything) == 6 and later.release == target
    offered = moves_choosing.choices(everything)
    assert {choice.key: choice.count for choice in offered["step"]} == {"check": 2, "hand_out": 2, "keep": 2}
    assert [choice.count for choice in offered["release"]] == [6] and {choice.key for choice in offered["stage"]} == {"审核", "取书", "借阅"}
    pasted = Wanted.of({"process": "lending", "to": target, "numbers": f"{cases[0].number}\n{cases[3].number}，{later.number}；no-such"})
    assert moves_choosing.count(pasted) == 2 and moves_choosing.unknown_numbers(pasted) == [later.number, "no", "such"]
    assert [one.number for one in moves_choosing.listed(Wanted("lending", target, stage="借阅"))] == [cases[4].number, cases[5].number]
    with pytest.raises(NothingChosen):
        moves.begin_plan(Wanted("lending", target, step="nowhere"), None, actor=ana(), clock=clock)
    with pytest.raises(NotFound):
        moves.begin_plan(Wanted("lending", "0" * 64), None, actor=ana(), clock=clock)
    plan = moves.begin_plan(everything, [cases[0].id, later.id], actor=ana(), clock=clock)
    done(clock)
    assert moves_results.progress(plan.trial_job, clock).job.total == 1


def test_a_job_whose_worker_was_told_twice_moves_each_case_once(cases, target, clock):
    plan = moves.begin_plan(Wanted("lending", target, step="check"), None, actor=ana(), clock=clock)
    done(clock)
    moves.run(plan.id, WHY, actor=ana(), clock=clock)
    done(clock)
    jobs.run_jobs(clock)
    assert session().query(Event).filter_by(kind="move").count() == 2
    undo_move(cases[0].id, actor=ana(), clock=clock)
    with pytest.raises(NotFound):
        moves.undo_one(plan.id, cases[0].id, actor=ana(), clock=clock)


def test_whoever_is_no_analyst_any_more_moves_nothing(cases, target, clock):
    plan = moves.begin_plan(Wanted("lending", target, step="check"), None, actor=ana(), clock=clock)
    done(clock)
    moves.run(plan.id, WHY, actor=ana(), clock=clock)
    set_roles("ana", [], actor=SYSTEM, clock=clock)
    done(clock)
    assert {line.words for line in moves_results.lines_of(moves.plan_of(plan.id)).rows} == {NotAllowed().message}
    assert session().query(Event).filter_by(kind="move").count() == 0


def test_the_pages_lead_from_choosing_to_undoing(library, cases, target, clock):
    browser = library.test_client()
    builders.sign_in(browser, "ana")
    token = builders.csrf_token(browser)
    assert "还按旧版本办理的" in browser.get("/workbench/moves").text
    page = browser.get(f"/workbench/moves/new?process=lending&to={target}&step=hand_out").text
    assert cases[2].number in page and cases[0].number not in page and "王小满" not in page
    answer = browser.post("/workbench/moves", data={"process": "lending", "to": target, "step": "hand_out", "case": [cases[2].id], "csrf_token": token})
    assert answer.status_code == 303
    place = answer.location
    done(clock)
    page = browser.get(place).text
    assert "“交书给读者”改从哪一步继续" in page and "需要指定环节 1 件" in page
    browser.post(f"{place}/trial", data={"to:hand_out": "join", "since": "now", "csrf_token": token})
    done(clock)
    assert "迁移 1 件" in browser.get(place).text
    assert "请填写" in browser.post(f"{place}/run", data={"reason": "", "csrf_token": token}).text
    browser.post(f"{place}/run", data={"reason": WHY, "csrf_token": token})
    done(clock)
    page = browser.get(place).text
    assert "已迁移 1 件" in page and WHY in page
    assert browser.get(f"{place}/excel").status_code == 200
    browser.post(f"{place}/undo", data={"case": cases[2].id, "csrf_token": token})
    assert "已撤销 1 件" in browser.get(place).text
    question = f"{place}/diagram/{target}/processes/lending-library/lending.bpmn"
    assert "stamp" in browser.get(question).text and browser.get(question.replace(".bpmn", ".dmn")).status_code == 404
    stranger = library.test_client()
    builders.person("stranger", clock=clock)
    builders.sign_in(stranger, "stranger")
    assert {stranger.get(address).status_code for address in ("/workbench/moves", place)} <= {403, 404}
