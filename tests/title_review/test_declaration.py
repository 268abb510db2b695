"""The declaration form by its rules: the vectors of the requirements (part F) and the edge cases of its sections (D-…)."""
from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from app.definitions import read_folder
from app.rendering import Choice, Entry, Material, NoChoices, validate, warnings

ROOT = Path(__file__).parents[2]
PROCEDURE = read_folder(ROOT).procedure("title-review")
FORM = PROCEDURE.forms["declaration"]
SAMPLE = yaml.safe_load((ROOT / "processes/title-review/scenarios/samples/declaration.yml").read_text("utf-8"))
COMMITTEES = PROCEDURE.demo["registers"]["committees"]
UNITS = {key: row for key, row in PROCEDURE.demo["organisations"].items()}


class World(NoChoices):
    """The demo's committees and employers; every file that is named exists."""

    def __init__(self, committees=COMMITTEES):
        super().__init__(PROCEDURE.code_tables)
        self.committees = committees

    def organisations(self, kind):
        return [Choice(f"org:{key}", row["name"], code=str(row["code"])) for key, row in UNITS.items() if kind in ("", row["kind"])]

    def entries(self, register):
        kept = PROCEDURE.registers[register].kept
        return [Entry(key, f"{row['title']}（{row['review_year']}年度）", plain(row), kept) for key, row in self.committees.items()]

    def materials(self, ids):
        return [Material(one, one, 1000, "jpeg" if one.endswith(".jpg") else "pdf") for one in ids]


def plain(row):
    return {key: {"ref": value, "name": UNITS[value[4:]]["name"], "kind": "organisation"} if key == "office" else value for key, value in row.items()}


def context(now="2026-03-02T09:00:00+08:00", **more):
    actor = {"ref": "person:li", "name": "李雷", "roles": ["applicant"], "profile": {}, "units": more.pop("units", [])}
    return {"now": now, "today": now[:10], "outcome": "", "form": {}, "case": {}, "task": {}, "actor": actor, "vars": more}


def judged(now="2026-03-02T09:00:00+08:00", committees=COMMITTEES, variables=None, **changes):
    """(clean, mistakes) of the sample with these changes."""
    return validate(FORM, SAMPLE | changes, context(now, **(variables or {})), World(committees))


def mistakes(**changes):
    return judged(**changes)[1]


def warned(**changes):
    clean, _errors = validate(FORM, SAMPLE | changes, context(), World(), partial=True)
    return warnings(FORM, clean, context(), World())


def rows(key, **changes):
    return [SAMPLE[key][0] | changes, *SAMPLE[key][1:]]


def test_the_sample_is_complete_and_warns_of_nothing():
    assert mistakes() == {} and warned() == {}


def test_committee_office_year_and_window_follow_from_what_is_requested():
    clean, _errors = judged()
    assert clean["committee"]["title"] == "深圳市工程系列高级职称评审委员会" and clean["committee_office"]["ref"] == "org:office_eng"
    assert clean["review_year"] == "2026" and clean["committee"]["notice_link"].startswith("https://")
    middle = judged(requested=["080", "中级", "工程师", "机械"])[0]
    assert middle["committee"]["title"] == "深圳市工程系列中级职称评审委员会"


def test_an_exceptional_application_goes_to_its_own_committee():
    clean, errors = judged(application_type="exceptional", exceptional_type="standard", exceptional_form=["推荐表.pdf"])
    assert errors == {} and clean["committee_office"]["ref"] == "org:office_exc"
    assert "exceptional_form" in mistakes(application_type="exceptional", exceptional_type="standard")
    assert "exceptional_type" in mistakes(application_type="exceptional")


def test_a_specialty_that_no_committee_accepts_is_refused():
    only = {"one": COMMITTEES["eng_senior_2026"] | {"specialties": "电气、通信"}}
    assert mistakes(committees=only)["committee"] == "请选择评审的资格评委会"
    assert judged(committees=only, requested=["080", "副高", "高级工程师", "电气"])[0]["committee"]["key"] == "one"


LAST = "2027-03-31"


@pytest.mark.parametrize("now, word", [
    ("2025-12-31T23:59:59+08:00", "2026年1月1日 开始受理申报，现在是 2025年12月31日 23:59:59"), ("2026-01-01T00:00:00+08:00", ""),
    (f"{LAST}T16:59:58+08:00", ""), (f"{LAST}T17:00:00+08:00", ""),
    (f"{LAST}T17:00:01+08:00", "已于 2027年3月31日 17 时截止，收到提交的时间是 2027年3月31日 17:00:01"), ("2027-04-01T09:00:00+08:00", "截止")])
def test_only_within_the_window_by_the_server_s_clock(now, word):
    """S1-094, D-06, D-10: decided by the second at which the service received it."""
    one = {"one": COMMITTEES["eng_senior_2026"]}
    message = mistakes(now=now, committees=one).get("committee", "")
    assert word in message and bool(word) == bool(message)


def test_after_a_return_the_window_is_over_and_the_correction_s_own_cut_off_counts():
    one = {"one": COMMITTEES["eng_senior_2026"]}
    returned = {"returned": True, "resubmit_deadline": "2027-05-10T17:00:00+08:00"}
    assert mistakes(now="2027-05-10T17:00:00+08:00", committees=one, variables=returned) == {}
    assert "补正已于 2027年5月10日 17:00:00 截止" in mistakes(now="2027-05-10T17:00:01+08:00", committees=one, variables=returned)["committee"]


def test_the_review_year_is_the_committee_s_and_not_the_calendar_s():
    """D-07: begun in December, handed in in January."""
    one = {"one": COMMITTEES["eng_senior_2026"] | {"review_year": "2025", "window_opens": "2025-12-01", "window_closes": "2026-01-31"}}
    for now in ("2025-12-20T09:00:00+08:00", "2026-01-15T09:00:00+08:00"):
        clean, errors = judged(now=now, committees=one)
        assert (clean["review_year"], errors) == ("2025", {})


def test_of_two_years_that_are_open_one_is_chosen():
    two = {"a": COMMITTEES["eng_senior_2026"], "b": COMMITTEES["eng_senior_2026"] | {"review_year": "2025"}}
    assert mistakes(committees=two)["committee"] == "请选择评审的资格评委会" and mistakes(committees=two, committee="b") == {}


@pytest.mark.parametrize("section, field, most", [
    ("work_history", "content", 200), ("projects", "summary", 200)])
def test_large_texts_of_rows_have_at_most_200_characters(section, field, most):
    assert mistakes(**{section: rows(section, **{field: "字" * most})}) == {}
    assert f"{section}.0.{field}" in mistakes(**{section: rows(section, **{field: "字" * (most + 1)})})


@pytest.mark.parametrize("field", ["self_ability", "self_achievement"])
def test_self_evaluation_has_at_most_500_characters_and_is_not_asked_for_recognition(field):
    assert mistakes(**{field: "字" * 500}) == {} and field in mistakes(**{field: "字" * 501}) and field in mistakes(**{field: ""})
    assert field not in mistakes(**{field: ""}, application_type="recognition")


def test_nationality_decides_what_is_asked():
    """S1-052, D-19."""
    empty = {"household": "", "ethnicity": "", "political_status": ""}
    assert {"household", "ethnicity", "political_status"} <= set(mistakes(**empty)) and mistakes(**empty, nationality="USA") == {}
    assert "household" not in judged(nationality="USA")[0]


def test_sex_and_birth_follow_an_identity_number_of_18_and_are_held_to_it():
    wrong = mistakes(sex="2", birth_date="1988-06-15")
    assert "第 17 位" in wrong["sex"] and "1988-06-14" in wrong["birth_date"] or "1988年6月14日" in wrong["birth_date"]
    assert judged(id_number="440305880614001")[0]["id_number"] == "440305198806140018"  # D-17: 15 digits become 18


def test_other_documents_have_rules_of_their_own():
    """D-18."""
    passport = {"id_type": "414", "other_id_number": "E12345678", "sex": "2", "birth_date": "1990-01-01", "nationality": "USA"}
    assert mistakes(**passport) == {} and "other_id_number" in mistakes(**passport | {"other_id_number": "护照"})
    assert "id_number" in mistakes(id_type="HMT")


def test_recognition_needs_an_education_row_that_is_used():
    unused = rows("education", used_for_review=False)
    assert "education" in mistakes(application_type="recognition", education=unused) and "education" not in mistakes(education=unused)


def test_four_representative_works_are_refused_with_their_number():
    row = SAMPLE["projects"][0]
    assert "现在选了 4 个" in mistakes(projects=[row | {"title": str(n)} for n in range(4)])["projects"]
    assert "projects" not in mistakes(projects=[row | {"title": str(n)} for n in range(3)])


def test_no_achievement_after_the_review_year():
    assert "projects.0.ended" in mistakes(projects=rows("projects", ended="2027-01-01"))
    assert "projects.0.ended" not in mistakes(projects=rows("projects", ended="2026-12-31"))
    assert "projects.0.ended" not in mistakes(projects=rows("projects", ended=None, state="running"))


def test_none_of_the_negative_facts_excludes_the_others():
    assert "negative_facts" in mistakes(negative_facts=["none", "other"])


@pytest.mark.parametrize("born, warns", [("2010-03-03", True), ("2010-03-02", False), ("1966-03-02", False), ("1966-03-01", True)])
def test_age_is_only_warned_of(born, warns):
    foreigner = {"id_type": "414", "other_id_number": "E12345678", "nationality": "USA", "birth_date": born}
    assert ("birth_date" in warned(**foreigner)) is warns


def test_gaps_in_the_work_history_warn_and_ask_for_a_note():
    """D-71."""
    history = [SAMPLE["work_history"][0] | {"ended": "2015-01-31"}, SAMPLE["work_history"][0] | {"started": "2016-01-01"}]
    assert "2015年1月31日至2016年1月1日之间空缺" in warned(work_history=history)["work_history"]
    assert "work_gap_note" in mistakes(work_history=history) and mistakes(work_history=history, work_gap_note="读书") == {}


def test_a_change_of_series_warns_of_less_than_a_year_and_of_another_level():
    """D-63: the date comes from the work history."""
    fresh = rows("work_history", started="2025-06-01")
    level = warned(application_type="transfer")
    assert "不满 1 年" in warned(application_type="transfer", work_history=fresh)["application_type"]
    assert "同级别" in level["application_type"]  # the sample goes from 中级 to 副高
    assert "application_type" not in warned(application_type="transfer", present_level="副高")


def test_further_warnings_of_the_edge_cases():
    assert "首次取得职称" in warned(application_type="recognition")["application_type"]  # D-65
    assert "outside_committee" in warned(outside_committee=True)  # D-61
    assert "out_of_province" in warned(present_issuer="湖南省人力资源和社会保障厅")  # D-67
    assert "education.0.certificate_number" in warned(education=rows("education", certificate_number="1056142010005123"))  # C-086
    assert "self_ability" in warned(self_ability="本人工作认真负责。" * 20)
    assert "work_unit" in warned(work_unit="另一家公司")  # D-31
    assert "continuing_education.0" in warned(continuing_education=[SAMPLE["continuing_education"][0] | {"elective_hours": 10}])  # C-054


@pytest.mark.parametrize("obtained, by, early, fine", [
    ("2021-12-30", "review", "2021-12-31", "2022-01-01"), ("2020-11-30", "review", "2020-08-31", "2020-09-01"),
    ("2019-05-20", "exam", "2019-05-19", "2019-05-20")])
def test_the_window_of_achievements_depends_on_the_year_of_the_present_title(obtained, by, early, fine):
    """D-09, C-031 … C-033."""
    ask = lambda day: "projects.0" in warned(present_date=obtained, present_gained_by=by, appointed_on="2022-01-01",  # noqa: E731
                                            projects=rows("projects", started="2010-01-01", ended=day))
    assert ask(early) and not ask(fine)


def test_the_employer_is_the_insuring_unit_or_one_that_lists_the_person():
    """S1-043, D-33."""
    assert judged(report_unit=None)[0]["report_unit"]["ref"] == "org:acme"
    assert "report_unit" in mistakes(report_unit="org:bay")
    assert judged(report_unit="org:bay", variables={"units": ["org:bay"]})[1] == {}
    assert mistakes(report_unit=None, insured_unit_code="")["report_unit"] == "请选择报送单位（部门）"


def test_a_dated_future_is_refused():
    tomorrow = (date(2026, 3, 2) + timedelta(days=1)).isoformat()
    assert "work_start" in mistakes(work_start=tomorrow) and "present_date" in mistakes(present_date=tomorrow)


def test_a_returned_application_keeps_the_year_it_was_submitted_in():
    """The window of the next year opens while corrections of this one are still made."""
    submitted = {"committee": {"title": COMMITTEES["eng_senior_2026"]["title"], "review_year": "2026"}}
    later = context("2027-04-02T09:00:00+08:00", returned=True) | {"form": {"declaration": submitted}}
    assert validate(FORM, SAMPLE, later, World())[0]["review_year"] == "2026"
