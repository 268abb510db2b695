"""An analyst at the workbench: begins a proposal, draws, builds forms, walks, reads and is stopped, all in the pages. Tests only."""
from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.whole.looking import SIDEWAYS
from tests.whole.visitors import SCREENSHOTS, Visitor

SLOW = 60_000  # ms: what the worker does in the background
SIZES = ({"width": 1024, "height": 768}, {"width": 1280, "height": 900})


class Analyst(Visitor):
    """An analyst at the workbench: looks at each page in both widths."""

    def __init__(self, chromium, service, account: str):
        super().__init__(chromium, service.url, account)
        self.page.set_default_timeout(30_000)
        self.page.set_viewport_size(SIZES[-1])
        self.stations = 0

    def look(self, name: str) -> None:
        """Nothing hangs over the edge at either width; a picture of both when pictures are wanted."""
        self.stations += 1
        for size in SIZES:
            self.page.set_viewport_size(size)
            assert self.page.evaluate(SIDEWAYS) == [], f"{name} at {size['width']}"
            if SCREENSHOTS:
                Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
                self.page.wait_for_timeout(200)
                self.page.screenshot(path=Path(SCREENSHOTS) / f"day-{self.account}-{self.stations:02d}-{name}-{size['width']}.png", full_page=True)

    def tab(self, name: str) -> None:
        """Another part of the proposal."""
        self.click(self.page.locator(".bench-tabs, nav").get_by_role("link", name=name, exact=True).last)

    def begin(self, procedure: str, wish: str) -> None:
        """From the catalogue to a new proposal."""
        self.page.goto("/")
        self.click(self.page.get_by_role("link", name="流程设计", exact=True))
        card = self.page.locator("section.procedure", has_text=procedure)
        expect(card.get_by_text("在用")).to_be_visible()
        self.look("catalogue")
        card.locator("summary", has_text="修改").click()
        card.get_by_label("这次要改什么").fill(wish)
        self.click(card.get_by_role("button", name="建立修改方案"))
        expect(self.page.locator("main")).to_contain_text("还没有改动")
        self.look("proposal")

    # --- the diagram

    def draw(self, title: str) -> None:
        """Opens a diagram in its editor."""
        self.tab("流程图")
        self.click(self.page.locator("table").get_by_role("link", name=title, exact=True))
        self.page.wait_for_selector("#canvas[data-ready]")

    def drop_task(self, lane: str, below: str, name: str, key: str) -> None:
        """Takes a user task from the palette into a lane, and names it."""
        self.page.get_by_role("button", name="看全图").click()
        self.page.locator('.djs-palette [data-action="create.user_task"]').click()
        row, column = (self.page.locator(f".djs-shape[data-element-id={one}]").bounding_box() for one in (lane, below))
        x, y = column["x"] + column["width"] / 2, row["y"] + row["height"] / 2
        self.page.mouse.move(x - 20, y - 5)
        self.page.mouse.move(x, y, steps=3)
        self.page.mouse.click(x, y)
        self.page.keyboard.type(name)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#bio-properties-panel-name")).to_have_value(name)
        self.set("#bio-properties-panel-id", key)

    def connect(self, source: str, word: str) -> None:
        """Draws a line by the keyboard."""
        self.choose_element(source)
        self.page.locator("[data-do=connect]").press("Enter")
        self.page.keyboard.type(word)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#dialect-sequenceFlow-outcome, #dialect-sequenceFlow-condition, #bio-properties-panel-name").first).to_be_visible()

    def choose_element(self, key: str) -> None:
        self.page.locator(f"#steps button[data-element='{key}']").click()

    def set(self, place: str, text: str) -> None:
        """Writes one setting of what is selected."""
        self.page.locator(place).fill(text)
        self.page.locator(place).press("Tab")

    def drawing_is_saved(self) -> Locator:
        """The findings below the diagram, once it is saved."""
        expect(self.page.locator("#saved[data-state=saved]")).to_be_visible()
        return self.page.locator("#findings")

    # --- the form

    def node(self, label: str) -> Locator:
        return self.page.locator(".form-node", has=self.page.get_by_text(label, exact=True))

    def choose_node(self, label: str) -> None:
        self.node(label).click()
        expect(self.page.locator(".form-node[aria-current]")).to_contain_text(label)

    def add_question(self, after: str, label: str, key: str) -> None:
        """A yes-or-no question that must be answered, before the field that is there."""
        self.choose_node(after)
        self.page.locator("[data-act=add-field]").click()
        self.choose_node("新字段")
        self.set("#p-label", label)
        self.node(label).wait_for()
        self.set("#p-key", key)
        self.page.locator("#p-type").select_option("yes_no")
        self.page.locator("#p-required").check()
        self.node(label).press("Alt+ArrowUp")

    def show_when(self, field: str, condition: str, told: str) -> None:
        """Writes under which condition a field is there, and sees at once what is wrong with it."""
        self.choose_node(field)
        self.page.locator("#p-shown_when .cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(condition)
        self.page.keyboard.press("Escape")
        self.page.locator("#preview-fill").focus()
        expect(self.page.locator("#problems")).to_have_text(re.compile(told))
        expect(self.page.locator("#saved[data-state=saved]")).to_be_visible()

    # --- checks

    def is_stopped(self, count: str) -> None:
        """The gate lets nothing through; the list of findings says why."""
        self.tab("发布")
        expect(self.page.locator(".gate")).to_contain_text(count)
        expect(self.page.get_by_role("button", name="提交审批")).to_be_disabled()
        self.look("stopped")
        self.click(self.page.get_by_role("link", name="去检查", exact=True))
        self.look("findings")

    def finding(self, words: str) -> Locator:
        return self.page.locator(".finding-row", has_text=words)

    # --- the walk

    def inside(self, who: str, label: str):
        """The real page of a step, opened as one of the people of the walk; `label` is the link or 填入示例."""
        player = self.page.locator(".player", has_text=who)
        player.get_by_role("link", name=label).or_(player.get_by_role("button", name=label)).first.click()
        frame = self.page.frame_locator("[data-frame]")
        frame.locator("button[name=do]").first.wait_for()
        return frame

    def done(self, steps: int) -> None:
        expect(self.page.locator(".walk-steps li")).to_have_count(steps + 1)
        expect(self.page.locator(".walk-diagram .current").first).to_be_attached()

    def keep_walk(self, title: str, name: str) -> None:
        """The walk becomes a scenario, and runs."""
        self.page.locator("#keep input[name=title]").fill(title)
        self.page.locator("#keep input[name=name]").fill(name)
        self.click(self.page.get_by_role("button", name="保存并运行一遍"))
        expect(self.page.locator("tr", has_text=name).get_by_text("通过", exact=True)).to_be_visible(timeout=2 * SLOW)

    # --- the note and the gate

    def read_note(self, *words: str) -> None:
        """Reads what changes and says so."""
        self.tab("变更说明")
        for word in words:
            expect(self.page.locator(".note")).to_contain_text(word)
        expect(self.page.locator(".note svg .djs-shape").first).to_be_attached()
        self.look("note")
        self.click(self.page.get_by_role("button", name="我已阅读以上变更"))
        expect(self.page.locator(".note")).to_contain_text("您已阅读这一版变更说明")
