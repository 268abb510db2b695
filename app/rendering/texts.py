"""How values are written for people: dates, amounts, masked personal data. Plain functions on plain values.

Imported by every part of rendering; knows no form, no page and no report.
"""
from __future__ import annotations

import re
import unicodedata

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def normalised(text: str) -> str:
    """NFC, line ends as \\n, no blanks around it: the text whose code points are counted and stored."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def cn_date(value) -> str:
    """`2026-03-02` or an instant as 2026年3月2日, `2026-03` as 2026年3月; anything else as it is."""
    match = re.match(r"^(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)", str(value or ""))
    if not match:
        return str(value or "")
    year, month, day = match.groups()
    return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")


def date_words(value, language: str) -> str:
    """The same in the language of the page: 2 Mar 2026, Mar 2026."""
    match = re.match(r"^(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)", str(value or ""))
    if language != "en" or not match or not 1 <= int(match[2]) <= 12:
        return cn_date(value)
    year, month, day = match.groups()
    return (f"{int(day)} " if day else "") + f"{MONTHS[int(month) - 1]} {year}"


def readable(value, language: str = "zh") -> str:
    """A value in a sentence: an instant to the second, a date in words, a list joined, everything else as it is."""
    if isinstance(value, list):
        return (", " if language == "en" else "、").join(readable(member, language) for member in value)
    text = "" if value is None else str(value)
    instant = re.fullmatch(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})\+08:00", text)
    if instant:
        return f"{date_words(instant[1], language)} {instant[2]}"
    return date_words(text, language) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text


def cn_money(fen) -> str:
    """An integer number of fen as ¥1,234.50; nothing for nothing."""
    if fen is None or fen == "":
        return ""
    sign, fen = ("-" if int(fen) < 0 else ""), abs(int(fen))
    return f"{sign}¥{fen // 100:,}.{fen % 100:02d}"


def masked(text: str, kind: str) -> str:
    """Personal data for lists: identity numbers keep 6 + 4 (3 + 2 when short), phones 3 + 4, mail its domain, names the first."""
    if not text:
        return ""
    if "@" in text:
        return text[:1] + "***" + text[text.index("@"):]
    if kind == "name":
        return text[0] + "*" * (len(text) - 1)
    head, tail = (6, 4) if len(text) >= 15 else (3, 4) if len(text) >= 11 else (1, 1)
    if len(text) <= head + tail:
        return text[0] + "*" * (len(text) - 1)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
