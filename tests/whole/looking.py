"""What is looked at on every page: axe-core, one heading, no sideways scrolling, nothing for the console. Tests only."""
from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.whole.papers import ROOT

AXE = ROOT / "app" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})).violations"
SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 4).map((one) => one.outerHTML.slice(0, 120)).concat(`${document.documentElement.scrollWidth} > ${width}`);
}"""


def axe_text() -> str:
    """The text of axe-core, from the packages of the front end."""
    if not AXE.exists() and os.environ.get("PINGSHEN_TEST_REQUIRE_BROWSER") == "1":
        pytest.fail(f"no {AXE.relative_to(ROOT)}: make setup")
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    return AXE.read_text("utf-8")


class Looks:
    """Collects what is wrong with the pages that are shown to it, a line each."""

    def __init__(self, size: dict):
        self.size, self.axe, self.faults = size, axe_text(), []
        self.seen: list[str] = []

    def at(self, page: Page, name: str = "") -> None:
        """Looks at the page as it is now."""
        where = f"{self.size['width']} {name or page.url}"
        page.set_viewport_size(self.size)
        self.seen.append(where)
        headings = page.locator("h1").count()
        said = [f"{headings} h1"] if headings != 1 else []
        said += [f"sideways: {one}" for one in page.evaluate(SIDEWAYS)]
        page.evaluate(self.axe)
        said += [f"{rule['id']}: {node['html'][:200]}: {node['failureSummary'][:300]}"
                 for rule in page.evaluate(RULES) for node in rule["nodes"]]
        self.faults += [f"{where}: {one}" for one in said]
        self._picture(page, name or page.url.partition("//")[2].partition("/")[2])

    def _picture(self, page: Page, name: str) -> None:
        folder = os.environ.get("PINGSHEN_TEST_SCREENSHOTS", "")
        if folder:
            plain = "".join(letter if letter.isalnum() else "-" for letter in name)[:60]
            page.screenshot(path=Path(folder) / f"{self.size['width']}-{len(self.seen):03d}-{plain}.png", full_page=True)
