"""Which lines two texts share, in a time that grows with their length: `difflib`, where it cannot be made to run for hours.

What both texts begin and end with is cut off first. A middle that would take too long counts as wholly replaced.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from itertools import takewhile

LONGEST = 10_000  # lines of a middle that are compared one by one
DEAREST = 3_000_000  # pairs of equal lines in it: a line that stands there thousands of times meets itself everywhere


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """(operation, a, b, c, d) as `SequenceMatcher` tells them."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    ends = len(old) - tail, len(new) - tail
    middle = _middle(old[head : ends[0]], new[head : ends[1]])
    found = [(operation, a + head, b + head, c + head, d + head) for operation, a, b, c, d in middle]
    before = [("equal", 0, head, 0, head)] if head else []
    return [*before, *found, *([("equal", ends[0], len(old), ends[1], len(new))] if tail else [])]


def runs(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """Place in old, place in new and length of what both have, in order."""
    return [Match(a, c, b - a) for operation, a, b, c, _d in opcodes(old, new) if operation == "equal"]


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new)))


def _middle(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    if not old or not new:
        return [("delete" if old else "insert", 0, len(old), 0, len(new))] if old or new else []
    times = Counter(new)
    if max(len(old), len(new)) > LONGEST or sum(times[line] for line in old) > DEAREST:
        return [("replace", 0, len(old), 0, len(new))]
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
