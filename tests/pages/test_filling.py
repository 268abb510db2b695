"""What people meet while they fill a form: sections, drafts, two windows, mistakes, questions before a decision."""
from __future__ import annotations

from tests.support import builders

BOOK = {"book": "十万个为什么", "author": "米·伊林", "branch": "org:city_library"}
READER = {"reader_name": "王小满", "reader_kind": "adult", "promise": "care"}


def begun(browser):
    """A reader at the first section of a new request."""
    page = browser("reader_wang")
    page.open("/start/lending")
    page.send()
    return page


def test_starting_a_case_leads_to_its_first_task(browser):
    page = begun(browser)
    assert page.page.status_code == 200 and page.address.startswith("/tasks/")
    assert "要借的书" in page.text and page.text.count("<h1") == 1


def test_next_saves_the_section_and_shows_the_following_one(browser):
    page = begun(browser)
    first = page.address
    page.send(data={**BOOK, "do": "go:reader"})
    assert "读者类别" in page.text and "已暂存于 09:00" in page.text
    page.open(first)
    assert 'value="十万个为什么"' in page.text


def test_next_is_the_section_that_the_answers_of_now_make_next(browser):
    page = begun(browser)
    page.send(data={**BOOK, "do": "next:book"})
    assert "读者类别" in page.text


def test_an_incomplete_form_is_not_handed_in_and_says_where_to_go(browser):
    page = begun(browser)
    page.send(data={"book": "", "do": "go:reader"})
    page.send(data={**READER, "do": "decide:submit"})
    assert page.page.status_code == 422
    assert "请填写书名" in page.text and "part=book#f-book" in page.text


def test_handing_in_leads_to_the_case_and_shows_what_was_done(browser, library):
    page = begun(browser)
    page.send(data={**BOOK, "do": "go:reader"})
    page.send(data={**READER, "do": "decide:submit"})
    assert page.address.startswith("/cases/") and "已办理" in page.text
    assert page.page.status_code == 200


def test_two_windows_keep_both_texts_until_the_person_chooses(browser):
    page = begun(browser)
    address, stale = page.address, page.page
    page.send(data={"book": "第一个窗口", "do": "save"})
    page.page = stale
    page.send(address, {"book": "第二个窗口", "do": "save"})
    assert page.page.status_code == 409
    assert "第一个窗口" in page.text and 'value="第二个窗口"' in page.text
    page.send(address, {"book": "第二个窗口", "do": "save"})
    assert page.page.status_code == 200 and 'value="第二个窗口"' in page.text


def test_an_autosave_answers_with_the_version_the_page_must_carry_on_with(browser):
    page = begun(browser)
    token = builders.csrf_token(page.client)
    answer = page.client.post(page.address, data={"csrf_token": token, "version": "0", "book": "半本书", "do": "save"}, headers={"X-Autosave": "1"})
    assert answer.json == {"version": 1, "at": "09:00"}


def test_a_field_that_others_depend_on_brings_its_section_anew_without_saving(browser):
    page = begun(browser)
    task = page.address.split("/")[2].split("?")[0]
    token = builders.csrf_token(page.client)
    answer = page.client.post(f"/tasks/{task}/sections/reader?part=reader", data={"csrf_token": token, "reader_kind": "child"})
    assert "监护人姓名" in answer.text and "<h1" not in answer.text
    assert "尚未暂存" in page.open(f"/tasks/{task}").text


def test_a_decision_with_a_reason_asks_for_it_on_a_page_of_its_own(browser, lent):
    page = browser("librarian_zhao")
    page.open(f"/tasks/{builders.open_task(lent, 'check').id}")
    page.send(data={"in_stock": "false", "do": "decide:refuse"})
    assert "借书申请将就此结束。" in page.text and 'id="reason"' in page.text
    where = page.text.split('data-guard action="')[1].split('"')[0]
    page.send(where, {"reason": " "})
    assert page.page.status_code == 422
    page.send(where, {"reason": "本馆不收藏此书"})
    assert "已办理" in page.text


def test_a_returned_person_reads_the_reason_first(browser, lent, clock):
    builders.complete(lent, "check", "librarian_zhao", {"in_stock": False}, "ask_back", "请写明是哪一版", clock=clock)
    page = browser("reader_wang")
    page.open(f"/tasks/{builders.open_task(lent).id}")
    assert "请写明是哪一版" in page.text and 'class="remark"' in page.text


def test_a_reviewer_reads_the_request_beside_their_own_form(browser, lent):
    page = browser("librarian_zhao")
    page.open(f"/tasks/{builders.open_task(lent, 'check').id}")
    assert "十万个为什么" in page.text and "本馆是否有书" in page.text
    assert page.text.index("同意出借") < page.text.index("不予出借")
    assert 'btn-outline-danger apart' in page.text


def test_saving_a_task_of_a_pool_takes_it(browser, lent, library):
    page = browser("librarian_zhao")
    page.open(f"/tasks/{builders.open_task(lent, 'check').id}")
    page.send(data={"in_stock": "true", "do": "save"})
    assert builders.open_task(lent, "check").assignee == "librarian_zhao"


def test_a_task_that_is_gone_leads_to_the_case_and_says_who_did_it(browser, lent, clock):
    task = builders.open_task(lent, "check").id
    builders.complete(lent, "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    page = browser("reader_wang")
    page.open(f"/tasks/{task}")
    assert page.address == f"/cases/{lent.id}"


def test_a_page_sent_twice_has_one_effect(browser):
    page = browser("reader_wang")
    page.open("/start/lending")
    sent = page.page
    page.send()
    first = page.address
    page.page = sent
    page.send("/start/lending")
    assert page.address == first
