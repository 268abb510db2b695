"""Three-way merging of texts by lines: what one side changed is taken, what both changed differently is left to a person.

Pure functions over lists of lines; nothing here knows proposals.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.workbench.line_matching import runs

LONG = 6000  # characters of both sides together: above it, whole lines are marked


@dataclass(frozen=True)
class Piece:
    """A run of lines of the merged text. `agreed` are its lines, or None where both sides changed the same place."""

    agreed: tuple[str, ...] | None
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()


def merge(base: str, ours: str, theirs: str) -> list[Piece]:
    """The pieces of the merged text in order."""
    lines, mine, other = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    pieces: list[Piece] = []
    at = (0, 0, 0)
    for start, first, second, size in [*_kept_by_both(lines, mine, other), (len(lines), len(mine), len(other), 0)]:
        _add_changed(pieces, lines[at[0]:start], mine[at[1]:first], other[at[2]:second])
        if size:
            pieces.append(Piece(tuple(lines[start:start + size])))
        at = (start + size, first + size, second + size)
    return pieces


def _add_changed(pieces: list[Piece], was: list[str], ours: list[str], theirs: list[str]) -> None:
    if ours == theirs or theirs == was:
        chosen = ours
    elif ours == was:
        chosen = theirs
    elif 1 < len(was) == len(ours) == len(theirs):  # neither side added or took out a line: each line is a place of its own
        for before, mine, other in zip(was, ours, theirs):
            _add_changed(pieces, [before], [mine], [other])
        return
    else:
        pieces.append(Piece(None, tuple(ours), tuple(theirs)))
        return
    if chosen:
        pieces.append(Piece(tuple(chosen)))


def _kept_by_both(base: list[str], ours: list[str], theirs: list[str]):
    """(place in base, in ours, in theirs, length) of the runs that neither side changed, in order."""
    mine, other = runs(base, ours), runs(base, theirs)
    i = j = 0
    while i < len(mine) and j < len(other):
        start = max(mine[i].a, other[j].a)
        end = min(mine[i].a + mine[i].size, other[j].a + other[j].size)
        if end > start:
            yield start, mine[i].b + start - mine[i].a, other[j].b + start - other[j].a, end - start
        if mine[i].a + mine[i].size < other[j].a + other[j].size:
            i += 1
        else:
            j += 1


def conflicts(pieces: list[Piece]) -> list[int]:
    """The numbers of the pieces that a person must decide."""
    return [number for number, piece in enumerate(pieces) if piece.agreed is None]


def text_of(pieces: list[Piece], chosen: Mapping[int, str]) -> str:
    """The merged text. `chosen`: number of a piece in conflict -> ours, theirs or both. Raises KeyError for one left open."""
    lines: list[str] = []
    for number, piece in enumerate(pieces):
        if piece.agreed is not None:
            lines += piece.agreed
            continue
        lines += {"ours": piece.ours, "theirs": piece.theirs, "both": (*_ended(piece.ours), *piece.theirs)}[chosen[number]]
    return "".join(lines)


def _ended(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The same lines, the last one closed too: another follows."""
    return lines if not lines or lines[-1].endswith("\n") else (*lines[:-1], lines[-1] + "\n")


def marked(lines: tuple[str, ...], others: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The text of one side in runs, each with whether the other side has something else there."""
    text, other = "".join(lines), "".join(others)
    found = SequenceMatcher(None, text, other, autojunk=False).get_opcodes() if len(text) + len(other) < LONG else [("replace", 0, len(text), 0, 0)]
    return [(text[start:end], kind != "equal") for kind, start, end, _first, _last in found if end > start]
