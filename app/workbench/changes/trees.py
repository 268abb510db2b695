"""Plain values compared place by place, so that nothing that was written is passed over. Knows no file format."""
from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from app.workbench.line_matching import opcodes

from .note import Piece

_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?|\n")
NEAR = 2   # unchanged lines shown around a changed one
_KEYS = ("key", "code", "value", "id", "name")   # what tells one member of a list from another


def plain_of(value):
    """Dataclasses, mappings and tuples as dicts and lists; what does not count in a comparison (lines) left out."""
    if dataclasses.is_dataclass(value):
        return {each.name: plain_of(getattr(value, each.name)) for each in dataclasses.fields(value) if each.compare}
    if isinstance(value, Mapping):
        return {str(key): plain_of(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_of(inner) for inner in value]
    return value


def differences(old, new, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object, object]]:
    """(place, before, after) of every difference; before or after is None where there was nothing."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key), new.get(key), (*at, str(key)))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, at)
    elif old != new or type(old) is not type(new):
        yield at, old, new


def _of_lists(old: list, new: list, at: tuple[str, ...]) -> Iterator[tuple]:
    before, after = _keyed(old), _keyed(new)
    if before is not None and after is not None and (before or after):
        yield from differences(before, after, at)
        kept = [key for key in before if key in after]
        if kept != [key for key in after if key in before]:
            yield at, kept, [key for key in after if key in before]
        return
    if all(not isinstance(each, (dict, list)) for each in (*old, *new)):
        if old != new:
            yield at, old, new
        return
    for operation, a, b, c, d in opcodes([repr(each) for each in old], [repr(each) for each in new]):
        if operation == "equal":
            continue
        for place in range(max(b - a, d - c)):
            one = old[a + place] if a + place < b else None
            other = new[c + place] if c + place < d else None
            yield from differences(one, other, (*at, str((a if one is not None else c) + place + 1)))


def _keyed(items: list) -> dict | None:
    """The members by what names them; None when they have no such name or two share one."""
    for name in _KEYS:
        if all(isinstance(each, dict) and isinstance(each.get(name), str) and each[name] for each in items):
            found = {each[name]: each for each in items}
            return found if len(found) == len(items) else None
    return None


def sentences(text: str) -> list[str]:
    """A text cut after its stops, without blanks around the parts."""
    return [part for part in (found.strip() for found in _SENTENCE.findall(text)) if part]


def compared(old: list[str], new: list[str], near: int | None = None) -> tuple[Piece, ...]:
    """The parts of both, in order, each kept, gone or new; only `near` kept ones around a change when that is given."""
    found: list[Piece] = []
    for operation, a, b, c, d in opcodes(old, new):
        if operation == "equal":
            found += [Piece(" ", text) for text in old[a:b]]
            continue
        found += [Piece("-", text) for text in old[a:b]] + [Piece("+", text) for text in new[c:d]]
    return tuple(found) if near is None else _close_to_changes(found, near)


def _close_to_changes(pieces: list[Piece], near: int) -> tuple[Piece, ...]:
    touched = [place for place, piece in enumerate(pieces) if piece.sign != " "]
    shown = {place + step for place in touched for step in range(-near, near + 1)}
    found, skipped = [], False
    for place, piece in enumerate(pieces):
        if place in shown:
            found.append(piece)
            skipped = False
        elif not skipped:
            found.append(Piece(" ", "…"))
            skipped = True
    return tuple(found)


def line_pieces(old: bytes | None, new: bytes | None, near: int = NEAR) -> tuple[Piece, ...]:
    """A file that cannot be read otherwise, line by line. A file that is no text is only said to differ."""
    texts = []
    for content in (old, new):
        try:
            texts.append((content or b"").decode("utf-8-sig"))
        except UnicodeDecodeError:
            return ()
    return compared(*([*text.splitlines()] for text in texts), near=near)
