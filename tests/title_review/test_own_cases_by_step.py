"""What an applicant finds among their own cases at each step, and may do there (S1-136 … S1-148)."""
from __future__ import annotations

import re

import pytest

from app.operations import reading
from app.operations.tasks import take_task
from tests.support.builders import ROOT, actor, open_task, publish, sign_in
from tests.whole.walks import ISSUED, Walk, perform

TERMINATED = ROOT / "processes" / "title-review" / "scenarios" / "terminated.yml"


@pytest.fixture
def procedure(app, clock):
    publish(ROOT, clock=clock)


@pytest.fixture
def walk(procedure, clock):
    return Walk(ISSUED, clock).start()


def reach(walk: Walk, element: str, clock) -> None:
    """Goes on with the scenario until before this element."""
    waiting = getattr(walk, "waiting", None)
    if waiting is None:
        walk.steps = walk.commands()
        walk.waiting = next(walk.steps)
    while walk.waiting.element != element:
        perform(walk.waiting, clock)
        walk.settle()
        walk.waiting = next(walk.steps)


def row(walk: Walk, clock, tab: str = "all"):
    li = actor("li")
    rows = reading.with_actions(reading.my_cases(li, tab), li, clock).rows
    return next((found for found in rows if found.number == walk.case().number), None)


def actions(walk: Walk, clock) -> set[str]:
    return {action.label for action in row(walk, clock).actions}


def test_a_number_has_nineteen_digits_with_the_day_in_it(walk, clock):
    """S1-143: prefix of the item, day, eight digits that count on."""
    first = walk.case().number
    assert re.fullmatch(r"00320260302\d{8}", first)
    assert int(Walk(ISSUED, clock).start().case().number[11:]) > int(first[11:])


def test_the_list_has_the_tabs_and_columns_of_the_manual(walk, client):
    """S1-135, S1-136, S1-141, S1-150."""
    sign_in(client, "li", "pingshen-demo")
    page = client.get("/my").text
    tabs = [re.sub(r"<[^>]+>|\d", "", tab).strip() for tab in re.findall(r'<a href="/my\?tab=[^"]*"[^>]*>(.*?)</a>', page)]
    assert [tab for tab in tabs if tab in ("全部", "待办中", "办理中", "办结", "打包办", "草稿箱")][:6] == ["全部", "待办中", "办理中", "办结", "打包办", "草稿箱"]
    headings = re.findall(r'<th scope="col">(?:<a[^>]*>)?([^<]*)', page)
    assert [heading for heading in headings if heading.strip()] == ["业务流水号", "事项名称", "摘要信息", "申请人", "当前环节", "办理部门", "办理结果", "操作"]
    assert "共 1 个事项" in page and "我要申报" in page and "事项状态快速查询" in page


def test_what_was_never_submitted_is_a_draft_that_can_be_thrown_away(walk, clock):
    """S1-140."""
    assert row(walk, clock, "draft").task[1] == "个人申报" and actions(walk, clock) == {"删除草稿"} and row(walk, clock, "doing") is None


def test_it_can_be_withdrawn_until_the_employer_takes_it_up_and_never_afterwards(walk, clock):
    """S1-138, S1-142, S1-144, D-52."""
    reach(walk, "employer_review", clock)
    assert row(walk, clock, "doing").task is None and row(walk, clock).stage == "单位审核" and "撤回" in actions(walk, clock)
    take_task(open_task(walk.case(), "employer_review").id, actor=actor("chen"), clock=clock)
    assert "撤回" not in actions(walk, clock)
    reach(walk, "office_pre_review", clock)
    assert actions(walk, clock) == set() and "评审委员会办公室" in row(walk, clock).handler


def test_at_the_payment_step_it_is_to_do_with_a_link_to_pay(walk, client, clock):
    """S1-137, S1-142, S1-145."""
    reach(walk, "paid", clock)
    assert row(walk, clock, "todo").stage == "网上支付" and "终止申报" not in actions(walk, clock)
    sign_in(client, "li", "pingshen-demo")
    page = client.get("/my?tab=todo").text
    assert all(f">{word}</a>" in page for word in ("打印", "查看", "进度", "材料"))


def test_what_has_ended_stays_readable_with_its_result(walk, client, clock):
    """S1-139, S1-147."""
    walk.walk()
    found = row(walk, clock, "done")
    assert found.result == "通过" and found.tone == "good" and not found.actions and row(walk, clock, "batch") is not None
    sign_in(client, "li", "pingshen-demo")
    for page in ("", "/form", "/materials", "/reports"):
        assert client.get(f"/cases/{found.id}{page}").status_code == 200


def test_only_after_a_return_it_can_be_terminated(procedure, clock):
    """S1-148, D-48."""
    walk = Walk(TERMINATED, clock).start()
    reach(walk, "employer_review", clock)
    assert "终止申报" not in actions(walk, clock)
    reach(walk, "terminate", clock)
    assert "终止申报" in actions(walk, clock) and row(walk, clock, "todo").task[1] == "个人修改申报"
