"""Middle and ninth of ten, as insight states them everywhere. A leaf."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    """How long something took: so many times, the median and the seconds within which nine of ten were done; None for none."""

    count: int
    median: float | None
    most: int | None
    total: int


def spread(seconds: Iterable[int]) -> Spread:
    """Of durations in any order."""
    ordered = sorted(seconds)
    return Spread(len(ordered), median(ordered), ninth(ordered), sum(ordered))


def median(ordered: Sequence[int]) -> float | None:
    """The middle of an ascending sequence; of an even number the mean of the two in the middle."""
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ninth(ordered: Sequence[int]) -> int | None:
    """The smallest value that at least nine of ten do not exceed (nearest rank)."""
    return ordered[-(-len(ordered) * 9 // 10) - 1] if ordered else None


def share(part: int, whole: int) -> float | None:
    """A part of a whole, 0 to 1; None of nothing."""
    return part / whole if whole else None
