"""A walk, a move of running cases and 假设分析 with keys alone: all is reached, the focus stays with the work, what happens is said, axe finds nothing."""
from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app import jobs
from app.clock import PretendClock
from app.store import session
from app.workbench import whatif
from tests.support import builders
from tests.whole.keyboard import Hands
from tests.whole.looking import Looks
from tests.whole.walks import Walk
from tests.workbench import other_releases
from tests.workbench.benches import begin, bench_app, cookies_of, served
from tests.workbench.test_moves_of_cases import case_at
from tests.workbench.test_what_if import SCENARIOS, TABLE, propose

DESK = {"width": 1280, "height": 900}
INSIDE, SLOW = "[data-frame]", 30_000  # ms: two busy cores


@pytest.fixture(scope="module")
def clock():
    return PretendClock(builders.MONDAY)


@pytest.fixture(scope="module")
def bench(tmp_path_factory, clock):
    """(app, address) with a case that is over, one at each of two steps, and a release without the second step."""
    with bench_app(tmp_path_factory.mktemp("keys"), clock) as app, served(app) as address:
        past = Walk(SCENARIOS / "borrowed_elsewhere_and_late.yml", PretendClock(builders.MONDAY)).start()
        past.walk()
        for step in ("check", "hand_out"):
            case_at(step, clock)
        yield app, address


class Analyst(Hands):
    """The first analyst at a desk, with keys only; every state that she says she looks at is looked at with axe, too."""

    def __init__(self, chromium, app, address: str):
        super().__init__(chromium, address, DESK)
        self.context.add_cookies(cookies_of(app, "ada", address))
        self.page.set_default_timeout(SLOW)
        self.looks = Looks(DESK)

    def look(self, name: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.looks.at(self.page, name)

    def button(self, name: str, where: str = "main"):
        return self.page.locator(where).get_by_role("button", name=name, exact=True)

    def enter(self, place) -> None:
        """Enter on a place that opens something in this page."""
        self.to(place)
        self.page.keyboard.press("Enter")

    def send(self, place) -> None:
        """Enter on a place that leads to another page."""
        self.to(place)
        self.follow()

    def is_at(self, place: str) -> None:
        expect(self.page.locator(place)).to_be_focused(timeout=SLOW)


@pytest.fixture
def analyst(bench, chromium):
    hands = Analyst(chromium, *bench)
    yield hands
    hands.context.close()
    assert hands.looks.faults == [] and hands.complaints == []


def work(clock) -> None:
    """What waits in the background is done."""
    jobs.run_jobs(clock)
    session().remove()


def said(page: Page, words: str) -> None:
    """These words are in a part of the page that is announced."""
    expect(page.locator("main [role=status]", has_text=words).first).to_be_attached(timeout=SLOW)


@pytest.mark.timeout(240)
def test_a_walk(bench, analyst):
    page = analyst.page
    page.goto(f"/workbench/{begin(bench[0], title='试走').id}/play")
    analyst.look("before a walk")
    analyst._choose(page.locator("[data-start]"), "lending reader_wang")
    analyst.send(analyst.button("开始试走"))
    analyst.is_at("#who-title")
    expect(page.get_by_role("img", name="流程图；步骤列表有同样的内容")).to_be_attached(timeout=SLOW)
    analyst.look("walk begun")
    a_form_is_opened_closed_filled_and_sent(analyst)
    analyst.enter(page.locator("summary", has_text="再加一个人"))
    analyst.look("who")
    analyst.send(page.locator("#clock-day"))
    analyst.is_at("#clock-day")
    said(page, "一天")
    analyst.send(page.locator(".walk-step").nth(1))
    analyst.is_at("#who-title")
    said(page, "办理")
    analyst.look("back")
    the_walk_is_kept(analyst)


def a_form_is_opened_closed_filled_and_sent(analyst) -> None:
    page = analyst.page
    task = page.locator(".player-task a").first
    analyst.enter(task)
    analyst.is_at("#form-title")
    analyst.enter(page.locator("[data-form-close]"))
    expect(task).to_be_focused(timeout=SLOW)
    analyst.enter(page.locator(".player-task button").first)
    analyst.is_at("#form-title")
    inside = page.frame_locator(INSIDE)
    decide, following = inside.locator("button[name=do][value^=decide]"), inside.locator("button[name=do][value^=next]")
    expect(decide.or_(following).first).to_be_visible(timeout=SLOW)
    analyst.look("form filled")
    while not decide.count():  # section by section
        section = following.first.get_attribute("value")
        analyst.enter(following.first)
        expect(inside.locator(f"button[value='{section}']")).to_have_count(0, timeout=SLOW)
        inside.locator("button[name=do]").first.wait_for()
    analyst.enter(decide.first)
    expect(page.locator(".walk-steps li")).to_have_count(2, timeout=SLOW)
    analyst.is_at("#who-title")
    said(page, "这一步已办理")


def the_walk_is_kept(analyst) -> None:
    page = analyst.page
    analyst.enter(page.get_by_role("link", name="保存为情景用例"))
    page.keyboard.press("Tab")
    analyst.is_at("#keep [name=title]")
    analyst.type(page.locator("#keep [name=title]"), "按键走一步")
    analyst.type(page.locator("#keep [name=name]"), "by_keys")
    analyst.send(analyst.button("保存并运行一遍"))
    said(page, "已保存为情景用例")
    analyst.look("saved")


@pytest.mark.timeout(240)
def test_a_move_of_running_cases(bench, analyst, clock):
    page, target = analyst.page, other_releases.publish(other_releases.one_more_one_less(), clock)
    page.goto("/workbench/moves/new")
    analyst._choose(page.locator("#f-process"), "lending")
    expect(page.locator("#f-to")).to_have_value(target)
    analyst.send(analyst.button("筛选"))
    analyst.is_at("#cases")
    analyst.enter(page.locator("[data-ticking-none]"))
    said(page, "已勾选 0 件")
    analyst.enter(page.locator("[data-ticking-all]"))
    analyst.look("cases")
    analyst.send(analyst.button("预演迁移"))
    analyst.is_at("#h-trial")
    analyst.look("plan")
    work(clock)
    said(page, "需要指定环节 1 件")
    analyst.is_at("#h-trial")
    analyst.look("dry run")
    a_step_is_mapped(analyst, clock)
    analyst.type(page.locator("#reason"), "新规程")
    analyst.send(analyst.button("迁移 2 件"))
    analyst.is_at("#h-moved")
    work(clock)
    said(page, "已迁移 2 件")
    analyst.is_at("#h-moved")
    analyst.look("result")
    the_moves_are_undone(analyst, clock)


def a_step_is_mapped(analyst, clock) -> None:
    page = analyst.page
    analyst._choose(page.locator(".moves-select"), "join")
    where = page.locator(".moves-diagrams summary")
    analyst.enter(where)
    expect(page.get_by_role("img", name="新版本：点一下从哪一步继续")).to_be_visible(timeout=SLOW)
    analyst.look("mapping")
    analyst.send(analyst.button("按以上指定重新预演"))
    analyst.is_at("#h-trial")
    analyst.enter(where)
    expect(page.get_by_role("img", name="新版本：点一下从哪一步继续")).to_be_visible(timeout=SLOW)
    work(clock)
    said(page, "可以迁移 2 件")
    expect(where).to_be_focused(timeout=SLOW)
    expect(page.get_by_role("img", name="新版本：点一下从哪一步继续")).to_be_visible(timeout=SLOW)


def the_moves_are_undone(analyst, clock) -> None:
    page = analyst.page
    analyst.send(page.get_by_role("button", name="的迁移").first)
    said(page, "已撤销 1 件")
    expect(page.locator("tr:focus", has_text="已撤销")).to_be_attached(timeout=SLOW)
    analyst.send(page.get_by_role("button", name="撤销全部没有继续办理的"))
    analyst.is_at("#h-moved")
    work(clock)
    said(page, "已撤销 2 件")
    analyst.is_at("#h-moved")
    analyst.look("undone")


@pytest.mark.timeout(240)
def test_what_if(bench, analyst, clock, monkeypatch):
    page = analyst.page
    page.goto(f"/workbench/{propose(clock, TABLE, ('<text>500</text>', '<text>800</text>')).id}/what-if")
    analyst.look("what if")
    analyst.send(analyst.button("开始分析"))
    analyst.is_at("#found")
    said(page, "1 件会走另一条路")
    analyst.look("found at once")
    monkeypatch.setattr(whatif, "AT_ONCE", 0)
    analyst.send(analyst.button("开始分析"))
    analyst.is_at("#found")
    analyst.send(analyst.button("在后台分析"))
    analyst.is_at("#found")
    analyst.look("begun in the background")
    work(clock)
    said(page, "1 件会走另一条路")
    analyst.is_at("#found")
    analyst.look("found in the background")
    analyst.send(page.get_by_role("link", name="检查和测试").first)
    analyst.look("rows of a table")
    analyst.type(page.locator("[name='given.0.0']"), "5")
    analyst.send(analyst.button("保存并核对"))
    analyst.is_at("#rows-title")
    said(page, "测试行已保存")
