"""A return says what is wrong where it is; just that may be changed, and the next reader sees what was changed."""
from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import AnswersInvalid, NotFound, NotWaitingFor, ReasonNeeded, RequestInvalid
from app.operations import marks, reading
from app.operations.drafts import save_draft
from app.operations.messages import send_message
from app.operations.reading.taskpages import view_task
from app.operations.tasks import complete_task
from app.store import session
from app.store.models import Event
from tests.support import builders
from tests.support.builders import actor, open_task
from tests.whole.walks import perform

def mark(walk, section, field="", row=0, remark="请更正", who="chen", element="employer_review"):
    return marks.put_mark(open_task(walk.case(), element).id, form="declaration", section=section, field=field, row=row, remark=remark,
                          actor=actor(who), clock=walk.clock)


def send_back(walk, reason=""):
    task = open_task(walk.case(), "employer_review")
    complete_task(task.id, actor=actor("chen"), clock=walk.clock, answers=walk.next.answers, outcome="return", reason=reason)
    walk.settle()
    return open_task(walk.case(), "revise_declaration")


def answers_of(walk) -> dict:
    return dict(view_task(open_task(walk.case(), "revise_declaration").id, actor("li"), walk.clock).answers)


def hand_in(walk, **changed):
    task = open_task(walk.case(), "revise_declaration")
    complete_task(task.id, actor=actor("li"), clock=walk.clock, answers=answers_of(walk) | changed, outcome="submit")
    walk.settle()


@pytest.mark.both_stores
def test_marks_travel_with_the_return_into_the_history(walk):
    mark(walk, "basic", "phone", remark="号码少一位")
    task = send_back(walk)
    event = session().query(Event).filter_by(case_id=walk.case().id, outcome="return").one()
    assert event.details["marks"] == [{"form": "declaration", "section": "basic", "field": "phone", "row": 0, "remark": "号码少一位"}]
    seen = view_task(task.id, actor("li"), walk.clock).returned
    assert [(r.place, r.remark) for r in seen] == [("基本信息 · 联系电话", "号码少一位")]
    assert "陈晓" not in seen[0].who  # the applicant reads roles, not names
    told = [h.marks for h in reading.timeline(walk.case(), actor("li")) if h.marks]
    assert told == [(("基本信息 · 联系电话", "号码少一位"),)]


def test_a_return_needs_a_mark_or_a_reason(walk):
    with pytest.raises(ReasonNeeded):
        send_back(walk)
    assert send_back(walk, "请整体核对").form == "declaration"


def test_unsent_marks_are_of_one_person_and_are_gone_with_another_decision(walk):
    kept = mark(walk, "basic")
    other = builders.person("colleague", "employer_operator@acme", clock=walk.clock)
    task = open_task(walk.case(), "employer_review")
    assert marks.marks_of(task, other) == [] and [m.id for m in marks.marks_of(task, actor("chen"))] == [kept.id]
    perform(walk.next, walk.clock)
    assert marks.marks_of(task, actor("chen")) == []
    assert not [e for e in session().query(Event).filter_by(case_id=walk.case().id) if e.details.get("marks")]


def test_marking_again_changes_the_remark_and_a_mark_can_be_taken_away(walk):
    first, again = mark(walk, "basic", "name", remark="一"), mark(walk, "basic", "name", remark="二")
    assert first.id == again.id and again.remark == "二"
    marks.drop_mark(open_task(walk.case(), "employer_review").id, first.id, actor=actor("chen"))
    assert marks.marks_of(open_task(walk.case(), "employer_review"), actor("chen")) == []


@pytest.mark.parametrize("place", [{"section": "nowhere"}, {"section": "basic", "field": "nothing"}, {"section": "basic", "field": "name", "row": 3}])
def test_a_place_that_does_not_exist_cannot_be_marked(walk, place):
    with pytest.raises(NotFound):
        mark(walk, **place)


def test_an_empty_remark_is_refused_with_what_to_do(walk):
    with pytest.raises(RequestInvalid, match="请写明"):
        mark(walk, "basic", remark="  ")


def test_only_what_was_marked_may_be_changed(walk):
    mark(walk, "basic", "phone")
    send_back(walk)
    with pytest.raises(AnswersInvalid) as refused:
        hand_in(walk, work_unit="另一家公司", phone="13900139000")
    assert list(refused.value.fields) == ["work_unit"] and "没有被退回" in refused.value.fields["work_unit"]
    hand_in(walk, phone="13900139000")
    assert reading.filled_form(walk.case(), "declaration", actor("chen"), walk.clock)[1]["phone"] == "13900139000"


def test_a_program_may_send_just_what_it_changed(walk):
    mark(walk, "basic", "phone")
    task = send_back(walk)
    before = answers_of(walk)
    complete_task(task.id, actor=actor("li"), clock=walk.clock, answers={"phone": "13900139000"}, outcome="submit")
    assert reading.filled_form(walk.case(), "declaration", actor("li"), walk.clock)[1] == before | {"phone": "13900139000"}


def test_what_a_change_makes_wrong_or_makes_appear_opens_too(walk):
    mark(walk, "basic", "nationality")
    send_back(walk)
    hand_in(walk, nationality="USA")  # household, ethnic group and party disappear
    assert "household" not in reading.filled_form(walk.case(), "declaration", actor("li"), walk.clock)[1]


def test_without_marks_everything_may_be_changed(walk):
    send_back(walk, "请整体核对")
    hand_in(walk, work_unit="另一家公司")
    assert reading.filled_form(walk.case(), "declaration", actor("li"), walk.clock)[1]["work_unit"] == "另一家公司"


def test_handing_in_and_withdrawing_does_not_open_what_was_not_marked(walk):
    mark(walk, "basic", "phone")
    send_back(walk)
    hand_in(walk, phone="13900139000")
    send_message(walk.case().id, "withdraw", actor=actor("li"), clock=walk.clock)
    walk.settle()
    with pytest.raises(AnswersInvalid):
        hand_in(walk, work_unit="另一家公司")


def test_the_reviewer_reads_each_change_and_the_reply_to_each_remark(walk):
    mark(walk, "basic", "phone", remark="号码有误")
    task = send_back(walk)
    key = view_task(task.id, actor("li"), walk.clock).returned[0].key
    marks.save_replies(task.id, {key: (True, "已换成本人号码"), "99.0": (True, "")}, actor=actor("li"))
    hand_in(walk, phone="13900139000")
    since = reading.last_decided(walk.case(), actor("chen"), "declaration")
    changes = reading.changes_of(walk.case(), "declaration", since, actor=actor("chen"), clock=walk.clock)
    assert [(c.section, c.field, c.label, c.after, c.row) for c in changes] == [("basic", "phone", "联系电话", "13900139000", 0)]
    remark = reading.answered_remarks(walk.case(), "declaration", actor("chen"))[0]
    assert (remark.remark, remark.done, remark.reply) == ("号码有误", True, "已换成本人号码")


def test_rows_are_matched_so_that_a_new_a_changed_and_a_moved_one_are_told_apart(walk):
    mark(walk, "work")
    send_back(walk)
    rows = answers_of(walk)["work_history"]
    changed = dict(rows[0], witness="另一位证明人")
    added = dict(rows[0], unit="新单位", place="新地点", post="新职务", content="全新的内容", witness="新证明人", started="2001-01-01", ended="2001-02-01")
    hand_in(walk, work_history=[added, changed, *rows[1:]], work_gap_note="中间离职")
    since = reading.last_decided(walk.case(), actor("chen"), "declaration")
    found = [c for c in reading.changes_of(walk.case(), "declaration", since, actor=actor("chen"), clock=walk.clock) if c.field == "work_history"]
    assert [(c.kind, c.row) for c in found] == [("added", 1), ("changed", 2)] and found[1].after == "另一位证明人"


def test_opinions_given_on_an_older_version_are_flagged(walk):
    """D-53: the employer's opinion stays and says that it was about the version before."""
    send_back(walk, "请整体核对")
    assert not [link.key for link in reading.readable_forms(walk.case(), actor("chen")) if link.older]
    hand_in(walk, phone="13900139000")
    assert [link.key for link in reading.readable_forms(walk.case(), actor("chen")) if link.older] == ["employer_review"]


def test_what_a_reviewer_typed_survives_a_withdrawal(walk):
    """D-45 and the life of a draft: the applicant withdraws while the employer types; nothing typed is lost."""
    task = open_task(walk.case(), "employer_review")
    save_draft(task.id, {"evaluation": "写了一半的评价"}, actor=actor("chen"), clock=walk.clock)
    mark(walk, "basic", "phone", remark="号码有误")
    send_message(walk.case().id, "withdraw", actor=actor("li"), clock=walk.clock)
    walk.settle()
    declare = open_task(walk.case(), "declare")
    complete_task(declare.id, actor=actor("li"), clock=walk.clock, answers=view_task(declare.id, actor("li"), walk.clock).answers, outcome="submit")
    walk.settle()
    again = view_task(open_task(walk.case(), "employer_review").id, actor("chen"), walk.clock)
    assert again.carried and again.answers["evaluation"] == "写了一半的评价" and [m.remark for m in again.marks] == ["号码有误"]


def test_a_returned_applicant_who_does_nothing_is_closed_and_can_still_read(walk):
    """D-47."""
    send_back(walk, "请整体核对")
    for _day in range(60):
        walk.clock.move_to(walk.clock() + timedelta(days=1))
        walk.settle()
    assert walk.case().ended_element == "overdue_resubmission"
    assert reading.filled_form(walk.case(), "declaration", actor("li"), walk.clock)[1]["name"]


def test_after_the_employer_has_acted_nothing_can_be_withdrawn(walk):
    """D-52."""
    perform(walk.next, walk.clock)
    with pytest.raises(NotWaitingFor):
        send_message(walk.case().id, "withdraw", actor=actor("li"), clock=walk.clock)
