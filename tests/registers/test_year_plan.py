"""The plan of a year: entries are drafts, checked before they are opened, and copied from one year to the next."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.definitions import read_folder
from app.errors import AnswersInvalid, NotAllowed, NotReadyToOpen, ReasonNeeded
from app.expressions import is_workday
from app.operations.choices import CaseChoices
from app.registers import editing, entries_in_force, openings, reading
from app.registers.copying import copy_entries, proposed, year_later
from app.registers.loading import load_demo_registers
from app.registers.models import RegisterEntry
from app.store import session
from tests.support.builders import MONDAY, ROOT, actor, csrf_token, publish, sign_in

NOW = lambda: MONDAY  # noqa: E731
EYE = {"title": "眼科评委会", "review_year": "2026", "office": "org:office_med", "series": ["980"], "levels": ["副高", "中级"], "interview": False,
       "filing_number": "深人社备〔2025〕77号", "filed_on": "2025-06-30", "filed_until": "2028-06-29", "filed_levels": ["正高"],
       "window_opens": "2026-01-05", "window_closes": "2026-06-30", "submit_until": "2026-07-07", "resubmit_until": "2026-07-14", "pay_until": "2026-07-21",
       "notice_link": "https://hrss.example.cn/eye", "least_members": 3,
       "members": [{"name": f"委员{n}", "duty": "chair" if n == 1 else "member", "term_from": "2025-06-30", "term_until": "2028-06-29"} for n in range(1, 4)]}


@pytest.fixture
def committees(app):
    publish(ROOT)
    load_demo_registers(read_folder(ROOT).procedure("title-review"), NOW)
    return editing.declared("title-review", "committees")


def add(committees, **changes):
    return editing.add_entry(committees, {**EYE, **changes}, actor=actor("he"), clock=NOW)


def judged(committees, row):
    found, _period = openings.judge_period(committees, row.data["review_year"], clock=NOW)
    return {finding.text: finding.level for one in found if one.entry.id == row.id for finding in one.findings}


def turn(committees, verb, row, reason=""):
    return verb(committees, [row.id], actor=actor("he"), clock=NOW, reason=reason)


@pytest.mark.both_stores
def test_a_new_entry_is_a_draft_that_nobody_can_choose_until_it_is_opened(committees):
    row = add(committees)
    assert row.state == "draft" and row.key not in {entry.key for entry in entries_in_force("title-review", "committees")}
    assert judged(committees, row) == {}
    turn(committees, openings.open_entries, row)
    assert row.key in {entry.key for entry in CaseChoices(committees.release, None, actor("li")).entries("committees")}
    told = [(change.kind, change.actor_name) for change, _d in reading.history(committees, row, actor=actor("he"), clock=NOW)]
    assert told[0] == ("opened", "何平")


@pytest.mark.both_stores
@pytest.mark.parametrize("changes, said", [
    ({"filing_number": ""}, "没有填写备案文号、备案日期和有效期"),
    ({"filed_on": "2023-04-01", "filed_until": "2026-03-31"}, "备案有效期至 2026年3月31日，早于申报结束时间 2026年6月30日，请先重新备案"),
    ({"filed_series": ["230"]}, "受理的系列超出备案系列"),
    ({"filed_levels": ["中级"]}, "受理的级别超出备案级别"),
    ({"pay_until": "2026-07-10"}, "缴费截止日早于补正截止日"),
])
def test_an_expired_or_too_narrow_filing_or_dates_out_of_order_keep_a_year_closed(committees, changes, said):
    row = add(committees, **changes)
    assert judged(committees, row)[said] == "error"
    with pytest.raises(NotReadyToOpen) as refused:
        turn(committees, openings.open_entries, row, "照常开放")
    assert said in str(refused.value) and session().get(RegisterEntry, row.id).state == "draft"


@pytest.mark.both_stores
def test_two_committees_for_the_same_at_the_same_time_are_found_unless_one_is_for_exceptions_alone(committees):
    first = add(committees)
    turn(committees, openings.open_entries, first)
    second = add(committees, title="眼科第二评委会")
    assert "与“眼科评委会（2026年度）”的受理范围和时间重叠，同一申报会有两个评委会可选" in judged(committees, second)
    apart = {"window_opens": "2026-07-01", "window_closes": "2026-08-31", "submit_until": "2026-09-07", "resubmit_until": "2026-09-14", "pay_until": "2026-09-21"}
    for changes in ({"application_types": ["exceptional"]}, {"series": ["230"]}, {"levels": ["初级"]}, apart):
        assert not any("“眼科评委会（2026年度）”的受理" in text for text in judged(committees, add(committees, title=f"评委会{list(changes)[0]}", **changes)))


def test_what_the_year_before_had_and_this_year_lacks_is_a_warning_that_a_reason_overrules(committees):
    before = add(committees)
    turn(committees, openings.open_entries, before)
    row = add(committees, title="皮肤科评委会", review_year="2027", levels=["副高"], window_opens="2027-01-05", window_closes="2027-06-30",
              submit_until="2027-07-07", resubmit_until="2027-07-14", pay_until="2027-07-21")
    _found, gaps = openings.judge_period(committees, "2027", clock=NOW)
    assert [(gap.level, gap.entry_id) for gap in gaps] == [("warning", before.id)] and "眼科评委会（2026年度）" in gaps[0].text
    with pytest.raises(ReasonNeeded):
        turn(committees, openings.open_entries, row)
    turn(committees, openings.open_entries, row, "眼科本年度暂停评审")
    assert session().get(RegisterEntry, row.id).state == "open"


def test_size_odd_number_chair_and_terms_are_told_and_do_not_forbid(committees):
    members = [{**member, "duty": "member", "term_until": "2026-02-28"} for member in [*EYE["members"], EYE["members"][2]]]
    row = add(committees, members=members, least_members=25)
    said = judged(committees, row)
    assert set(said.values()) == {"warning"} and len(said) == 4 and "委员总数应为单数，现为 4 人" in said and "委员 4 人，少于下限 25 人" in said


def test_an_open_entry_cannot_be_changed_into_what_could_not_be_opened(committees):
    row = add(committees)
    turn(committees, openings.open_entries, row)
    with pytest.raises(AnswersInvalid) as refused:
        editing.change_entry(committees, row.id, {**row.data, "window_closes": "2028-06-30", "submit_until": None, "resubmit_until": None, "pay_until": None},
                             actor=actor("he"), clock=NOW, reason="延长", version=2)
    assert "请先重新备案" in refused.value.fields["review_year"]


@pytest.mark.both_stores
def test_a_closed_entry_is_offered_to_those_alone_who_have_chosen_it(committees):
    row = add(committees)
    turn(committees, openings.open_entries, row)
    with pytest.raises(ReasonNeeded):
        turn(committees, openings.close_entries, row)
    turn(committees, openings.close_entries, row, "年度结束")
    assert row.key not in {entry.key for entry in entries_in_force("title-review", "committees")}
    assert row.key in {entry.key for entry in entries_in_force("title-review", "committees", chosen=row.key)}


@pytest.mark.both_stores
def test_copies_for_the_next_year_are_drafts_with_dates_a_year_later_on_working_days(committees):
    row = add(committees)
    proposal = proposed(committees, [row.id], actor=actor("admin"))[0]
    shown = {one.field.key: one.after for one in proposal.dates}
    assert proposal.period == "2027" and shown["window_opens"] == "2027-01-05" and all(is_workday(day) for day in shown.values())
    made = copy_entries(committees, {row.id: {**shown, "pay_until": "2027-07-30", "title": "别的名称"}}, actor=actor("he"), clock=NOW)[0]
    assert (made.state, made.name, made.data["pay_until"]) == ("draft", "眼科评委会（2027年度）", "2027-07-30")
    assert made.data["filed_until"] == row.data["filed_until"] and made.data["members"] == row.data["members"]
    with pytest.raises(AnswersInvalid) as refused:
        copy_entries(committees, {row.id: shown}, actor=actor("he"), clock=NOW)
    assert f"{row.id}.title" in refused.value.fields
    with pytest.raises(NotAllowed):
        copy_entries(committees, {row.id: shown}, actor=actor("zhou"), clock=NOW)


@given(st.dates())
@settings(deadline=None, derandomize=True)
def test_a_year_later_is_the_same_day_but_for_the_leap_day(day):
    if day.year < 9999:
        later = year_later(day)
        assert later.year == day.year + 1 and (later.month, later.day) == ((2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day))


def test_the_pages_check_open_close_and_copy_a_year(committees, client):
    row = add(committees, review_year="2029")
    sign_in(client, "he", "pingshen-demo")
    at, token = "/registers/title-review/committees", csrf_token(client)
    page = client.get(f"{at}/periods?period=2029").text
    assert "草拟" in page and "申报结束时间" in page
    sent = {"csrf_token": token, "entry": str(row.id), "period": "2029"}
    assert client.post(f"{at}/periods", data=sent | {"deed": "close"}).status_code == 422
    good = add(committees)
    assert client.post(f"{at}/periods", data=sent | {"entry": str(good.id), "deed": "open"}).status_code == 303
    assert "已开放" in client.get(f"{at}/{good.id}").text
    copies = client.get(f"{at}/copies?entry={good.id}").text
    assert "2027" in copies and f'name="{good.id}.window_closes"' in copies
    refused = client.post(f"{at}/copies", data={"csrf_token": token, "entry": str(good.id), f"{good.id}.window_closes": "2020-01-01"})
    assert refused.status_code == 422 and 'value="2020-01-01"' in refused.text
    assert client.post(f"{at}/copies", data={"csrf_token": token, "entry": str(good.id), f"{good.id}.window_opens": "2027-01-05", f"{good.id}.window_closes": "2027-06-30",
                                             f"{good.id}.submit_until": "2027-07-07", f"{good.id}.resubmit_until": "2027-07-14", f"{good.id}.pay_until": "2027-07-21"}).status_code == 303
    assert "眼科评委会" in client.get(f"{at}?state=draft").text


def test_a_clerk_without_the_register_cannot_open_a_year(committees, client):
    row = add(committees)
    sign_in(client, "zheng", "pingshen-demo")
    sent = {"csrf_token": csrf_token(client), "entry": str(row.id), "deed": "open"}
    page = client.get("/registers/title-review/committees/periods?period=2026")
    assert page.status_code == 200 and "眼科评委会" in page.text and "开放所选" not in page.text
    assert client.post("/registers/title-review/committees/periods", data=sent).status_code == 403
    assert session().get(RegisterEntry, row.id).state == "draft"


def test_members_are_typed_or_pasted_as_lines_and_an_edit_that_does_not_show_them_keeps_them(committees, client):
    row = add(committees)
    sign_in(client, "he", "pingshen-demo")
    at, token = f"/registers/title-review/committees/{row.id}", csrf_token(client)
    page = client.get(f"{at}/edit").text
    assert "委员1\t主任委员\t\t2025-06-30\t2028-06-29" in page
    sent = {"csrf_token": token, "version": "1", "reason": "换届", "title": EYE["title"], "review_year": "2026", "office": EYE["office"], "interview": "false",
            "window_opens": EYE["window_opens"], "window_closes": EYE["window_closes"]}
    assert client.post(f"{at}/edit", data=sent).status_code == 303
    assert len(session().get(RegisterEntry, row.id, populate_existing=True).data["members"]) == 3
    pasted = sent | {"version": "2", "table.members": "张三\t主任委员\t深圳大学\t2026/1/5\t2028年12月31日\r\n李四\t委员\t\t2026-01-05\t2028-12-31\r\n"}
    assert client.post(f"{at}/edit", data=pasted).status_code == 303
    members = session().get(RegisterEntry, row.id, populate_existing=True).data["members"]
    assert [(m["name"], m["duty"], m["term_from"], m["term_until"]) for m in members] == [("张三", "chair", "2026-01-05", "2028-12-31"), ("李四", "member", "2026-01-05", "2028-12-31")]
    wrong = client.post(f"{at}/edit", data=pasted | {"version": "3", "table.members": "王五\t主席\t\t2026-01-05\t2031-01-01"})
    assert wrong.status_code == 422 and "王五\t主席" in wrong.text
