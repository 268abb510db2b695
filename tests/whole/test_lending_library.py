"""A procedure that has nothing to do with titles, published into the running service, walks through the same API and pages."""
from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from tests.whole.papers import LENDING, answers, day
from tests.whole.programs import Program, until
from tests.whole.visitors import Visitor

PASSWORDS = {"reader_wang": "reads-a-lot", "librarian_zhao": "keeps-books", "head_qian": "leads-well"}


@pytest.fixture(scope="module", autouse=True)
def library(service, library_people):
    """Its people have their accounts."""


def test_a_lost_book_is_asked_for_lent_and_paid_over_the_api(service):
    wang, zhao, qian = (Program(service.url, name, password) for name, password in PASSWORDS.items())
    number = wang.start("lending")["number"]
    case = wang.do(number, "request", answers("request", LENDING))
    assert (case["tab"], case["stage"]) == ("doing", "审核")
    zhao.do(number, "check", {"in_stock": True}, "ask_back", "请写明是哪一版")
    assert wang.case(number)["tab"] == "todo"
    wang.do(number, "request", answers("request", LENDING, book="十万个为什么（第六版）"))
    zhao.do(number, "check", {"in_stock": True, "shelf": "N49/12"}, "lend")
    zhao.do(number, "hand_out", answers("hand_out", LENDING))
    zhao.do(number, "keep", {"returned_on": day(), "damage": "无"}, "lost")
    assert not zhao.tasks(number)  # who lent it does not set the price
    qian.do(number, "set_price", {"amount": 6800, "basis": "按定价赔偿"})
    address = until(lambda: pay_address(service, wang), "the order is placed")
    assert httpx.post(address, data={"result": "success"}).status_code == 303
    ended = until(lambda: (now := wang.case(number))["ended_at"] and now, "the payment ends the case")
    assert (ended["result"], ended["tab"]) == ("已结清", "done")


def pay_address(service, reader: Program) -> str:
    """The gateway's page of the newest open order of this reader; empty when there is none yet."""
    listed = httpx.get(f"{service.url}/payments", headers=reader.http.headers).text
    if 'class="first" href="/payments/' not in listed:
        return ""
    order = listed.split('class="first" href="')[1].split('"')[0]
    page = httpx.get(f"{service.url}{order}", headers=reader.http.headers).text
    return f"{service.gateway}/pay/{order.rpartition('/')[2]}" if f"{service.gateway}/pay/" in page else ""


def test_a_book_is_asked_for_lent_and_returned_in_the_pages(service, chromium):
    wang, zhao = (Visitor(chromium, service.url, name, PASSWORDS[name]) for name in ("reader_wang", "librarian_zhao"))
    wang.press("图书借阅")
    expect(wang.page.locator("main")).to_contain_text("持有本馆有效读者证")
    wang.press("下一步")
    number = wang.page.locator(".case-head-facts .number").inner_text().replace(" ", "")
    assert number.startswith("901") and wang.stage() == "申请"
    wang.fill_sections(answers("request", LENDING))
    wang.shot("library request", phone=True)
    wang.decide("交借书单")
    assert wang.stage() == "审核"

    zhao.open_task(number, "审核借书单")
    zhao.fill({"in_stock": True, "shelf": "N49/12"})
    zhao.shot("library check")
    zhao.decide("同意出借")
    zhao.open_task(number, "交书给读者")
    zhao.fill(answers("hand_out", LENDING))
    zhao.decide("提交")
    notice = wang.wait_for("/notices", lambda page: page.locator(".notice-list li", has_text="请来取书"))
    expect(notice).to_contain_text("十万个为什么")
    zhao.open_task(number, "等待还书")
    zhao.fill({"returned_on": day(), "damage": "无"})
    zhao.decide("已归还")
    row = wang.wait_for("/my?tab=done", lambda page: page.locator("tr", has_text=number))
    expect(row).to_contain_text("已归还")
    wang.open_case(number)
    wang.shot("library case", phone=True)
    assert wang.complaints == zhao.complaints == []
