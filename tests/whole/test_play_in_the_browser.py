"""An analyst plays the declaration to the employer's return in the browser, keeps it, and sees it run green; axe finds nothing."""
from __future__ import annotations

from playwright.sync_api import expect

from tests.whole.looking import axe_text
from tests.whole.visitors import Visitor

RULES = "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})).violations.map(v => [v.id, v.nodes.map(n => n.target)])"
SLOW = 60_000  # ms: two busy cores


def _faultless(page) -> None:
    page.evaluate(axe_text())
    assert page.evaluate(RULES) == []


def _proposal(page) -> str:
    return page.evaluate("""async () => {
      const token = document.querySelector('meta[name=csrf-token]').content;
      const answer = await fetch('/workbench/proposals', {method: 'POST', body: new URLSearchParams({csrf_token: token, procedure: 'title-review', title: '试走'})});
      return new URL(answer.url).pathname; }""")


def test_a_declaration_is_played_to_the_employers_return_and_kept(service, chromium):
    page = Visitor(chromium, service.url, "analyst").page
    page.set_default_timeout(SLOW)
    page.goto("/workbench")
    proposal = _proposal(page)
    page.goto(f"{proposal}/play")
    _faultless(page)
    page.locator("[data-start]").select_option("title-review li")
    page.get_by_role("button", name="开始试走").click()
    page.get_by_role("button", name="用示例发起").click()
    page.locator(".player", has_text="李雷").get_by_role("button", name="填入示例").click()
    inside = page.frame_locator("[data-frame]")
    decide = inside.locator("button[name=do][value^=decide]")
    following = inside.locator("button[name=do][value^=next]")
    for _section in range(20):
        inside.locator("button[name=do]").first.wait_for()
        if decide.count():
            break
        place = following.first.get_attribute("value")
        following.first.click()
        expect(inside.locator(f"button[value='{place}']")).to_have_count(0, timeout=SLOW)
    decide.first.click()
    expect(page.locator(".walk-steps li")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".walk-diagram .current")).not_to_have_count(0, timeout=SLOW)
    _faultless(page)
    page.locator(".player", has_text="陈晓").get_by_role("button", name="填入示例").click()
    inside.locator("button[value='decide:return']").first.click()
    inside.locator("textarea[name=reason]").fill("请补充学历证明")
    inside.locator("main form").get_by_role("button", name="退回修改").last.click()
    expect(page.locator(".walk-steps li")).to_have_count(3, timeout=SLOW)
    page.locator("#keep input[name=title]").fill("单位退回一次")
    page.locator("#keep input[name=name]").fill("employer_returns_once")
    page.get_by_role("button", name="保存并运行一遍").click()
    row = page.locator("tr", has_text="employer_returns_once.yml")
    expect(row.get_by_text("通过", exact=True)).to_be_visible(timeout=2 * SLOW)
    expect(page.locator("[data-scenarios][data-moving='']")).to_be_attached(timeout=SLOW)  # the page comes anew when all have run
    page.wait_for_load_state("networkidle")
    _faultless(page)
