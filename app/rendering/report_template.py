"""The language of report templates: sandboxed Jinja2 over plain data, with the filters a printed page needs.

Runs in the report worker only. Templates ask, never compute; what is missing prints as 无 or nothing, never as an error.
"""
from __future__ import annotations

import base64
import io
import re
import sys
from functools import lru_cache
from pathlib import Path

import segno
from jinja2 import ChainableUndefined, FileSystemLoader, Undefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from app.rendering.texts import cn_date, cn_money, masked

BASE_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "reports"
EMPTY = "无"


class ReportEnvironment(ImmutableSandboxedEnvironment):
    """Refuses what only a hostile or mistaken template would ask: long ranges, huge powers and repetitions.

    The real limits are those of the worker process (memory, seconds); this gives the author a message with a line.
    """

    intercepted_binops = frozenset({"**", "*"})
    LARGEST = 1_000_000

    def call_binop(self, context, operator, left, right):
        for side, other in ((left, right), (right, left)):
            if isinstance(side, int) and abs(side) > self.LARGEST and not isinstance(other, (int, float)):
                raise OverflowError("repetition too long")
        if operator == "**" and (abs(left) > self.LARGEST or abs(right) > 64):
            raise OverflowError("power too large")
        return super().call_binop(context, operator, left, right)

    def unsafe_undefined(self, obj, attribute):
        # At once: the chainable undefined value would print as nothing and the author would not learn of it.
        raise SecurityError(f"access to {attribute!r} is not allowed")


def printable(value):
    """The value as it is. Raises SecurityError for a function: an author who forgot its brackets learns of it."""
    if callable(value) and not isinstance(value, Undefined):
        raise SecurityError("a function is printed")
    return value


def blank(value, shown: str = EMPTY):
    """The value, or `shown` where there is none."""
    return shown if value is None or value == "" or value == [] or isinstance(value, Undefined) else value


def mask(value, kind: str = "identity") -> str:
    """Personal data with its middle hidden: `identity`, `contact`, `name`."""
    return masked(str(value or ""), kind)


def money(fen) -> str:
    """An amount as ¥1,234.50; nothing where there is none."""
    return "" if isinstance(fen, Undefined) else cn_money(fen)


DIGITS, UNITS, GROUPS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟"), ("", "万", "亿")


def capital_money(fen) -> str:
    """An integer number of fen in the capitals of bank papers, 伍佰捌拾元整; nothing for nothing."""
    if fen in (None, "") or isinstance(fen, Undefined):
        return ""
    yuan, rest = divmod(int(fen), 100)
    jiao, cents = divmod(rest, 10)
    words = _capitals(yuan) + "元" if yuan or not rest else ""
    if not rest:
        return words + "整"
    tail = f"{DIGITS[jiao]}角" if jiao else "零" if words else ""
    return words + tail + (f"{DIGITS[cents]}分" if cents else "整")


def _capitals(number: int) -> str:
    groups, text = [], ""
    while number or not groups:
        number, group = divmod(number, 10_000)
        groups.append(group)
    for place in range(len(groups) - 1, -1, -1):
        group, part = groups[place], ""
        for power in range(3, -1, -1):
            digit = group // 10**power % 10
            part += DIGITS[digit] + UNITS[power] if digit else "零"
        text += part.rstrip("零") + GROUPS[place] if group else "零"
    return re.sub("零+", "零", text).strip("零") or "零"


def qr(text, size: int = 90) -> Markup:
    """An `<img>` of the text as a QR code, `size` in points (level M; the image is inside the document)."""
    png = io.BytesIO()
    segno.make(str(text), error="m", micro=False).save(png, kind="png", scale=5, border=2)
    data = base64.b64encode(png.getvalue()).decode("ascii")
    return Markup('<img src="data:image/png;base64,{}" width="{}" height="{}" alt="">').format(data, size, size)


def lines(text) -> Markup:
    """A text with its line breaks kept: a paragraph for each line, as xhtml2pdf drops `<br>` in Chinese text."""
    return Markup().join(Markup('<p class="line">{}</p>').format(line) for line in str(text or "").splitlines())


@lru_cache(maxsize=1)
def environment() -> ReportEnvironment:
    """The one environment of a process; base templates come from a fixed folder."""
    env = ReportEnvironment(
        autoescape=True, loader=FileSystemLoader(BASE_TEMPLATES), undefined=ChainableUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=printable,
    )
    env.filters.update(cn_date=cn_date, money=money, mask=mask, blank=blank, capital_money=capital_money, qr=qr, lines=lines)
    for name in ("lipsum", "cycler", "joiner"):
        env.globals.pop(name)
    return env


class Watched(ChainableUndefined):
    """What is missing, as in print; and it is noted when it prints as nothing. `seen` is emptied by whoever reads it."""

    __slots__ = ()
    seen: list[tuple[int, str]] = []

    def __str__(self) -> str:
        found = (line_now(), str(self._undefined_name or ""))
        if found not in self.seen:
            self.seen.append(found)
        return ""

    def __html__(self) -> str:
        return str(self)


def line_now() -> int:
    """The line of the template that is being filled; 0 outside of it, in a piece of ours that it imports too."""
    frame = sys._getframe()
    while frame is not None:
        made = frame.f_globals.get("__jinja_template__")
        if frame.f_code.co_filename == "<template>" and made is not None:
            return made.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return 0


def fill_watched(template_text: str, context: dict) -> tuple[str, list[tuple[int, str]]]:
    """The same HTML, and (line, name) of everything that was missing and printed as nothing."""
    Watched.seen.clear()
    html = environment().overlay(undefined=Watched).from_string(template_text).render(context)
    return html, list(Watched.seen)


def fill_template(template_text: str, context: dict) -> str:
    """The template's HTML. Raises what Jinja2 raises: TemplateSyntaxError, SecurityError, UndefinedError …"""
    return environment().from_string(template_text).render(context)
