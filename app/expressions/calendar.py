"""Chinese working days: the State Council's yearly plan, with days added from administration data.

Anybody may import it. It never raises for a year without a plan: such a year has plain weekends, and `calendar_known`
is False so that callers can warn (faults C-07). No procedure's deadline goes in.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

FIRST_YEAR, LAST_YEAR = 2004, 2026      # what chinesecalendar 1.11 knows
MAX_DAYS = 40_000                        # longest stretch that is counted, in days: 109 years

_ONE = timedelta(days=1)


@lru_cache(maxsize=20_000)
def _planned(day: date) -> bool:
    """Whether the yearly plan has it as a working day. Cached: the library needs 20 µs for a day."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5


def as_day(value) -> date:
    """A date from a date, an aware datetime or a string starting with YYYY-MM-DD. ValueError otherwise."""
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    raise ValueError(f"不是日期：{value}")


class Calendar:
    """Which days are worked. Added days win over the yearly plan; the later addition wins over the earlier."""

    def __init__(self):
        self._added: dict[date, bool] = {}

    def add_days_off(self, days: Iterable) -> None:
        self._add(days, False)

    def add_workdays(self, days: Iterable) -> None:
        self._add(days, True)

    def clear(self) -> None:
        """Forget the added days: administration data was read anew."""
        self._added = {}

    def _add(self, days: Iterable, worked: bool) -> None:
        # A new dict, never a change in place: other threads are reading the old one.
        self._added = {**self._added, **{as_day(day): worked for day in days}}

    def known(self, year: int) -> bool:
        """Whether the year's plan is known: from chinesecalendar, or because days of that year were added."""
        return FIRST_YEAR <= year <= LAST_YEAR or any(day.year == year for day in self._added)

    def is_workday(self, day) -> bool:
        day = as_day(day)
        added = self._added.get(day)
        if added is not None:
            return added
        return _planned(day)

    def workdays_after(self, day, count: int) -> date:
        """The `count`-th working day, `day` itself counted when it is one. `count` 0 gives `day`."""
        day = as_day(day)
        return self.workdays_following(day - _ONE, count) if count else day

    def workdays_following(self, day, count: int) -> date:
        """The `count`-th working day after `day`, which is not counted (民法典 art. 201, C-065)."""
        day = as_day(day)
        if not 0 <= count <= MAX_DAYS // 2:
            raise ValueError(f"工作日数不能是{count}")
        while count:
            day += _ONE
            count -= self.is_workday(day)
        return day

    def workdays_between(self, first, last) -> int:
        """How many working days there are from `first` to `last`, both ends counted; 0 when `last` is earlier."""
        first, last = as_day(first), as_day(last)
        if (last - first).days > MAX_DAYS:
            raise ValueError(f"{first}至{last}的间隔过长")
        return sum(self.is_workday(first + timedelta(days=n)) for n in range((last - first).days + 1))


CALENDAR = Calendar()   # the one that expressions use; administration data is added at start-up and after a change


def is_workday(day) -> bool:
    return CALENDAR.is_workday(day)


def workdays_after(day, count: int) -> date:
    """See Calendar.workdays_after: the first day is counted (publicity periods, S1-171)."""
    return CALENDAR.workdays_after(day, count)


def workdays_following(day, count: int) -> date:
    """See Calendar.workdays_following: the first day is not counted."""
    return CALENDAR.workdays_following(day, count)


def workdays_between(first, last) -> int:
    return CALENDAR.workdays_between(first, last)


def calendar_known(year: int) -> bool:
    return CALENDAR.known(year)
