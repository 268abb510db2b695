"""A person at a browser: signs in, finds work, fills forms as they are on the page, decides. Tests only.

Fields are found by their names and filled by what kind of control they are, so that any procedure can be played.
"""
from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.whole.papers import paper

OFFICE, PHONE = {"width": 1024, "height": 768}, {"width": 390, "height": 844}
SCREENSHOTS = os.environ.get("PINGSHEN_TEST_SCREENSHOTS", "")
WAIT = 40_000  # milliseconds for what the worker does in the background
_numbers = count(1)


class Visitor:
    """One person with a window of their own."""

    def __init__(self, chromium: Browser, url: str, account: str = "", password: str = "pingshen-demo"):
        self.url, self.account, self.password = url, account, password
        self.context = chromium.new_context(viewport=OFFICE, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=url, reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        if account:
            self.sign_in()

    def _listen(self, said) -> None:
        """Keeps what the browser complains about; that a refused form answers 422 is no fault, nor that a PDF names no icon."""
        if said.type == "error" and "status of 422" not in said.text and not said.location.get("url", "").endswith("/favicon.ico"):
            self.complaints.append(f"{said.text} ({said.location.get('url')})")

    # --- coming and going

    def sign_in(self) -> None:
        self.page.goto("/sign-in")
        self.page.get_by_label("个人账号", exact=True).fill(self.account)
        self.page.get_by_label("密码", exact=True).fill(self.password)
        self.click(self.page.get_by_role("button", name="个人登录", exact=True))
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("欢迎您")

    def sign_out(self) -> None:
        self.page.locator("details.me summary").click()
        self.press("退出登录")
        expect(self.page.get_by_role("heading", name="登录", exact=True)).to_be_visible()

    def goto(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def press(self, label: str) -> None:
        """Presses a button or follows a link of this name in the body of the page, and waits for what comes."""
        self.click(self.page.get_by_role("button", name=label, exact=True).or_(
            self.page.get_by_role("link", name=label, exact=True)).first)

    def click(self, place: Locator) -> None:
        place.click()
        self.page.wait_for_load_state()

    # --- filling

    def fill(self, answers: dict, prefix: str = "") -> None:
        """Fills what of the answers has a place on this page; tables row by row on their own pages."""
        for key, value in answers.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                self._fill_table(key, value)
            else:
                self._fill_one(prefix + key, value)

    def fill_sections(self, answers: dict) -> list[str]:
        """Goes through the sections of the form from here to the last one, filling each. Their titles."""
        titles = []
        while True:
            titles.append(self.page.locator("#sections [aria-current=step] .title").inner_text())
            self.fill(answers)
            following = self.page.get_by_role("button", name="下一步", exact=True)
            if not following.count():
                return titles
            self.click(following)

    def at_section(self, title: str) -> None:
        """Is in the section of the form with this title."""
        expect(self.page.locator("#filling .form-section h2").first).to_have_text(title)
        self._settle()

    def next(self, title: str) -> None:
        """Leaves a section by 下一步 for the one with this title."""
        self.shot(f"section {self.page.locator('#filling .form-section h2').first.inner_text()}")
        self.press("下一步")
        self.at_section(title)

    def _fill_one(self, name: str, value) -> None:
        if isinstance(value, list) and self.page.locator(f'[name="{name}.0"]').count():
            for level, code in enumerate(value):
                self._choose(self.page.locator(f'select[name="{name}.{level}"]'), code)
            return
        if self.page.locator(f'input[type=file][name="upload.{name}"]').count():
            self.upload(name, *[paper(one) for one in ([value] if isinstance(value, str) else value)])
            return
        place = self.page.locator(f'[name="{name}"]:not([type=hidden]):not([type=file])')
        if place.count():
            self._fill_control(place, name, value)

    def _fill_control(self, place: Locator, name: str, value) -> None:
        tag = place.first.evaluate("place => place.tagName == 'INPUT' ? place.type : place.tagName")
        if tag == "SELECT":
            self._choose(place, value)
        elif tag in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [{True: "true", False: "false"}.get(value, str(value))]:
                box = self.page.locator(f'[name="{name}"][value="{one}"]')
                if not box.is_checked():
                    box.check()
                self._settle()
        else:
            place.fill(str(value))
            place.blur()
            self._settle()

    def _choose(self, place: Locator, value) -> None:
        place.select_option({True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value))
        self._settle()

    def upload(self, name: str, *files: dict) -> None:
        """Hands files in by the widget of the page, and waits until each is there and stands in its list."""
        there = self.page.locator(f'.file-there li:has(> input[name="{name}"])')
        after = there.count() + len(files)
        self.page.locator(f'input[type=file][name="upload.{name}"]').set_input_files(list(files) if len(files) > 1 else files[0])
        expect(there).to_have_count(after, timeout=20_000)

    def _settle(self) -> None:
        """Until the page's own requests for a changed section are over."""
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)

    def _fill_table(self, key: str, rows: list[dict]) -> None:
        adding = self.page.locator(f'button[value="row-add:{key}"]')
        if not adding.count():
            return
        for number, row in enumerate(rows):
            if number == 0:
                self.click(adding)
            self.fill(row, "row.")
            self.shot(f"row {key}", only_first=True)
            self.press("保存" if number == len(rows) - 1 else "保存并再加一行")
        expect(self.page.locator(f'button[value^="row-edit:{key}:"]')).to_have_count(len(rows))

    def download(self, link: Locator) -> bytes:
        """What a link leads to, asked for as the browser asks."""
        answer = self.context.request.get(link.get_attribute("href"))
        assert answer.ok, f"{answer.url}: {answer.status}"
        return answer.body()

    # --- work

    def mark(self, section: str, field: str, remark: str, row: int = 0) -> None:
        """Marks a place of the form that lies beside one's own."""
        self.page.locator(f"#m-{section}-{field}").click()
        self.page.get_by_label("有什么问题，怎么改").fill(remark)
        if row:
            self.page.get_by_label("第几行").fill(str(row))
        self.press("保存标注")
        expect(self.page.locator("#marking")).to_have_count(0)
        expect(self.page.locator(".mark-text", has_text=remark)).to_be_visible()

    def open_case(self, number: str) -> Page:
        """The page of a case, found with the search of the top bar."""
        self.page.goto(f"/search?q={number}")
        self.click(self.page.get_by_role("link", name=number).first)
        return self.page

    def open_task(self, number: str, name: str, place: str = "/desk") -> Page:
        """A task from the list, as soon as it is there."""
        row = self.wait_for(place, lambda page: page.locator("tr", has_text=number).filter(has_text=name))
        self.click(row.get_by_role("link", name="办理", exact=True))
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
        return self.page

    def open_own_task(self, number: str, name: str) -> Page:
        """A task given to this person alone, from the first page."""
        self.page.goto("/")
        link = self.wait_for("/", lambda page: page.locator("a[href*='/tasks/']", has_text=name))
        self.click(link)
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
        expect(self.page.locator(".case-head-facts")).to_contain_text(spaced(number))
        return self.page

    def decide(self, label: str, reason: str = "") -> None:
        """Presses the button of a decision; on the page that asks again writes the reason and confirms."""
        self.press(label)
        asking = self.page.get_by_role("heading", name=f"确认：{label}")
        expect(asking.or_(self.page.locator(".flashes", has_text="已办理")).or_(self.page.locator(".error-summary")).first).to_be_visible()
        if asking.count():
            self.shot(f"confirm {label}")
            if reason:
                self.page.get_by_label(re.compile("原因|说明")).fill(reason)
            self.press(label)
        expect(self.page.locator(".flashes")).to_contain_text("已办理")

    def wait_for(self, path: str, find) -> Locator:
        """What `find` finds on the page, loading it again until the background work is done."""
        deadline = WAIT
        self.page.goto(path)
        while not find(self.page).count():
            assert deadline > 0, f"{self.account} waits on {path}; the page says:\n{self.page.locator('main').inner_text()}"
            self.page.wait_for_timeout(500)
            deadline -= 500
            self.page.goto(path)
        return find(self.page).first

    def stage(self) -> str:
        """The stage that the bar of the case shows as the present one."""
        return self.page.locator(".stages [aria-current=step] span").first.inner_text()

    # --- looking

    def shot(self, name: str, phone: bool = False, only_first: bool = False) -> None:
        """A picture of the whole page, when pictures are wanted."""
        if not SCREENSHOTS:
            return
        folder = Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        plain = name.replace(" ", "-")
        if only_first and list(folder.glob(f"*-{plain}.png")):
            return
        self.page.screenshot(path=folder / f"{next(_numbers):03d}-{plain}.png", full_page=True)
        if phone:
            self.page.set_viewport_size(PHONE)
            self.page.screenshot(path=folder / f"{next(_numbers):03d}-{plain}-390.png", full_page=True)
            self.page.set_viewport_size(OFFICE)


def spaced(number: str) -> str:
    """A case number as a case's head shows it."""
    return f"{number[:3]} {number[3:11]} {number[11:]}"
