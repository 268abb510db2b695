"""A person at a phone's screen who has keys only: Tab, arrows, Space, Enter, and what they type. Tests only.

Nothing here clicks or sets a focus by script; scripts only ask where the focus is. Files are given to the chooser that
the page itself opens.
"""
from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.whole.papers import paper
from tests.whole.visitors import PHONE

STOPS = 250  # Tab stops of the longest page, and some
HERE = "place => place === document.activeElement"
BEHIND = "place => !!(place.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"
SEEN = """place => { const box = place.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + Math.min(box.width, innerWidth) / 2, box.top + Math.min(box.height / 2, 12));
  return !at || place === at || place.contains(at) || at.contains(place) || !!at.closest('label')?.contains(place) }"""


class Hands:
    """One person with a keyboard, and with a phone's window where no other size is said."""

    def __init__(self, chromium: Browser, url: str, size: dict | None = None):
        phone = {} if size else {"has_touch": True, "is_mobile": True}
        self.context = chromium.new_context(viewport=size or PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=url, **phone)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("filechooser", lambda chooser: None)  # while somebody listens, choosers are handed to the test
        self.day_first = False  # in what order this browser's date boxes go

    def _listen(self, said) -> None:
        if said.type == "error" and "status of 422" not in said.text:
            self.complaints.append(f"{said.text} ({said.location.get('url')})")

    # --- moving

    def to(self, place: Locator) -> Locator:
        """Tabs to the place, forwards or backwards, and looks whether the bars that stay do not cover it."""
        place = place.first
        expect(place).to_be_attached()
        key = "Shift+Tab" if place.evaluate(BEHIND) else "Tab"
        for _ in range(STOPS):
            if place.evaluate(HERE):
                self._see(place)
                return place
            self.page.keyboard.press(key)
        raise AssertionError(f"not reached with {key}: {place}")

    def _see(self, place: Locator) -> None:
        for _ in range(20):  # the page may still be scrolling
            if place.evaluate(SEEN):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"hidden behind something: {place}")

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def settle(self) -> None:
        """Until the page's own requests are over."""
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)

    def press(self, name: str, near: Locator | None = None) -> None:
        """Presses Enter on a button or link of this name; waits for the page that comes."""
        among = near or self.page.locator("body")
        self.to(among.get_by_role("button", name=name, exact=True).or_(among.get_by_role("link", name=name, exact=True)))
        self.follow()

    def follow(self) -> None:
        """Presses Enter where the focus is and waits for the next page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.settle()

    # --- filling

    def field(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]:not([type=hidden]):not([type=file])')

    def fill(self, answers: dict, prefix: str = "") -> None:
        """Fills what has a place on this page, in the order of the page."""
        for name, value in answers.items():
            if isinstance(value, list) and self.field(f"{prefix}{name}.0").count():
                for level, code in enumerate(value):
                    self._choose(self.field(f"{prefix}{name}.{level}"), str(code))
            elif self.field(prefix + name).count():
                self._fill_one(prefix + name, value)

    def _fill_one(self, name: str, value) -> None:
        place = self.field(name)
        kind = place.first.evaluate("place => place.tagName === 'INPUT' ? place.type : place.tagName")
        if kind == "SELECT":
            self._choose(place, _plain(value))
        elif kind == "radio":
            self._pick(name, _plain(value))
        elif kind == "checkbox":
            self._tick(name, value)
        elif kind == "date":
            self._date(place, value)
        else:
            self.type(place, str(value))

    def type(self, place: Locator, words: str) -> None:
        """Writes over what is there."""
        self.to(place)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        expect(place.first).to_have_value(words)

    def _choose(self, place: Locator, value: str) -> None:
        """Goes through the options with the arrow keys; the page may draw the section anew at each."""
        self.to(place)
        for _ in range(300):
            options = place.evaluate("place => [place.selectedIndex, [...place.options].map((one) => one.value)]")
            wanted = options[1].index(value)
            if options[0] == wanted:
                return
            self.page.keyboard.press("ArrowDown" if wanted > options[0] else "ArrowUp")
            self.settle()
            assert place.evaluate(HERE), f"the focus was lost in {place}"
        raise AssertionError(f"never came to {value} in {place}")

    def _pick(self, name: str, value: str) -> None:
        """Tabs into a group of radio buttons and goes to the one with the arrow keys."""
        group, wanted = self.field(name), self.page.locator(f'[name="{name}"][value="{value}"]')
        if wanted.is_checked():
            return
        self.to(self.page.locator(f'[name="{name}"]:checked') if self.page.locator(f'[name="{name}"]:checked').count() else group)
        self.keys("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                expect(wanted).to_be_focused()
                return
            self.keys("ArrowDown")
        raise AssertionError(f"never came to {value} in {name}")

    def _tick(self, name: str, values) -> None:
        for value in values if isinstance(values, list) else ["true" if values is True else values]:
            box = self.page.locator(f'[name="{name}"][value="{value}"]')
            if not box.is_checked():
                self.to(box)
                self.keys("Space")
            expect(box).to_be_checked()

    def _date(self, place: Locator, value: str) -> None:
        """Types a date part by part in the order that the box of this browser has."""
        year, month, day = value.split("-")
        for day_first in (self.day_first, not self.day_first):
            self.to(place)
            self.keys("ArrowLeft", "ArrowLeft", "ArrowLeft")
            self.page.keyboard.type(f"{month}{day}{year}" if day_first else year)
            if not day_first:
                self.page.keyboard.press("ArrowRight")
                self.page.keyboard.type(f"{month}{day}")
            self.settle()
            if place.first.input_value() == value:
                self.day_first = day_first
                return
        raise AssertionError(f"could not type {value}: {place.first.input_value()}")

    # --- files

    def upload(self, field: str, *files: str | dict) -> None:
        """Opens the chooser with the field's button for one file after the other, and waits until each has arrived."""
        tools = self.page.locator(f"#f-{field}")
        for file in files:
            before = tools.locator(".file-there > li").count()
            self.to(tools.locator("button[data-upload-plain]"))
            with self.page.expect_file_chooser() as chosen:
                self.page.keyboard.press("Enter")
            chosen.value.set_files(paper(file) if isinstance(file, str) else file)
            expect(tools.locator(".file-there > li")).to_have_count(before + 1)
            self.settle()

    def row(self, table: str, answers: dict, again: bool = False) -> None:
        """Adds a row on its own page."""
        self.to(self.page.locator(f'button[value="row-add:{table}"]'))
        self.follow()
        self.fill(answers, "row.")
        self.press("保存")
        expect(self.page.locator(f"#f-{table} tbody tr:not(.row-rest)").first).to_be_visible()


def code_of_letter(page: Page) -> str:
    """The six digits of the letter that a demonstration shows on the page."""
    return re.search(r"\b(\d{6})\b", page.locator("main .alert-info").inner_text())[1]


def _plain(value) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
