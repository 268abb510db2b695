"""OCEL 2.0 in its relational form: an SQLite file for programs that would rather ask than read a million lines."""
from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from app.audit.packs.log_rows import moment
from app.audit.packs.naming import Naming
from app.audit.packs.ocel import EVENT_ATTRIBUTES, Happened, feed
from app.audit.packs.ocel_objects import ALWAYS, TYPES, Thing
from app.audit.packs.scope import Scope

AT_ONCE = 2000  # rows that wait for one statement
COLUMNS = {"string": "TEXT", "integer": "INTEGER", "time": "TIMESTAMP"}
_TABLES = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT, FOREIGN KEY (ocel_type) REFERENCES event_map_type(ocel_type));
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT, FOREIGN KEY (ocel_type) REFERENCES object_map_type(ocel_type));
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT, PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier),
  FOREIGN KEY (ocel_event_id) REFERENCES event(ocel_id), FOREIGN KEY (ocel_object_id) REFERENCES object(ocel_id));
CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT, PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier),
  FOREIGN KEY (ocel_source_id) REFERENCES object(ocel_id), FOREIGN KEY (ocel_target_id) REFERENCES object(ocel_id));
"""


def write_ocel_sqlite(path: Path, scope: Scope, naming: Naming, told: Callable[[int], None] = lambda cases: None) -> int:
    """Writes the log as a new SQLite file; returns how many events."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as base:
        base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF;" + _TABLES)
        count = feed(SqliteSink(base), scope, naming, told)
        base.commit()
    return count


class SqliteSink:
    """A table for each type of event and object, made when the first of it comes."""

    def __init__(self, base: sqlite3.Connection):
        self._base, self._waiting, self._tables = base, {}, {}
        for name, attributes in TYPES.items():
            self._table("object", name, attributes, ", ocel_changed_field TEXT")

    def event(self, event: Happened) -> None:
        self._add("INSERT INTO event VALUES (?, ?)", (event.id, event.type))
        table = self._table("event", event.type, EVENT_ATTRIBUTES)
        self._add(f"INSERT INTO {table} VALUES (?, ?{', ?' * len(EVENT_ATTRIBUTES)})",
                  (event.id, moment(event.at), *(event.attributes.get(name) for name in EVENT_ATTRIBUTES)))
        for key, qualifier in event.relations:
            self._add("INSERT OR IGNORE INTO event_object VALUES (?, ?, ?)", (event.id, key, qualifier))

    def thing(self, thing: Thing) -> None:
        self._add("INSERT INTO object VALUES (?, ?)", (thing.id, thing.type))
        for key, qualifier in thing.relations:
            self._add("INSERT OR IGNORE INTO object_object VALUES (?, ?, ?)", (thing.id, key, qualifier))
        first: dict[str, object] = {}
        changes = []
        for name, value, at in thing.attributes:
            changes += [(at, name, value)] if name in first else []
            first.setdefault(name, value)
        began = min((at for _name, _value, at in thing.attributes), default=ALWAYS)
        self._state(thing, began, None, first)
        for at, name, value in changes:
            self._state(thing, at, name, {name: value})

    def _state(self, thing: Thing, at: datetime, changed: str | None, values: dict) -> None:
        """A row of what an object was from a moment on; `changed` names the one attribute that is new."""
        said = (values.get(name) for name in TYPES[thing.type])
        self._add(f"INSERT INTO {self._tables['object', thing.type]} VALUES (?, ?{', ?' * len(TYPES[thing.type])}, ?)",
                  (thing.id, moment(at), *(moment(value) if isinstance(value, datetime) else value for value in said), changed))

    def close(self, activities: list[str]) -> None:
        for statement in list(self._waiting):
            self._send(statement)

    def _table(self, kind: str, name: str, attributes: dict[str, str], more: str = "") -> str:
        """The table of a type, made when it is not there yet."""
        if (kind, name) not in self._tables:
            short = name if kind == "object" else f"e{sum(known == 'event' for known, _name in self._tables) + 1}"
            key = "ocel_id TEXT PRIMARY KEY" if kind == "event" else "ocel_id TEXT"  # an object has a row for each change
            columns = ", ".join(f"{key} {COLUMNS[typed]}" for key, typed in attributes.items())
            self._base.execute(f"CREATE TABLE {kind}_{short} ({key}, ocel_time TIMESTAMP, {columns}{more}, FOREIGN KEY (ocel_id) REFERENCES {kind}(ocel_id))")
            self._add(f"INSERT INTO {kind}_map_type VALUES (?, ?)", (name, short))
            self._tables[kind, name] = f"{kind}_{short}"
        return self._tables[kind, name]

    def _add(self, statement: str, row: tuple) -> None:
        rows = self._waiting.setdefault(statement, [])
        rows.append(row)
        if len(rows) >= AT_ONCE:
            self._send(statement)

    def _send(self, statement: str) -> None:
        self._base.executemany(statement, self._waiting.pop(statement))
