"""Which points of a folder are kept: all of the last hour, each hour's last of two days, each day's last of BACKUP_KEPT days."""
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from app.backups.pieces import sweep_pieces

POINT, LISTED = ".backup", ".pieces"
STAMP = "%Y%m%dT%H%M%SZ"


def points_in(folder: Path) -> list[Path]:
    """The backups of a folder, oldest first."""
    return sorted(folder.glob(f"*{POINT}"))


def prune(folder: Path, now: datetime, days: int) -> int:
    """Removes points that are not kept, and the pieces that only they needed; returns how many points went."""
    points = points_in(folder)
    kept = kept_of([moment_of(path) for path in points], now, days)
    gone = [path for path in points if moment_of(path) not in kept]
    for path in gone:
        path.unlink()
        path.with_suffix(LISTED).unlink(missing_ok=True)
    if gone:
        sweep_pieces(folder, {name for path in points_in(folder) for name in path.with_suffix(LISTED).read_text().split("\n")})
    return len(gone)


def kept_of(moments: list[datetime], now: datetime, days: int) -> set[datetime]:
    """The moments to keep; the newest always."""
    kept, hours, dates = set(moments[-1:]), set(), set()
    for moment in sorted(moments, reverse=True):
        age = now - moment
        hour, date = moment.replace(minute=0, second=0), moment.date()
        if age <= timedelta(hours=1) or (age <= timedelta(days=2) and hour not in hours) or (age <= timedelta(days=days) and date not in dates):
            kept.add(moment)
        hours.add(hour)
        dates.add(date)
    return kept


def moment_of(path: Path) -> datetime:
    """The point in time a backup of a folder is named by."""
    return datetime.strptime(path.name.removesuffix(POINT), STAMP).replace(tzinfo=timezone.utc)
