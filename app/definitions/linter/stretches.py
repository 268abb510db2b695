"""The values at which the cells of a column are tried: its constants, and one value of every stretch between and beyond.

Imported by `gaps.py`. Knows values and what people call them, no table.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = re.compile(r"\s*(size|length|days_between|workdays_between|year|int)\s*\(", re.ASCII)
_WHOLE_TYPES = ("integer", "long", "int")
OTHER = "其他值"


@dataclass(frozen=True)
class Domain:
    """Which values an input can have: `values` are all of them (with `names`), or numbers and days from `least` to `most`."""

    values: tuple = ()
    names: Mapping[object, str] = field(default_factory=dict, hash=False)
    whole: bool = False
    least: object = None
    most: object = None


@dataclass(frozen=True)
class Point:
    """A value to try, and how a sentence goes on after the name of its column; "" where the value does not matter."""

    value: object
    words: str


def points_of(text: str, kind: str, constants: set, domain: Domain | None) -> list[Point]:
    """The values to try in a column. `text` is its input, `kind` its type as written."""
    domain = domain or Domain()
    if domain.values:
        return [_exactly(value, domain) for value in (*domain.values, *([None] if None in constants else []))]
    if kind == "boolean" or any(isinstance(each, bool) for each in constants):
        constants = {each for each in constants if not isinstance(each, bool)} | {True, False}
        return [_exactly(each, domain) for each in sorted(constants, key=_order)]
    points = [_exactly(None, domain)] if None in constants else []
    numbers = sorted(each for each in constants if isinstance(each, (int, float)))
    words = sorted(each for each in constants if isinstance(each, str))
    if numbers:
        whole = domain.whole or kind in _WHOLE_TYPES or bool(_WHOLE.match(text))
        points += _within(_stretched(numbers, _between_whole if whole else _between, 1, domain), domain)
    if words and all(_is_day(word) for word in words):
        days = [date.fromisoformat(word) for word in words]
        points += _within([Point(point.value.isoformat(), point.words) for point in _stretched(days, _between_days, timedelta(days=1), domain)], domain)
    elif words:
        points += [_exactly(word, domain) for word in words] + [Point(OTHER, f"为{OTHER}")]
    return points or [Point(None, "")]


def _order(value) -> tuple[str, str]:
    return str(type(value)), str(value)


def _exactly(value, domain: Domain) -> Point:
    return Point(value, f"为 {named(value, domain)}")


def named(value, domain: Domain | None = None) -> str:
    """A value as people write it."""
    if domain is not None and value in domain.names:
        return f"“{domain.names[value]}”"
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"“{value}”" if isinstance(value, str) and not _DAY.fullmatch(value) else str(value)


def _is_day(word: str) -> bool:
    try:
        return bool(_DAY.fullmatch(word)) and bool(date.fromisoformat(word)) and "0002" < word < "9998"
    except ValueError:
        return False


def _stretched(sorted_values: list, between: Callable, step, domain: Domain) -> list[Point]:
    """Every constant, one value before and after them all, and one in each stretch between."""
    first, last = sorted_values[0], sorted_values[-1]
    points = [Point(first - step, f"小于 {first}（如 {first - step}）")]
    for lower, upper in zip(sorted_values, [*sorted_values[1:], None]):
        points.append(_exactly(lower, domain))
        middle = between(lower, upper) if upper is not None else None
        if middle is not None:
            points.append(Point(middle, f"在 {lower} 与 {upper} 之间（如 {middle}）"))
    return [*points, Point(last + step, f"大于 {last}（如 {last + step}）")]


def _between(lower, upper):
    middle = _between_whole(lower, upper)
    return middle if middle is not None else (lower + upper) / 2


def _between_whole(lower, upper):
    middle = int((lower + upper) // 2)
    return middle if lower < middle < upper else middle + 1 if lower < middle + 1 < upper else None


def _between_days(lower: date, upper: date):
    return lower + (upper - lower) // 2 if (upper - lower).days > 1 else None


def _within(points: list[Point], domain: Domain) -> list[Point]:
    """Without what the field does not take anyhow."""
    return [point for point in points
            if (domain.least is None or point.value >= domain.least) and (domain.most is None or point.value <= domain.most)]
