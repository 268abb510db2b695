"""When a timer is due: reads dates, instants and ISO 8601 durations, literal or the result of an expression.

Only `app/engine` imports it. Nothing here reads a clock.
"""
from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
_DURATION = re.compile(
    r"(-?)P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def is_literal(kind: str, text: str) -> bool:
    """Whether the text of a `timeDate` or `timeDuration` is ISO 8601 itself and no expression."""
    if kind == "timeDuration":
        return text.lstrip("-").startswith("P") and _DURATION.fullmatch(text) is not None
    return bool(_DATE.fullmatch(text) or _INSTANT.fullmatch(text))


def due_at(kind: str, value, now: datetime) -> datetime:
    """The instant, in UTC, at which a timer started at `now` is due. Raises ValueError with a reason in Chinese."""
    if not isinstance(value, str):
        raise ValueError("定时器的表达式没有得出日期、时刻或时长")
    return (_after if kind == "timeDuration" else _instant)(value.strip(), now).astimezone(timezone.utc)


def _instant(text: str, now: datetime) -> datetime:
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(), SHANGHAI)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是日期或时刻") from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _after(text: str, now: datetime) -> datetime:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text}”不是 ISO 8601 时长")
    if found.group(1):
        raise ValueError(f"时长“{text}”不能为负")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    start = _months_later(now.astimezone(SHANGHAI), 12 * years + months)
    return start + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _months_later(start: datetime, months: int) -> datetime:
    """The same day and time some months on; the last day of the month where there is no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))
