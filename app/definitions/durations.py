"""ISO 8601 durations as the definitions write them. Anybody may import it through `app.definitions`; no clock goes in."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True)
class Duration:
    """Calendar months and an exact rest: the length of a month depends on where it starts."""
    months: int
    rest: timedelta

    def after(self, moment: datetime) -> datetime:
        """The moment that much later; a day that the month lacks becomes its last one."""
        years, month = divmod(moment.year * 12 + moment.month - 1 + self.months, 12)
        for day in (moment.day, 30, 29, 28):
            try:
                return moment.replace(year=years, month=month + 1, day=min(day, moment.day)) + self.rest
            except ValueError:
                continue
        raise ValueError(f"{moment} + {self!r}")

    def __str__(self) -> str:
        """As the definitions write it: `P1M6DT2H`."""
        hours, seconds = divmod(self.rest.seconds, 3600)
        parts = ((self.months, "M"), (self.rest.days, "D")), ((hours, "H"), (seconds // 60, "M"), (seconds % 60, "S"))
        days, time = ("".join(f"{count}{unit}" for count, unit in each if count) for each in parts)
        return f"P{days}{'T' + time if time else ''}" if days or time else "PT0S"


def parse_duration(text: str) -> Duration:
    """`P6D`, `PT48H`, `P1M`. ValueError for anything else, for negative ones and for `P` without a part."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()) or text.strip().endswith("T"):
        raise ValueError(f"不是时长（例如 P6D、PT48H）：{text}")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return Duration(12 * years + months, rest)
