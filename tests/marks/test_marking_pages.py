"""Marking, correcting, comparing and deleting as people do it at a browser without a script."""
from __future__ import annotations

import pytest

from app.operations import marks
from tests.marks.conftest import RETURNED
from tests.pages.conftest import PASSWORDS, Browser
from tests.support.builders import actor, open_task
from tests.whole.walks import Walk, perform

DEMO = "pingshen-demo"


@pytest.fixture
def browser(app, walk, monkeypatch):
    """`browser(person id)`: that person's browser."""
    def opened(person: str) -> Browser:
        monkeypatch.setitem(PASSWORDS, person, DEMO)
        return Browser(app, person)

    return opened


def marked_and_returned(browser, walk) -> Browser:
    """The employer marks the phone number on its page, and returns the application."""
    page = browser("chen")
    task = open_task(walk.case(), "employer_review").id
    page.open(f"/tasks/{task}?show=declaration")
    assert "标注“联系电话”" in page.text
    page.open(f"/tasks/{task}/marks/edit?form=declaration&section=basic&field=phone")
    page.send(data={"remark": "号码少一位"})
    assert "号码少一位" in page.text and "已标注 1 处" in page.text
    page.send(f"/tasks/{task}", {"do": "decide:return", "operator_name": "陈晓", "operator_phone": "0755-26881234"})
    assert "一并发出 1 处标注" in page.text and "号码少一位" in page.text
    page.send(f"/tasks/{task}/decisions/return", {"reason": ""})
    walk.settle()
    return page


def test_a_mark_is_made_changed_and_taken_away_without_a_script(browser, walk):
    page, task = browser("chen"), open_task(walk.case(), "employer_review")
    address = f"/tasks/{task.id}/marks/edit?form=declaration&section=work&field=work_history"
    page.open(address)
    assert "第几行" in page.text and page.text.count("<h1") == 1
    assert page.open(address + "&row=²").status_code == 200, "no number: the whole table"
    page.send(address, {"remark": " ", "row": "1"})
    assert page.page.status_code == 422 and "请写明" in page.text
    page.send(address, {"remark": "起止时间有误", "row": "1"})
    assert "第 1 行：" in page.text and "起止时间有误" in page.text
    mark = marks.marks_of(task, actor("chen"))[0]
    page.send(f"/tasks/{task.id}/marks/{mark.id}/remove")
    assert "起止时间有误" not in page.text


def test_a_decision_that_sends_no_marks_says_that_they_will_be_gone(browser, walk):
    task = open_task(walk.case(), "employer_review").id
    marks.put_mark(task, form="declaration", section="basic", remark="请核对", actor=actor("chen"), clock=walk.clock)
    page = browser("chen")
    page.open(f"/tasks/{task}")
    page.client.put(f"/api/v1/tasks/{task}/draft", json={"answers": walk.next.answers}, headers={"X-CSRFToken": page.text.split('csrf-token" content="')[1].split('"')[0]})
    page.open(f"/tasks/{task}")
    answer = page.client.post(f"/tasks/{task}/decisions/reject", data={"csrf_token": page.text.split('csrf-token" content="')[1].split('"')[0]})
    assert "1 处标注不会随“不通过”发出" in answer.text


def test_the_applicant_finds_the_remark_on_top_and_only_the_marked_place_open(browser, walk):
    marked_and_returned(browser, walk)
    page = browser("li")
    page.open(f"/tasks/{open_task(walk.case(), 'revise_declaration').id}")
    assert "退回的 1 处标注" in page.text and "号码少一位" in page.text and "显示全部" in page.text
    assert 'name="phone"' in page.text and 'name="work_unit"' not in page.text
    assert 'value="go:education"' not in page.text  # nothing was marked there
    page.open(page.address + "?all=1")
    assert 'value="go:education"' in page.text


def test_files_of_a_place_that_was_not_marked_can_be_looked_at_and_not_be_changed(browser, walk):
    marked_and_returned(browser, walk)
    page, task = browser("li"), open_task(walk.case(), "revise_declaration").id
    for verb in ("photo", "photo/order", "photo/crop"):
        page.open(f"/tasks/{task}/files/{verb}")
        assert page.page.status_code == 403, verb
    page.open(f"/tasks/{task}?all=1&part=materials")
    assert "下载范本" in page.text or page.page.status_code == 200


def test_what_was_corrected_and_replied_reaches_the_next_reviewer(browser, walk):
    marked_and_returned(browser, walk)
    page, task = browser("li"), open_task(walk.case(), "revise_declaration").id
    page.open(f"/tasks/{task}")
    key = page.text.split('name="done.')[1].split('"')[0]
    page.send(data={"phone": "13900139000", "work_unit": "偷偷改的单位", f"done.{key}": "on", f"reply.{key}": "已更正", "do": "save"})
    assert 'value="已更正"' in page.text and "偷偷改的单位" not in page.text
    page.send(data={"phone": "13900139000", f"done.{key}": "on", f"reply.{key}": "已更正", "do": "decide:submit"})
    assert "已办理" in page.text
    walk.settle()
    reviewer = browser("chen")
    reviewer.open(f"/tasks/{open_task(walk.case(), 'employer_review').id}?show=changes")
    assert "修改对照" in reviewer.text and "申请人已修改" in reviewer.text and "已更正" in reviewer.text
    assert "<ins>13900139000</ins>" in reviewer.text
    reviewer.open(f"/cases/{walk.case().id}/form?key=declaration&view=changes")
    assert "<ins>13900139000</ins>" in reviewer.text


def test_the_whole_form_is_shown_before_handing_in_with_what_is_missing(browser, walk):
    marked_and_returned(browser, walk)
    page, task = browser("li"), open_task(walk.case(), "revise_declaration").id
    page.open(f"/tasks/{task}")
    page.send(data={"phone": "1", "do": "preview"})
    assert page.address == f"/tasks/{task}/preview" and "还有 1 处没有填好" in page.text
    assert f"/tasks/{task}?part=basic#f-phone" in page.text and "教育" in page.text


def test_a_draft_that_was_never_handed_in_can_be_deleted(browser, walk, clock):
    case = Walk(RETURNED, clock).start().case()
    page = browser("li")
    page.open(f"/cases/{case.id}")
    assert "删除草稿" in page.text
    page.open(f"/cases/{case.id}/messages/discard")
    assert "不能恢复" in page.text
    page.send()
    assert "草稿已删除" in page.text
    page.open("/my?tab=draft")
    assert case.number[-8:] not in page.text.replace(" ", "")


def test_after_handing_in_nothing_can_be_deleted(browser, walk):
    page = browser("li")
    page.open(f"/cases/{walk.case().id}")
    assert "删除草稿" not in page.text
    perform(walk.next, walk.clock)
