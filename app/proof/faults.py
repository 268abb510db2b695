"""What a verification finds: one thing that is not as it was written. Anybody may import it."""
from __future__ import annotations

from dataclasses import dataclass

KINDS = ("altered", "missing", "doubled", "cut", "answers", "anchor", "head", "stamp", "file", "unknown-key")


@dataclass(frozen=True)
class Fault:
    """`case` is a number, "" for the log as a whole; `kind` one of KINDS; `event_id` 0 where there is no such row."""

    case: str
    seq: int
    event_id: int
    kind: str
    message: str
