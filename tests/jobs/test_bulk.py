"""One decision over many tasks: each is one event of its own, one failure stops no other, and the report says why."""
import pytest

from app import jobs
from app.errors import NotForMany, NothingChosen, ReasonNeeded
from app.operations import bulk
from app.store import session
from app.store.models import Event, Notice
from tests.jobs import office
from tests.support import builders


def decided(made, clock, ways: dict, *, by: str = "one", answers=None, reason: str = "材料不清晰，请重新上传"):
    """The job of this decision, begun: the first way for all, another for those at these places."""
    who = builders.actor(by)
    job = bulk.prepare_decisions(office.tasks(made), actor=who, clock=clock)
    bulk.choose_ways(job.id, ways, actor=who, clock=clock)
    for decision in bulk.many_of(job.id, actor=who, clock=clock).chosen:
        bulk.answer_way(job.id, decision.outcome, answers or {"opinion": "情况属实"}, reason if decision.reason else "", actor=who)
    return jobs.begin_prepared(job.id, actor=who)


def outcomes(made) -> list[str]:
    return [session().query(Event).filter_by(case_id=case.id, kind="complete").one().outcome for case in made]


@pytest.mark.both_stores
def test_thirty_eight_are_approved_and_two_returned_with_their_reason_one_event_each(bureau, clock):
    made = office.cases(40, clock)
    job = decided(made, clock, {7: "return", 40: "return"})
    assert jobs.run_jobs(clock) == 40
    assert outcomes(made) == ["return" if n in (7, 40) else "approve" for n in range(1, 41)]
    event = session().query(Event).filter_by(case_id=made[6].id, kind="complete").one()
    assert event.details["reason"] == "材料不清晰，请重新上传" and event.actor_id == "one"
    assert (job.state, job.done, job.failed) == ("done", 40, 0)


@pytest.mark.both_stores
def test_one_that_fails_stops_no_other_and_the_report_says_why(bureau, clock):
    made = office.cases(5, clock)
    job = decided(made, clock, {})
    builders.complete(made[2], "review", "two", {"opinion": "已看"}, outcome="approve", clock=clock)
    jobs.run_jobs(clock)
    items = jobs.items_of(job).rows
    assert [item.state for item in items] == ["done", "done", "failed", "done", "done"]
    assert "已由乙经办" in items[2].words and made[2].number in items[2].label
    assert [item.position for item in jobs.items_of(job, state="failed").rows] == [3]
    assert jobs.report_of(job)[:2] == b"PK"


def test_what_is_wrong_with_the_answers_is_said_of_each_and_can_be_tried_again(bureau, clock):
    made, who = office.cases(2, clock), builders.actor("one")
    job = decided(made, clock, {}, answers={"opinion": "长" * 101})
    jobs.run_jobs(clock)
    assert "101" in jobs.items_of(job).rows[0].words or "100" in jobs.items_of(job).rows[0].words
    assert (job.done, job.failed) == (0, 2)
    jobs.retry_failed(job.id, actor=who)
    jobs.run_jobs(clock)
    assert (job.state, job.failed, job.rounds) == ("done", 2, 2)


def test_each_case_keeps_what_its_own_form_works_out(bureau, clock):
    made = office.cases(2, clock)
    decided(made, clock, {})
    jobs.run_jobs(clock)
    from app.store.models import Answers

    data = session().query(Answers).filter_by(case_id=made[0].id, form="opinion").one().data
    assert data["opinion"] == "情况属实" and data["note"] == "申请人：申请人"


def test_places_of_a_reason_are_filled_for_each_case(bureau, clock):
    made = office.cases(2, clock)
    decided(made, clock, {1: "return", 2: "return"}, reason="{姓名}（{流水号}）：{今天}前补正")
    jobs.run_jobs(clock)
    event = session().query(Event).filter_by(case_id=made[1].id, kind="complete").one()
    assert event.details["reason"] == f"申请人（{made[1].number}）：2026年3月2日前补正"


def test_rights_are_asked_anew_for_each_task_when_it_is_done(bureau, clock):
    made = office.cases(3, clock)
    job = decided(made, clock, {})
    builders.disable("one")
    jobs.run_jobs(clock)
    assert [item.detail["code"] for item in jobs.items_of(job).rows] == ["account-closed"] * 3
    assert session().query(Event).filter_by(kind="complete").count() == 0


def test_nobody_decides_in_bulk_what_does_not_wait_for_them(bureau, clock):
    with pytest.raises(NothingChosen):
        bulk.prepare_decisions(office.tasks(office.cases(2, clock)), actor=builders.actor("asker"), clock=clock)


def test_a_form_with_a_file_of_each_case_is_refused_in_words(app, clock):
    office.publish(clock, form="papers")
    with pytest.raises(NotForMany) as refused:
        bulk.prepare_decisions(office.tasks(office.cases(2, clock)), actor=builders.actor("one"), clock=clock)
    assert "“盖章件”须逐件" in refused.value.message


def test_a_way_that_asks_for_a_reason_is_not_taken_without_one(bureau, clock):
    who = builders.actor("one")
    job = bulk.prepare_decisions(office.tasks(office.cases(1, clock)), actor=who, clock=clock)
    many = bulk.many_of(job.id, actor=who, clock=clock)
    with pytest.raises(ReasonNeeded):
        bulk.ensure_reason(many.decisions[1], "  ")
    assert [field.key for field in many.form.fields()] == ["opinion"] and "附件" in many.left_out


def test_tasks_are_taken_and_handed_on_together(bureau, clock):
    made, one = office.cases(3, clock), builders.actor("one")
    ids = office.tasks(made)
    bulk.take_many(ids, actor=one, clock=clock)
    jobs.run_jobs(clock)
    assert [builders.open_task(case).assignee for case in made] == ["one"] * 3
    assert [party["name"] for party in bulk.colleagues(ids, actor=one)] == ["乙经办"]
    bulk.hand_many(ids, "two", actor=one, clock=clock)
    jobs.run_jobs(clock)
    assert [builders.open_task(case).assignee for case in made] == ["two"] * 3


def test_who_asked_is_told_when_it_is_over(bureau, clock):
    job = decided(office.cases(2, clock), clock, {})
    jobs.run_jobs(clock)
    told = session().query(Notice).filter_by(person_id="one").one()
    assert told.link == f"/jobs/{job.id}" and "共 2 项" in told.text
