"""Pools: registers of people from whom some are drawn by lot. Read from `pool` in `registers.yml`.

Only `app/definitions` imports the loader; the dataclasses are for anybody below `operations`.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .yaml_reader import Mapped, Reading

_KEYS = ("person", "eligible_when", "excluded_when", "relations", "records", "own_title", "own_title_en", "own_hint", "own_hint_en")
_WHEN = ("when", "reason", "reason_en")


@dataclass(frozen=True)
class Ground:
    """Why somebody is left out where `when` holds."""
    when: str
    reason: str
    reason_en: str = ""


@dataclass(frozen=True)
class Record:
    """Entries of another register about the same person: `person` is the column there, `own` here ("": the account).

    Of each entry only `columns` are looked at, and kept with a draw; all where none are named.
    """
    register: str
    person: str
    own: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pool:
    """`person` is the column with the account; conditions are CEL, see the form guide."""
    person: str
    eligible_when: str = ""                # over row, criteria, records, started, today
    excluded_when: tuple[Ground, ...] = () # the same, each with its reason
    relations: tuple[Ground, ...] = ()     # over row, form, case, today: recusal from one case
    records: Mapping[str, Record] = field(default_factory=dict, hash=False)
    own_title: str = ""                    # heading of the page on which people see their own entry
    own_title_en: str = ""
    own_hint: str = ""
    own_hint_en: str = ""


def read_pool(reading: Reading, value: Mapped) -> Pool | None:
    """The pool of one register; None where it is none. Faults go to the reading."""
    if value.get("pool") is None:
        return None
    found = reading.mapping(value["pool"], value.lines["pool"], "pool")
    reading.known_keys(found, _KEYS, "pool")
    reading.needed_keys(found, ("person",), "pool")
    words = {name: reading.text(found, name) for name in ("person", "eligible_when", "own_title", "own_title_en", "own_hint", "own_hint_en")}
    return Pool(**words, excluded_when=_grounds(reading, found, "excluded_when"), relations=_grounds(reading, found, "relations"), records=_records(reading, found))


def _grounds(reading: Reading, value: Mapped, key: str) -> tuple[Ground, ...]:
    if value.get(key) is None:
        return ()
    rows = reading.sequence(value[key], value.lines[key], key)
    return tuple(_ground(reading, reading.mapping(row, line, key), key) for row, line in zip(rows, rows.lines, strict=True))


def _ground(reading: Reading, value: Mapped, key: str) -> Ground:
    reading.known_keys(value, _WHEN, key)
    reading.needed_keys(value, ("when", "reason"), key)
    return Ground(*(reading.text(value, name) for name in _WHEN))


def _records(reading: Reading, value: Mapped) -> dict[str, Record]:
    if value.get("records") is None:
        return {}
    named = reading.mapping(value["records"], value.lines["records"], "records")
    return {key: _record(reading, reading.mapping(one, named.lines[key], "records")) for key, one in named.items()}


def _record(reading: Reading, value: Mapped) -> Record:
    reading.known_keys(value, ("register", "person", "own", "columns"), "records")
    reading.needed_keys(value, ("register", "person"), "records")
    return Record(*(reading.text(value, name) for name in ("register", "person", "own")), tuple(reading.texts(value, "columns")))
