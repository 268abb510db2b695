"""Days as addresses and forms name them: days of Shanghai. A leaf that knows no noun."""
from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(text: str) -> datetime | None:
    """The beginning of a day (YYYY-MM-DD); None for what is no day, or one so far away that sums with it would fail."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 9000 else None
