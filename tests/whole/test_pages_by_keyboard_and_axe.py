"""The pages without a mouse, and without what axe-core calls a violation of WCAG 2 A and AA."""
from __future__ import annotations

import os

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.whole.papers import FILES, ROOT, declared
from tests.whole.programs import Program
from tests.whole.visitors import PHONE, Visitor

AXE = ROOT / "app" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})).violations"
NOBODY = "440305198806140050"
STOPS = 60  # Tab stops of the longest page, and some


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core, from the packages of the front end."""
    if not AXE.exists() and os.environ.get("PINGSHEN_TEST_REQUIRE_BROWSER") == "1":
        pytest.fail(f"no {AXE.relative_to(ROOT)}: make setup")
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def handed_in(service) -> str:
    """The number of a case that waits for the employer, of somebody whom no other walk declares for (one a year, S1-082)."""
    li = Program(service.url, "li")
    number = li.start("title-review", agreed=["agreed"])["number"]
    li.do(number, "declare", li.with_files(declared(id_number=NOBODY), *FILES))
    return number


def test_the_keyboard_alone_signs_in_fills_a_form_and_submits_it(service, chromium, library_people):
    page = Visitor(chromium, service.url).page
    page.goto("/sign-in")
    expect(page.get_by_label("个人账号", exact=True)).to_be_focused()
    page.keyboard.type("reader_wang")
    page.keyboard.press("Tab")
    page.keyboard.type("reads-a-lot")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("欢迎您")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    follow(page, page.get_by_role("link", name="图书借阅"))
    follow(page, page.get_by_role("button", name="下一步"))
    expect(page.get_by_role("heading", level=1)).to_have_text("填写借书单")

    tab_to(page, page.get_by_label("书名"))
    page.keyboard.type("十万个为什么")
    page.keyboard.press("Enter")  # saves, never submits
    expect(page.get_by_label("书名")).to_have_value("十万个为什么")
    expect(page.locator(".saved")).to_contain_text("已暂存")
    tab_to(page, page.get_by_label("借书的馆"))
    page.keyboard.press("ArrowDown")
    follow(page, page.get_by_role("button", name="下一步"))

    expect(page.locator("[name=reader_name]")).to_have_value("王小满")  # a default of a section that comes after a save
    kind = page.locator("[name=reader_kind]").first
    tab_to(page, kind)
    with page.expect_response("**/sections/reader"):
        page.keyboard.press("Space")
    expect(kind).to_be_checked()
    expect(kind).to_be_focused()  # the section was drawn anew around it
    tab_to(page, page.locator("[name=promise]"))
    page.keyboard.press("Space")
    follow(page, page.get_by_role("button", name="交借书单"))
    expect(page.locator(".flashes")).to_contain_text("已办理：填写借书单")


def test_whoever_tabs_through_a_page_sees_where_they_are(service, chromium):
    page = Visitor(chromium, service.url, "li").goto("/start/title-review")
    stops = 0
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement !== document.body") and stops < STOPS:
        stops += 1
        shown = page.evaluate("""() => { const style = getComputedStyle(document.activeElement);
            return style.outlineStyle !== 'none' || style.boxShadow !== 'none' }""")
        assert shown, page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
    assert stops > 8


@pytest.mark.parametrize("size", ["office", "phone"])
def test_the_pages_have_no_violation_that_axe_knows(service, chromium, axe, handed_in, size):
    li, chen = Visitor(chromium, service.url, "li"), Visitor(chromium, service.url, "chen")
    stranger = Visitor(chromium, service.url)
    if size == "phone":
        for person in (li, chen, stranger):
            person.page.set_viewport_size(PHONE)
    found = violations(stranger.goto("/sign-in"), axe) + violations(stranger.goto("/verify"), axe)
    for path in ("/", "/my", "/notices", "/start/title-review", "/materials", "/payments", "/certificates"):
        found += violations(li.goto(path), axe)
    task = started(li)
    for part in ("basic", "education", "requested", "materials"):
        found += violations(li.goto(f"{task}?part={part}"), axe)
    found += violations(li.goto(f"{task}/rows/education/new"), axe)
    li.goto("/my?tab=draft")
    li.click(li.page.locator("tbody .number a").first)
    found += violations(li.page, axe)
    for tab in ("查看", "打印", "材料"):
        li.press(tab)
        found += violations(li.page, axe)
    found += violations(chen.goto("/"), axe) + violations(chen.goto("/desk"), axe)
    found += violations(chen.open_task(handed_in, "单位审核"), axe)
    chen.press("提交")
    found += violations(chen.page, axe)
    chen.fill({"operator_phone": "0755-26881234"})
    chen.press("退回修改")
    found += violations(chen.page, axe)
    assert not found, "\n".join(found)


def started(li: Visitor) -> str:
    """The address of the first task of a new case."""
    li.goto("/start/title-review")
    li.fill({"agreed": ["agreed"]})
    li.press("下一步")
    return li.page.url.partition("?")[0]


def violations(page: Page, axe: str) -> list[str]:
    """What axe says against the page, a line each."""
    page.evaluate(axe)
    return [f"{page.url}: {rule['id']}: {node['html'][:200]}: {node['failureSummary'][:300]}"
            for rule in page.evaluate(RULES) for node in rule["nodes"]]


def follow(page: Page, target: Locator) -> None:
    """Tabs to a link or button, presses Enter and waits for the next page."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus."""
    for _ in range(STOPS):
        if target.first.evaluate("place => place === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"not reached by Tab: {target}")
