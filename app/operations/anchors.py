"""Anchors: signed heads of the whole event log, written outside the database at least every minute.

A chain inside the database proves nothing against whoever can write that database (faults, finding 6): a head says
how many events there were and what they were, and lies elsewhere.
"""
from __future__ import annotations

import hashlib
import hmac
import os
from datetime import timedelta
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


def write_anchor(clock, settled: timedelta = SETTLED) -> dict | None:
    """Writes a head over the events since the last one; None when there is nothing new and the last head is fresh."""
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
    return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def last_anchor() -> dict | None:
    """The newest head, or None."""
    path = _file()
    if not path.exists() or path.stat().st_size == 0:
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1_000_000))
        return orjson.loads(file.read().splitlines()[-1])


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
    return session().execute(
        sa.select(Event.id, Event.case_id, Event.seq, Event.mac).where(Event.id > after, Event.at <= until).order_by(Event.id)
    ).all()


def _file() -> Path:
    return Path(current_app.config["ANCHORS"]) / "heads.jsonl"


def _append_line(head: dict) -> None:
    with _file().open("ab") as file:
        file.write(orjson.dumps(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())
