"""Time that counts: seconds of the calendar, or those that lie on working days in China. A leaf that knows no case."""
from __future__ import annotations

from datetime import date

from app.expressions.calendar import is_workday

DAY = 86_400
_SHANGHAI = 8 * 3600  # seconds ahead of UTC; no summer time since 1991
_EPOCH = date(1970, 1, 1).toordinal()


class WorkTime:
    """Counts the seconds of working days, midnight to midnight in Shanghai. Made anew for each page: the calendar may change."""

    def __init__(self):
        self._before: dict[int, int] = {}   # day -> working seconds since the first day that was asked for
        self._first = self._last = 0

    def between(self, start: int, end: int) -> int:
        """Working seconds from one epoch second to a later one."""
        return self.at(end) - self.at(start)

    def at(self, second: int) -> int:
        """Working seconds since some day that stays the same."""
        day, rest = divmod(second + _SHANGHAI, DAY)
        before = self._before.get(day)
        if before is None:
            before = self._reach(day)
        return before + (rest if _worked(day) else 0)

    def _reach(self, day: int) -> int:
        if not self._before:
            self._before[day], self._first, self._last = 0, day, day
        while self._last < day:
            self._before[self._last + 1] = self._before[self._last] + (DAY if _worked(self._last) else 0)
            self._last += 1
        while self._first > day:
            self._before[self._first - 1] = self._before[self._first] - (DAY if _worked(self._first - 1) else 0)
            self._first -= 1
        return self._before[day]


def _worked(day: int) -> bool:
    return is_workday(date.fromordinal(_EPOCH + day))


def measure(worked: bool):
    """The function (start, end) -> seconds of one way of counting."""
    return WorkTime().between if worked else lambda start, end: end - start
