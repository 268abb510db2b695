"""The player in the browser: a whole case from first to last event, the forms and differences of five moments, keys alone, axe."""
from __future__ import annotations

import re

import pytest

from app.audit.player import track_of
from app.clock import PretendClock
from app.people import SYSTEM
from app.viewings import say_why
from tests.audit.player_cases import walk_everything
from tests.support import builders
from tests.whole.looking import Looks
from tests.whole.visitors import PHONE
from tests.workbench.benches import bench_app, cookies_of, served

DESK = {"width": 1024, "height": 768}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """(app, address, frames, cases by name) of a case in which everything happens."""
    folder, clock = tmp_path_factory.mktemp("player"), PretendClock(builders.MONDAY)
    with bench_app(folder, clock, procedures=()) as app:
        walk = walk_everything(folder / "story", clock)
        for case_id in walk.cases.values():
            say_why(builders.actor("eve"), case_id, "routine", "", clock)
        frames = track_of(walk.case(), actor=SYSTEM, clock=clock)["frames"]
        with served(app) as address:
            yield app, address, frames, dict(walk.cases)


@pytest.fixture
def page(desk, chromium):
    """A page of the auditor; at the end the browser may not have complained."""
    app, address, *_rest = desk
    context, complaints = chromium.new_context(locale="zh-CN", viewport=DESK, base_url=address, reduced_motion="reduce"), []
    context.add_cookies(cookies_of(app, "eve", address))
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(f"{said.text} ({opened.url})") if said.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


def seq_of(frames: list[dict], element: str, nth: int = 0) -> int:
    """The number of the nth time that a step was done."""
    return [frame["seq"] for frame in frames if frame["element"] == element and frame["kind"] in ("complete", "message", "answer", "timer")][nth]


def look_at(page, seq: int) -> None:
    """Goes to a frame by its address and waits until it stands there."""
    page.evaluate(f"location.hash = '#{seq}'")
    page.locator(f".play-steps a[aria-current][href='#{seq}']").wait_for()


def form(page, seq: int):
    """The form as it looked at this frame."""
    look_at(page, seq)
    place = page.locator(f".look[data-look='{seq}'] .look-form")
    place.first.wait_for()
    return place


def changes(page) -> list[list[str]]:
    """The table of differences, line by line: what, before, after."""
    return [[cell.split("\n")[0] for cell in row.locator("th, td").all_inner_texts()] for row in page.locator(".play-table tbody tr").all()]


def test_a_whole_case_plays_and_each_form_looks_as_it_did_then(page, desk):
    _app, _address, frames, cases = desk
    page.goto(f"/audit/cases/{cases['main']}")
    page.locator(".play-sheet .djs-container").first.wait_for()
    page.evaluate("() => { window.seen = []; new MutationObserver(() => window.seen.push(location.hash)).observe(document.querySelector('.play-caption'), {childList: true, characterData: true, subtree: true}); }")
    page.get_by_label("速度").select_option("8")
    page.get_by_role("button", name="播放", exact=True).click()
    page.locator(".play-caption", has_text=re.compile("播放完了$")).wait_for()
    seen = page.evaluate("[...new Set(window.seen)].map((hash) => Number(hash.slice(1)))")
    assert [1, *seen] == [frame["seq"] for frame in frames]

    # 1: the declaration as it was first handed in
    assert "13800138000" in form(page, seq_of(frames, "declare")).inner_text() and changes(page) == []
    # 2: after the withdrawal, with another number
    assert "13900002222" in form(page, seq_of(frames, "declare", 1)).inner_text()
    assert changes(page) == [["联系电话", "13800138000", "13900002222"]]
    assert "原为：13800138000" in re.sub(r"\s", "", form(page, seq_of(frames, "declare", 1)).inner_text())
    # 3: after the employer's return, with a further file that still is what was handed in
    assert "13900003333" in form(page, seq_of(frames, "revise_declaration")).inner_text()
    assert [row[1:] for row in changes(page)] == [["13900002222", "13900003333"], ["（新增）", "继续教育证明.pdf"]]
    files = page.locator(".look-files li")
    assert files.count() == 7 and page.locator(".look-files .state-good").count() == 7 and page.locator(".look-files", has_text="本次新交").count() == 1
    # 4: the office after its own return: another opinion, and the words of the return are still those of the first one
    assert "材料齐全" in form(page, seq_of(frames, "office_pre_review", 1)).inner_text()
    assert ["审核意见", "请补充继续教育证明。", "材料齐全，符合申报条件。"] in changes(page)
    first = form(page, seq_of(frames, "office_pre_review"))
    assert "材料齐全" not in first.inner_text() and "请补充继续教育证明" in page.locator(".play-reason").inner_text()
    # 5: the step behind the move, on the diagram of the next release and under its new name
    assert form(page, seq_of(frames, "office_post_review")).count() == 1
    assert "新版" in page.locator("#play-title").inner_text() and page.locator(".play-crumb").inner_text().startswith("第 2 版流程")


def test_the_timer_the_ballot_the_move_and_the_batch_say_what_they_were(page, desk):
    _app, _address, frames, cases = desk
    page.goto(f"/audit/cases/{cases['main']}#{seq_of(frames, 'employer_reminder')}")
    page.locator(".play-part", has_text="计时").wait_for()
    assert "晚了" in page.locator(".play-part", has_text="计时").inner_text()

    look_at(page, seq_of(frames, "ballot_count"))
    assert [tag.split() for tag in page.locator(".play-part", has_text="只有票数").locator(".play-tag").all_inner_texts()][3:] == [["同意", "2"], ["反对", "1"], ["弃权", "0"]]
    assert page.locator(".play-crumb li").all_inner_texts() == ["职称评审", "专家评审"]
    page.get_by_role("button", name="职称评审").click()
    page.locator(".play-sheet:not([hidden]) [data-element-id=expert_review].current").wait_for()

    move = next(frame["seq"] for frame in frames if frame["kind"] == "move")
    look_at(page, move)
    assert "第 1 版 → 第 2 版" in page.locator(".play-detail").inner_text() and page.locator(".play-tag-act").count() == 1
    page.locator(".play-sheet:not([hidden]) .play-act").first.wait_for()

    look_at(page, seq_of(frames, "await_batch"))
    page.get_by_role("link", name="在那里接着播放").click()
    page.locator("h1", has_text="006 2026").wait_for()
    page.locator(".play-part", has_text="批内或会上的事项").wait_for()
    page.get_by_role("link", name="回到").click()
    page.locator(f".play-steps a[aria-current][href='#{seq_of(frames, 'await_batch')}']").wait_for()


def test_the_player_works_by_keys_alone_and_says_each_frame(page, desk):
    _app, _address, frames, cases = desk
    page.goto(f"/audit/cases/{cases['main']}")
    caption = page.locator(".play-caption[aria-live=polite]")
    caption.wait_for()
    said = lambda number: page.locator(".play-caption", has_text=re.compile(f"^第 {number} 步")).wait_for()
    page.keyboard.press("ArrowRight")
    said(2)
    page.keyboard.press("End")
    said(len(frames))
    page.keyboard.press("ArrowLeft")
    said(len(frames) - 1)
    page.keyboard.press("Home")
    said(1)
    page.keyboard.press("?")
    assert page.get_by_role("note").is_visible()
    page.keyboard.press("?")
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert page.get_by_label("速度").input_value() == "4"
    page.keyboard.press(" ")
    said(2)
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="播放", exact=True).is_visible()
    page.locator(".play-steps a").nth(6).focus()
    page.keyboard.press("Enter")
    said(7)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#8"
    page.locator(".play-slider").focus()
    page.keyboard.press("ArrowRight")
    said(8)
    assert page.url.endswith("#8")


def test_the_player_has_no_fault_for_axe_on_desk_and_phone_and_reads_without_scripts(page, desk, chromium):
    app, address, frames, cases = desk
    looks = [Looks(DESK), Looks(PHONE)]
    page.goto(f"/audit/cases/{cases['main']}")
    for seq in (seq_of(frames, "revise_declaration"), seq_of(frames, "ballot_count")):
        look_at(page, seq)
        page.wait_for_timeout(600)
        for one in looks:
            one.at(page, f"player {seq}")
    assert [fault for one in looks for fault in one.faults] == []
    context = chromium.new_context(java_script_enabled=False, base_url=address, locale="zh-CN")
    context.add_cookies(cookies_of(app, "eve", address))
    plain = context.new_page()
    plain.goto(f"/audit/cases/{cases['main']}")
    plain.locator(".play-plain a").nth(1).click()
    assert "13800138000" in plain.locator(".look-form").inner_text()
    context.close()
