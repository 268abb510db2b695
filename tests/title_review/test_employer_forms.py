"""The employer's forms of the title review, to the letter of the requirements: counts, dates, sentences, complaints."""
from datetime import date, timedelta

import pytest

from app import rendering
from app.definitions import read_folder
from tests.support.builders import ROOT

PERIOD = {"started": "2026-03-03", "ended": "2026-03-09"}
DECLARED = {"name": "李雷", "requested_text": "工程·机械·高级工程师", "requested_series": "工程", "requested_level": "副高",
            "requested_title": "高级工程师", "requested_specialty": "机械"}


@pytest.fixture(scope="module")
def forms():
    return read_folder(ROOT).procedure("title-review").forms


def context(today="2026-03-10", outcome="pass", **variables):
    return {
        "form": {"declaration": DECLARED}, "vars": {"publicity_workdays": 5, "publicity_first_day": True} | variables,
        "today": today, "now": f"{today}T09:00:00+08:00", "outcome": outcome, "task": {}, "item": None,
        "case": {"number": "1", "parties": {"office": {"name": "办公室"}, "employer": {"name": "甲公司"}}, "starter": {}, "visits": {}},
        "actor": {"ref": "person:chen", "name": "陈晓", "roles": []},
    }


def mistakes(form, answers, among, **where):
    _clean, found = rendering.validate(form, answers, context(**where))
    return {key: message for key, message in found.items() if key in among}


@pytest.mark.parametrize("text, accepted", [
    ("评" * 149, False), ("评" * 150, True), ("  " + "评" * 149 + "  \n", False), (" " * 200, False), ("\u3000" * 10 + "评" * 149, False)])
def test_the_overall_evaluation_has_150_characters_blanks_around_it_not_counted(app, forms, text, accepted):
    assert (mistakes(forms["employer_review"], {"evaluation": text}, ["evaluation"]) == {}) is accepted


def test_a_repeated_evaluation_is_warned_of_and_not_refused(app, forms):
    answers = {"evaluation": "同意推荐。" * 40}
    assert mistakes(forms["employer_review"], answers, ["evaluation"]) == {}
    warned = rendering.warnings(forms["employer_review"], answers, context(), rendering.choices.NoChoices())
    assert "重复" in warned["evaluation"]


@pytest.mark.parametrize("name", ["pre_publicity", "post_publicity", "office_publicity"])
@pytest.mark.parametrize("length, accepted", [(500, True), (501, False)])
def test_the_opinion_of_publicity_has_at_most_500_characters(app, forms, name, length, accepted):
    assert (mistakes(forms[name], PERIOD | {"opinion": "公" * length}, ["opinion"]) == {}) is accepted


@pytest.mark.parametrize("name", ["pre_publicity", "post_publicity", "office_publicity"])
@pytest.mark.parametrize("year, warned", [(2026, False), (2031, True)])
def test_a_year_whose_holidays_are_not_known_is_warned_of_when_working_days_are_counted(app, forms, name, year, warned):
    answers = {"started": f"{year}-03-03", "ended": f"{year}-03-10"}
    said = rendering.warnings(forms[name], answers, context(today=f"{year}-03-20"), rendering.choices.NoChoices())
    assert (f"{year}年的放假安排尚未发布" in said.get("ended", "")) is warned, "D-02"


@pytest.mark.parametrize("name", ["pre_publicity", "post_publicity", "office_publicity"])
@pytest.mark.parametrize("last, first_day, accepted", [
    ("2026-03-09", True, True), ("2026-03-08", True, False), ("2026-03-06", True, False), ("2026-03-09", False, False), ("2026-03-10", False, True)])
def test_five_working_days_with_the_first_one_counted_or_not(app, forms, name, last, first_day, accepted):
    found = mistakes(forms[name], {"started": "2026-03-03", "ended": last}, ["ended"], today="2026-03-20", publicity_first_day=first_day)
    assert (found == {}) is accepted, "D-03"


def test_a_holiday_in_between_does_not_count_and_a_shifted_working_day_does(app, forms):
    # 2026: National Day holidays 1-7 October; 10 October (a Saturday) is worked
    found = mistakes(forms["pre_publicity"], {"started": "2026-09-29", "ended": "2026-10-09"}, ["ended"], today="2026-10-20")
    assert "不足五个工作日" in found["ended"]
    assert mistakes(forms["pre_publicity"], {"started": "2026-09-29", "ended": "2026-10-10"}, ["ended"], today="2026-10-20") == {}


@pytest.mark.parametrize("today, accepted", [("2026-03-09", False), ("2026-03-10", True)])
def test_a_result_is_recorded_after_the_last_day_and_not_on_it(app, forms, today, accepted):
    assert (mistakes(forms["pre_publicity"], PERIOD, ["ended"], today=today) == {}) is accepted, "D-04"


def test_the_last_day_cannot_lie_before_the_first(app, forms):
    assert mistakes(forms["post_publicity"], {"started": "2026-03-09", "ended": "2026-03-03"}, ["ended"])


@pytest.mark.parametrize("name, words", [
    ("pre_publicity", "【李雷】同志申报【工程·机械·高级工程师】职称的信息已在单位显著位置公开张贴公示，公示期是【2026年3月3日至2026年3月9日】。公示期间，未收到举报投诉。"),
    ("post_publicity", "【李雷】同志评审通过信息已在单位显著位置公开张贴公示，公示期是【2026年3月3日至2026年3月9日】。公示期间，未收到举报投诉。")])
def test_the_sentence_is_made_from_the_dates(app, forms, name, words):
    from app.expressions import compile_expression
    text = forms[name].field("opinion").generated
    assert compile_expression(text).evaluate(context() | {"answers": PERIOD | {"objection": False}}) == words, "B.1.4"


def test_both_ways_of_counting_are_shown_before_saving(app, forms):
    from app.expressions import compile_expression
    words = compile_expression(forms["pre_publicity"].field("counted").value).evaluate(context() | {"answers": PERIOD})
    assert "首日计入的，最早至2026年3月9日；首日不计入的，最早至2026年3月10日" in words
    assert "首日计入为5个工作日，首日不计入为4个" in words


@pytest.mark.parametrize("variables, objection, words", [
    ({"complaint_tasks": 1}, False, "正在办理"), ({"complaints": 1, "complaints_open": 1}, True, "尚未核查完毕"),
    ({"complaints": 1, "complaints_open": 0}, False, "已登记投诉")])
def test_complaints_hold_a_pass_back(app, forms, variables, objection, words):
    for name in ("pre_publicity", "post_publicity"):
        assert words in mistakes(forms[name], PERIOD | {"objection": objection}, ["objection"], **variables)["objection"]


def test_a_pending_complaint_does_not_hold_back_a_refusal(app, forms):
    waiting = {"complaints": 1, "complaints_open": 1}
    assert mistakes(forms["post_publicity"], PERIOD | {"objection": True}, ["objection"], outcome="reject", **waiting) == {}


def test_the_signed_form_is_required_to_pass(app, forms):
    for name in ("pre_publicity", "post_publicity"):
        assert mistakes(forms[name], PERIOD, ["form_signed"])
    assert mistakes(forms["pre_publicity"], PERIOD, ["form_signed"], outcome="return") == {}


def test_what_is_asked_for_a_list_is_the_period_and_whom_to_tell(app, forms):
    asked = [field.key for field in forms["publicity_list"].fields()]
    assert asked[:5] == ["started", "ended", "contact", "phone", "postcode"], "S1-169"


def test_only_employer_and_office_read_the_register_of_complaints(forms):
    assert set(forms["complaint"].readers) == {"employer_operator", "office_clerk"}
