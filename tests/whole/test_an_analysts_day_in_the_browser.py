"""An analyst's day: a step with a form and a button is drawn, checked, played, described, published by a colleague, and a running case is moved to it and back.

Everything is done in the pages, as an analyst does it; readers and librarians work over the API, they are not what is tried here.
"""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.whole.analysts import SLOW, Analyst
from tests.whole.papers import LENDING, answers
from tests.whole.programs import Program

PASSWORDS = {"reader_wang": "reads-a-lot", "librarian_zhao": "keeps-books", "head_qian": "leads-well"}
WISH = "出借以前可以先请馆长看"


@pytest.fixture(scope="module", autouse=True)
def library(service, library_people):
    """Its people have their accounts."""


def test_a_step_is_drawn_checked_played_published_and_a_running_case_is_moved_and_moved_back(service, chromium):
    wang, zhao, qian = (Program(service.url, name, password) for name, password in PASSWORDS.items())
    old = wang.start("lending")["number"]
    wang.do(old, "request", answers("request", LENDING))
    assert "ask_head" not in buttons(zhao, old)

    ada = Analyst(chromium, service, "analyst")
    ada.begin("lending-library", WISH)
    draws_a_step(ada)
    mends_the_diagram(ada)
    makes_the_form(ada)
    mends_the_form(ada)
    plays_it(ada)
    runs_all_scenarios(ada)
    proposal = submits(ada)
    publishes(Analyst(chromium, service, "analyst2"), proposal)

    new = wang.start("lending")["number"]
    wang.do(new, "request", answers("request", LENDING))
    zhao.do(new, "check", {"in_stock": True}, "ask_head")
    qian.do(new, "head_look", {"advised": False, "opinion": "馆藏孤本，只在馆内阅览"})
    zhao.do(new, "check", {"in_stock": True}, "refuse", "馆藏孤本")
    assert wang.case(new)["ended_at"]
    assert "ask_head" not in buttons(zhao, old)

    moves(ada, old)
    assert "ask_head" in buttons(zhao, old)
    moves_back(ada, old)
    assert "ask_head" not in buttons(zhao, old)
    assert ada.complaints == []


def buttons(person: Program, number: str) -> set[str]:
    """What this person may press at the step where the case is."""
    task = person.task(number, "check")
    return {one["outcome"] for one in person.ask("GET", f"/tasks/{task['id']}")["outcomes"]}


def draws_a_step(ada: Analyst) -> None:
    """A step in the head's lane, a way to it, and back: without a form and without a button as yet."""
    ada.draw("图书借阅")
    ada.drop_task("lane_head", "decided", "馆长先看", "head_look")
    ada.page.locator("#dialect-userTask-stage").select_option("审核")
    ada.connect("decided", "馆长先看")
    ada.set("#bio-properties-panel-name", "请馆长先看")
    ada.connect("head_look", "审核借书单")
    expect(ada.drawing_is_saved()).to_contain_text("“馆长先看”没有表单")
    ada.look("drawn")


def mends_the_diagram(ada: Analyst) -> None:
    """The first time to be stopped: no form, which is made from there, and a way without a button, which is written."""
    ada.is_stopped("错误")
    ada.click(ada.finding("“馆长先看”没有表单").get_by_role("button", name="新建表单"))
    expect(ada.page.get_by_role("status").filter(has_text="已改：新建表单")).to_be_visible()
    ada.click(ada.finding("没有按钮").get_by_role("link", name="去改"))
    ada.page.wait_for_selector("#canvas[data-ready]")
    ada.set("#dialect-sequenceFlow-outcome", "ask_head")
    expect(ada.page.locator("#dialect-sequenceFlow-condition")).to_have_value('outcome == "ask_head"')
    ada.page.locator("#dialect-sequenceFlow-style").select_option("secondary")
    ada.drawing_is_saved()
    expect(ada.page.locator(".drawer-findings")).to_contain_text("这张图没有问题")
    ada.look("button")


def makes_the_form(ada: Analyst) -> None:
    """A question more; the field that was there is asked under a condition, in which a name is wrong."""
    ada.tab("表单")
    ada.click(ada.page.locator("table").get_by_role("link", name="馆长先看", exact=True))
    ada.page.wait_for_selector(".form-node")
    ada.add_question("意见", "建议出借", "advised")
    ada.show_when("意见", "answers.advice == false", "没有字段“advice”")
    ada.look("form")


def mends_the_form(ada: Analyst) -> None:
    """The second time to be stopped: the condition names a field that is not there."""
    ada.is_stopped("还有 1 个错误")
    wrong = ada.finding("没有字段“advice”")
    expect(wrong).to_contain_text("字段“意见”")
    ada.click(wrong.get_by_role("link", name="去改"))
    ada.page.wait_for_selector(".form-node[aria-current]")
    expect(ada.page.locator(".form-node[aria-current]")).to_contain_text("意见")
    ada.show_when("意见", "answers.advised == false", "^$")
    preview = ada.page.frame_locator("#preview")
    preview.get_by_label("否", exact=True).check()
    expect(preview.get_by_label("意见")).to_be_visible()
    ada.look("form-mended")
    ada.tab("检查")
    expect(ada.page.locator("#findings")).to_contain_text("没有发现问题")


def plays_it(ada: Analyst) -> None:
    """As the reader, the librarian and the head; the walk is kept."""
    ada.tab("试走")
    ada.page.locator("[data-start]").select_option(label="图书借阅 · 王小满")
    ada.click(ada.page.get_by_role("button", name="开始试走"))
    asked = ada.inside("王小满", "填入示例")
    asked.locator("button[value='next:book']").click()
    asked.locator("button[value^='decide:submit']").click()
    ada.done(1)
    ada.inside("赵静", "填入示例").get_by_role("button", name="请馆长先看").click()
    ada.done(2)
    ada.look("walk")
    looked = ada.inside("钱文渊", "馆长先看")
    looked.get_by_label("是", exact=True).check()
    ada.look("walk-as-head")
    looked.get_by_role("button", name="提交").click()
    ada.done(3)
    ada.inside("赵静", "填入示例").get_by_role("button", name="同意出借").click()
    ada.done(4)
    ada.keep_walk("馆长先看，再同意出借", "head_looks_first")
    ada.look("kept")


def runs_all_scenarios(ada: Analyst) -> None:
    """Those of the base as well."""
    ada.tab("情景用例")
    ada.click(ada.page.get_by_role("button", name="运行全部未通过的"))
    expect(ada.page.locator("main")).to_contain_text("10 个情景，10 个在现在的内容上通过", timeout=2 * SLOW)
    ada.page.wait_for_load_state("networkidle")
    ada.look("scenarios")


def submits(ada: Analyst) -> str:
    """Reads the note and hands in; the address of the proposal."""
    ada.read_note("馆长先看", "请馆长先看", "建议出借")
    ada.tab("发布")
    ada.look("ready")
    ada.page.get_by_label("我已阅读变更说明，内容与本意一致").check()
    ada.click(ada.page.get_by_role("button", name="提交审批"))
    expect(ada.page.locator("main")).to_contain_text("您参与了这份方案，须由另一位流程分析员审批")
    expect(ada.page.get_by_role("button", name="批准发布")).to_have_count(0)
    ada.look("submitted")
    return re.search(r"/workbench/\d+", ada.page.url)[0]


def publishes(ben: Analyst, proposal: str) -> None:
    """A colleague hears of it, reads and approves."""
    ben.page.goto("/notices")
    ben.click(ben.page.get_by_role("link", name=re.compile(f"请审批.*{WISH}")).first)
    assert proposal in ben.page.url
    ben.read_note("馆长先看", "请馆长先看", "建议出借")
    ben.tab("发布")
    ben.page.get_by_label("我已阅读变更说明，同意发布").check()
    ben.look("approve")
    ben.click(ben.page.get_by_role("button", name="批准发布"))
    expect(ben.page.locator("main")).to_contain_text("已发布，新事项从现在起使用新版本")
    ben.look("published")
    assert ben.complaints == []


def moves(ada: Analyst, number: str) -> None:
    """The old case to the new release: tried, with a reason, done; its page tells."""
    ada.page.goto("/workbench")
    expect(ada.page.locator("section.procedure", has_text="lending-library")).to_contain_text("仍在较早的版本上")
    ada.look("catalogue-after")
    ada.click(ada.page.get_by_role("link", name="在办事项迁移"))
    ada.look("moves")
    ada.click(ada.page.get_by_role("link", name="选择事项：图书借阅"))
    ada.page.get_by_label(re.compile("业务流水号")).fill(number)
    ada.click(ada.page.get_by_role("button", name="筛选"))
    expect(ada.page.get_by_role("checkbox", name=number)).to_be_checked()
    ada.look("choose-cases")
    ada.click(ada.page.get_by_role("button", name="预演迁移"))
    expect(ada.page.locator("#plan")).to_contain_text("可以迁移 1 件", timeout=SLOW)
    ada.look("dry-run")
    ada.page.get_by_label("事由").fill("馆长要求在办的也可以先看")
    ada.click(ada.page.get_by_role("button", name="迁移 1 件"))
    expect(ada.page.get_by_role("button", name=f"撤销 {number} 的迁移")).to_be_visible(timeout=SLOW)
    ada.look("moved")


def moves_back(ada: Analyst, number: str) -> None:
    """Nobody has acted since: it is as it was."""
    ada.click(ada.page.get_by_role("button", name=f"撤销 {number} 的迁移"))
    expect(ada.page.locator("#plan")).to_contain_text("已撤销 1 件", timeout=SLOW)
    ada.look("moved-back")
