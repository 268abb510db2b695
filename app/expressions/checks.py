"""Checks of numbers and texts that rules ask for: check digits, repetition, periods that join. Plain functions, no clock.

Only `functions.py` imports this. A check never says more than the number itself: whether it exists nobody here knows.
"""
from __future__ import annotations

import re
from datetime import date, timedelta

from app import identifiers

_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def _plain(text: str) -> str:
    return text.translate(_FULL_WIDTH).upper()


def issn_ok(text: str) -> bool:
    """Whether every ISSN in the text has its check digit right, modulo 11 (C-088)."""
    return all(_issn(number.replace("-", "")) for number in re.findall(r"(?<![\dA-Z-])\d{4}-\d{3}[\dX](?![\dA-Z-])", _plain(text)))


def _issn(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:7], range(8, 1, -1)))
    return "0123456789X"[-total % 11] == number[7]


def isbn_ok(text: str) -> bool:
    """Whether an ISBN of 13 or 10 characters has its check digit right (C-088)."""
    number = re.sub(r"[\s-]|^ISBN:?", "", _plain(text))
    if re.fullmatch(r"97[89]\d{10}", number):
        return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number)) % 10 == 0
    if re.fullmatch(r"\d{9}[\dX]", number):
        return sum((10 if digit == "X" else int(digit)) * (10 - place) for place, digit in enumerate(number)) % 11 == 0
    return False


def patent_ok(text: str) -> bool:
    """Whether a patent number of 12 digits has its check digit right, modulo 11 (C-087)."""
    match = re.fullmatch(r"(?:ZL|CN)?(\d{12})\.?([\dX])", re.sub(r"\s", "", _plain(text)))
    if not match:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(match[1], _PATENT_WEIGHTS))
    return "0123456789X"[total % 11] == match[2]


def diploma_ok(text: str) -> bool:
    """Whether a text does not look like the number of a degree: school 5, level 2 to 4, year 4, serial 6 (C-086)."""
    number = re.sub(r"\s", "", _plain(text))
    return not re.fullmatch(r"[A-Z]{0,4}\d{5}[234](19|20)\d{2}\d{6}[A-Z]{0,2}", number)


def repetitive(text: str) -> bool:
    """Whether most of a text is the same few characters or one sentence again and again (D-38)."""
    letters = re.sub(r"\s", "", text)
    if len(letters) < 20:
        return False
    if len(set(letters)) < max(6, min(24, len(letters) // 12)):
        return True
    parts = [part for part in re.split(r"[，。；、,.;!?！？\s]+", text) if len(part) >= 4]
    return len(parts) >= 3 and len(set(parts)) * 2 <= len(parts)


def birth_of(number: str) -> str | None:
    """The date of birth in an identity number of 18 characters (C-080)."""
    plain = re.sub(r"[\s-]", "", _plain(number))
    if not re.fullmatch(r"\d{17}[\dX]", plain):
        return None
    try:
        return date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14])).isoformat()
    except ValueError:
        return None


def sex_of(number: str) -> str | None:
    """"1" for a man, "2" for a woman: the 17th digit of an identity number of 18 characters."""
    if birth_of(number) is None:
        return None
    return "1" if int(re.sub(r"[\s-]", "", _plain(number))[16]) % 2 else "2"


def document_fault(kind: str, number: str) -> str:
    """What is wrong with the number of an identity document of this kind, "" for nothing (D-17, D-18)."""
    try:
        identifiers.document_number(kind, number)
    except ValueError as fault:
        return str(fault)
    return ""


def gaps(rows: list, first: str, last: str, days: int, until: str) -> list[str]:
    """The places where periods do not join: more than `days` days between, or overlapping; an open end lasts `until` (D-71)."""
    periods = sorted((_day(row.get(first)), _day(row.get(last) or until)) for row in rows if isinstance(row, dict) and _day(row.get(first)))
    found, reached = [], None
    for begun, ended in periods:
        if reached and begun > reached + timedelta(days=days):
            found.append(f"{_cn(reached)}至{_cn(begun)}之间空缺")
        elif reached and begun < reached:
            found.append(f"{_cn(begun)}前后重叠")
        reached = max(reached or ended, ended) if ended else reached
    return found


def _day(text) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
