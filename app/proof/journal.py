"""The file of heads: one JSON object a line, added at the end. Reading passes over half a line that a crash left.

Only app/proof imports it. The first journal lies in ANCHORS; sinks may keep copies elsewhere.
"""
from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from flask import current_app

TAIL = 1_000_000  # bytes: the longest head and more


def journal() -> Path:
    """The journal that all heads are written to first."""
    return Path(current_app.config["ANCHORS"]) / "heads.jsonl"


@contextmanager
def writing():
    """One writer of heads at a time, in whatever process."""
    with (Path(current_app.config["ANCHORS"]) / "heads.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def add_line(path: Path, head: dict) -> None:
    """Adds a head, durably."""
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # half a head: ours needs a line of its own
                file.write(b"\n")
        file.write(orjson.dumps(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def lines(path: Path, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """(where the next line begins, the line) of every whole line from this place on, oldest first."""
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            start += len(line)
            if _whole(line):
                yield start, line


def heads_in(path: Path) -> Iterator[dict]:
    """All heads of a journal, oldest first."""
    return (orjson.loads(line) for _next, line in lines(path))


def last_line(path: Path) -> bytes | None:
    """The newest whole line, or None."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        found = [line for line in file.read().splitlines(keepends=True) if _whole(line)]
    return found[-1] if found else None


def first_reaching(path: Path, event_id: int) -> dict | None:
    """The first head whose `upto` reaches this event: found by halving, as heads lie in order. None when none does yet."""
    low, high, found = 0, path.stat().st_size if path.exists() else 0, None
    while low < high:
        middle = (low + high) // 2
        begin, head = _head_at(path, middle)
        if head is None:
            high = middle
        elif head["upto"] >= event_id:
            found, high = head, min(middle, begin)
        else:
            low = begin + 1
    return found


def _head_at(path: Path, place: int) -> tuple[int, dict | None]:
    """(where it begins, the first whole head that begins at or behind this place)."""
    with path.open("rb") as file:
        if place:
            file.seek(place - 1)
            file.readline()
        begin = file.tell()
        for line in file:
            if _whole(line):
                return begin, orjson.loads(line)
            begin += len(line)
    return begin, None


def _whole(line: bytes) -> bool:
    return line.endswith(b"}\n")
