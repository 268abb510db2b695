"""Anchors: signed heads of the whole event log, written outside the database at least every minute.

A chain inside the database proves nothing against whoever can write that database (faults, finding 6): a head says
how many events there were and what they were, and lies elsewhere.
"""
from __future__ import annotations

import hashlib
import hmac
import os
from datetime import timedelta
from itertools import takewhile
from pathlib import Path

import orjson
import sqlalchemy as sa
from flask import current_app

from app import keys
from app.operations.contexts import instant
from app.store import session
from app.store.models import Event

KEY_USE = "anchors"
SETTLED = timedelta(seconds=10)  # a command lasts milliseconds: older events have no slower neighbour still to come
MOST = 10_000  # events of one head; the next one goes on from there
TAIL = 1_000_000  # bytes: the longest head and more


def write_anchor(clock, settled: timedelta = SETTLED) -> dict:
    """Writes a head over the events since the last one; also when there are none: it shows that the worker lives."""
    previous = last_anchor()
    rows = _rows(previous["upto"] if previous else 0, clock() - settled)
    head = {
        "at": instant(clock()), "upto": rows[-1].id if rows else (previous or {}).get("upto", 0),
        "count": (previous or {}).get("count", 0) + len(rows), "rows": [said_of(row) for row in rows],
        "digest": rolled((previous or {}).get("digest", ""), rows),
    }
    key_id, key = keys.signing_key(KEY_USE)
    head["key"] = key_id
    head["mac"] = head_mac(head, key)
    _append_line(head)
    return head


def read_anchors() -> list[dict]:
    """All heads, oldest first."""
    path = _file()
    return [orjson.loads(line) for line in _whole(path.read_bytes())] if path.exists() else []


def last_anchor() -> dict | None:
    """The newest head, or None."""
    path = _file()
    if not path.exists() or path.stat().st_size == 0:
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        lines = _whole(file.read())
    return orjson.loads(lines[-1]) if lines else None


def said_of(row) -> list:
    """What a head says of one event: enough to name the first that is not as it was."""
    return [row.id, row.case_id, row.seq, row.mac[:16]]


def rolled(digest: str, rows) -> str:
    """The digest over the rows on top of the digest before them."""
    for row in rows:
        digest = hashlib.sha256(orjson.dumps([digest, row.id, row.case_id, row.seq, row.mac])).hexdigest()
    return digest


def head_mac(head: dict, key: bytes) -> str:
    said = {name: value for name, value in head.items() if name != "mac"}
    return hmac.new(key, orjson.dumps(said, option=orjson.OPT_SORT_KEYS), hashlib.sha256).hexdigest()


def _rows(after: int, until) -> list:
    rows = session().execute(
        sa.select(Event.id, Event.case_id, Event.seq, Event.mac, Event.at).where(Event.id > after).order_by(Event.id).limit(MOST))
    # Up to the first that is too young, not all that are old enough: a head must not step over an event whose number
    # is lower and whose time is later than its neighbour's.
    return list(takewhile(lambda row: row.at <= until, rows))


def _whole(content: bytes) -> list[bytes]:
    """The lines that were written to their end: a crash may leave half a head, which the next one covers."""
    return [line for line in content.splitlines() if line.endswith(b"}")]


def _file() -> Path:
    return Path(current_app.config["ANCHORS"]) / "heads.jsonl"


def _append_line(head: dict) -> None:
    with _file().open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # half a head: ours needs a line of its own
                file.write(b"\n")
        file.write(orjson.dumps(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())
