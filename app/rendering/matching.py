"""Which row of a table was which row before: equal ones, moved ones, similar ones. Plain lists of maps; no forms."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

SIMILAR = 0.4  # share of columns that agree, from which on a row counts as the same row changed


def matched_rows(old: Sequence[Mapping], new: Sequence[Mapping]) -> list[tuple[int | None, int | None]]:
    """(place now, place before) of rows that differ, moved or are only on one side; by place now, the vanished at the end.

    Equal rows that kept their order among each other are left out.
    """
    pairs = _equal(old, new)
    kept = _in_order(pairs)
    found = [(now, was) for now, was in pairs.items() if now not in kept]
    left = [was for was in range(len(old)) if was not in pairs.values()]
    for now in (now for now in range(len(new)) if now not in pairs):
        was = _most_similar(new[now], now, old, left)
        if was is not None:
            left.remove(was)
        found.append((now, was))
    return [*sorted(found, key=lambda pair: pair[0]), *((None, was) for was in left)]


def _equal(old: Sequence[Mapping], new: Sequence[Mapping]) -> dict[int, int]:
    """place now -> place before of equal rows; a row at its own place first, so that equal twins are not crossed."""
    free = set(range(len(old)))
    found: dict[int, int] = {}
    for now, row in enumerate(new):
        if now in free and old[now] == row:
            found[now] = now
            free.discard(now)
    for now, row in enumerate(new):
        was = next((was for was in sorted(free) if now not in found and old[was] == row), None)
        if was is not None:
            found[now] = was
            free.discard(was)
    return dict(sorted(found.items()))


def _in_order(pairs: Mapping[int, int]) -> set[int]:
    """The places now of a longest run of rows that stand in the same order as before: the others were moved."""
    best: list[list[int]] = []
    places = list(pairs)
    for index, now in enumerate(places):
        before = [best[i] for i in range(index) if pairs[places[i]] < pairs[now]]
        best.append([*max(before, key=len, default=[]), now])
    return set(max(best, key=len, default=[]))


def _most_similar(row: Mapping, now: int, old: Sequence[Mapping], left: Sequence[int]) -> int | None:
    scored = [(_similarity(row, old[was]), -abs(was - now), was) for was in left]
    score, _near, was = max(scored, default=(0.0, 0, -1))
    return was if score >= SIMILAR else None


def _similarity(one: Mapping, other: Mapping) -> float:
    keys = {key for key in (*one, *other) if one.get(key) not in (None, "", []) or other.get(key) not in (None, "", [])}
    return sum(one.get(key) == other.get(key) for key in keys) / len(keys) if keys else 1.0
