"""What the entries of a register say to the rest of the service: whom they bar until when, which pattern numbers follow.

Read from `registers.yml`; only `registers.py` imports the readers.
"""
from __future__ import annotations

from dataclasses import dataclass

from .yaml_reader import Mapped, Reading


@dataclass(frozen=True)
class Bars:
    """`key` is CEL over `row`: what a task's `bar_key` is compared with, empty for an entry that bars nobody. The others are columns."""

    key: str
    begins: str
    ends: str
    reason: str


@dataclass(frozen=True)
class Numbering:
    """Columns: the `pattern` of numbers, from and until when it holds, and for which `kind` (empty: for all)."""

    pattern: str
    begins: str
    ends: str
    kind: str = ""


def read_bars(reading: Reading, value: Mapped) -> Bars | None:
    """The key `bars` of a register."""
    said = _words(reading, value, "bars", ("key", "from", "until", "reason"), ("key", "from", "until", "reason"))
    return Bars(said["key"], said["from"], said["until"], said["reason"]) if said else None


def read_numbering(reading: Reading, value: Mapped) -> Numbering | None:
    """The key `numbering` of a register."""
    said = _words(reading, value, "numbering", ("pattern", "from", "until", "kind"), ("pattern", "from", "until"))
    return Numbering(said["pattern"], said["from"], said["until"], said["kind"]) if said else None


def _words(reading: Reading, value: Mapped, key: str, keys: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, str]:
    if key not in value:
        return {}
    inner = reading.mapping(value[key], value.lines[key], key)
    reading.known_keys(inner, keys, key)
    reading.needed_keys(inner, needed, key)
    return {name: reading.text(inner, name) for name in keys}
