"""What of a page is still Chinese for a reader of English. Tests only.

Names, answers and what analysts wrote in diagrams may be Chinese; words of the service itself may not. Those are the texts
that the compiled catalogue has English for (that it has all of them is a test of the house).
"""
from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from babel.messages.mofile import read_mo
from playwright.sync_api import Page

from tests.whole.papers import ROOT

CATALOGUE = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
CHINESE = re.compile(r"[\u3400-\u9fff]")
KEPT = ("批量办理：",)  # titles of jobs stay in the language of whoever began them
LEAST = 4  # characters; shorter words are as likely somebody's data
TEXTS = """() => {
  const found = new Set(document.title ? [document.title] : []);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('script, style, template, textarea, svg')) found.add(walk.currentNode.data);
  for (const one of document.querySelectorAll('[aria-label], [placeholder], [title], [alt], [data-confirm], [data-label]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-confirm', 'data-label']) if (one.hasAttribute(name)) found.add(one.getAttribute(name));
  return [...found].map((text) => text.replace(/\\s+/g, ' ').trim());
}"""


@cache
def of_the_service() -> tuple[frozenset[str], tuple[re.Pattern, ...]]:
    """The Chinese texts of the service: whole ones, and patterns of those with a name or number in them."""
    with CATALOGUE.open("rb") as file:
        texts = {text for message in read_mo(file) for text in ([message.id] if isinstance(message.id, str) else message.id) if text}
    long = {text for text in texts if len(CHINESE.findall(text)) >= LEAST}
    with_places = [re.split(r"%\(\w+\)[sd]", text) for text in long if "%(" in text]
    return (frozenset(text for text in long if "%(" not in text),
            tuple(re.compile(".+".join(map(re.escape, parts))) for parts in with_places))


def still_chinese(page: Page) -> list[str]:
    """The service's own texts on the page as it is now that were not turned into English."""
    whole, patterns = of_the_service()
    texts = [text for text in page.evaluate(TEXTS) if CHINESE.search(text) and not text.startswith(KEPT)]
    _note(page.url, texts)
    return [text for text in texts if text in whole or any(pattern.fullmatch(text) for pattern in patterns)]


def _note(url: str, texts: list[str]) -> None:
    """Everything Chinese of the page, for whoever wants to read it, into the file that the environment names."""
    where = os.environ.get("PINGSHEN_TEST_ENGLISH", "")
    if where:
        with Path(where).open("a", encoding="utf-8") as file:
            file.writelines(f"{url.partition('//')[2].partition('/')[2]}\t{text}\n" for text in texts)
