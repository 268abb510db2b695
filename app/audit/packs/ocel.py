"""The event log as OCEL 2.0: events related to cases, people, organisations, materials, payments, batches and certificates. Streams.

Events are written as they are read; objects wait in a file of their own, and each is written once.
"""
from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol

import orjson

from app.audit.packs.log_rows import LogCase, LogEvent, LogReader, moment
from app.audit.packs.naming import Naming
from app.audit.packs.ocel_objects import TYPES, Around, Thing, case_id, case_thing, organisation_things, people_things, things_around
from app.audit.packs.scope import Scope, pieces_of
from app.store import session

EVENT_ATTRIBUTES = {
    "seq": "integer", "kind": "string", "element": "string", "transition": "string", "outcome": "string", "role": "string", "release": "string",
    "instance": "string",
}


class Happened(NamedTuple):
    """One event as OCEL tells it."""

    id: str
    type: str
    at: datetime
    attributes: dict[str, object]
    relations: list[tuple[str, str]]


class Sink(Protocol):
    """Where a log is written to: JSON or SQLite."""

    def event(self, event: Happened) -> None: ...

    def thing(self, thing: Thing) -> None: ...

    def close(self, activities: list[str]) -> None: ...


def write_ocel(out: BinaryIO, scope: Scope, naming: Naming, told: Callable[[int], None] = lambda cases: None) -> int:
    """Writes the log as JSON; returns how many events. `told` hears after each piece how many cases more are done."""
    with tempfile.TemporaryFile() as waiting:
        return feed(JsonSink(out, waiting), scope, naming, told)


def feed(sink: Sink, scope: Scope, naming: Naming, told: Callable[[int], None] = lambda cases: None) -> int:
    """Tells a sink all events and objects of the cases; returns how many events."""
    once, reader, activities, count = _Once(), LogReader(), set(), 0
    for piece in pieces_of(scope):
        around = things_around(piece, naming)
        for case in reader.cases(piece):
            count += _feed_case(sink, case, around, once, activities, naming)
        session().rollback()  # a long export must not hold one view of the database from its first case to its last
        told(len(piece))
    for thing in (*organisation_things(once.organisations), *people_things(naming)):
        sink.thing(thing)
    sink.close(sorted(activities))
    return count


class _Once:
    """What was met already and is written once: the only thing that grows with the log, by a short text for each."""

    def __init__(self):
        self.organisations: set[str] = set()
        self.batches: set[str] = set()

    def note(self, relations: list[tuple[str, str]]) -> None:
        """Remembers the organisations that something is related to."""
        self.organisations.update(key[4:] for key, _qualifier in relations if key.startswith("org:"))


def _feed_case(sink: Sink, case: LogCase, around: Around, once: _Once, activities: set[str], naming: Naming) -> int:
    things = around.things.get(case.row.id, [])
    for thing in (case_thing(case, things, naming), *(thing for thing in things if thing.id not in once.batches)):
        once.note(thing.relations)
        once.batches.update([thing.id] if thing.type == "batch" else ())
        sink.thing(thing)
    for event in case.events:
        happened = _happened(case, event, around, naming)
        once.note(happened.relations)
        activities.add(event.activity)
        sink.event(happened)
    return len(case.events)


def _happened(case: LogCase, event: LogEvent, around: Around, naming: Naming) -> Happened:
    number = case.row.number
    said = {name: getattr(event, name) for name in EVENT_ATTRIBUTES}
    relations = [(case_id(number), "case"), (f"person:{naming.person(event.actor)}", "actor")]
    relations += [(f"person:{naming.person(event.deputy_of)}", "on behalf of")] if event.deputy_of else []
    relations += [(f"org:{event.organisation}", "organisation")] if event.organisation else []
    if event.kind == "complete":
        relations += [(key, "material") for key in around.by_task.get(event.instance, ())]
    if event.kind == "answer":
        relations += [(key, "made") for key in around.made_by.get((case.row.id, event.details.get("request", "")), ())]
    return Happened(f"{number}-{event.seq}", event.activity, event.at, {name: value for name, value in said.items() if value != ""}, relations)


class JsonSink:
    """OCEL 2.0 as JSON. Its schema wants every value as text; the declared types say how to read them."""

    def __init__(self, out: BinaryIO, waiting: BinaryIO):
        self._out, self._waiting, self._events, self._things = out, waiting, 0, 0
        out.write(b'{"events":[')

    def event(self, event: Happened) -> None:
        self._out.write((b",\n" if self._events else b"\n") + orjson.dumps({
            "id": event.id, "type": event.type, "time": moment(event.at),
            "attributes": [{"name": name, "value": text_of(value)} for name, value in event.attributes.items()],
            "relationships": [{"objectId": key, "qualifier": qualifier} for key, qualifier in event.relations]}))
        self._events += 1

    def thing(self, thing: Thing) -> None:
        self._waiting.write((b",\n" if self._things else b"\n") + orjson.dumps({
            "id": thing.id, "type": thing.type,
            "attributes": [{"name": name, "value": text_of(value), "time": moment(at)} for name, value, at in thing.attributes],
            "relationships": [{"objectId": key, "qualifier": qualifier} for key, qualifier in thing.relations]}))
        self._things += 1

    def close(self, activities: list[str]) -> None:
        self._out.write(b'\n],"objects":[')
        for part in _parts(self._waiting):
            self._out.write(part)
        types = {"objectTypes": [{"name": name, "attributes": _typed(attributes)} for name, attributes in TYPES.items()],
                 "eventTypes": [{"name": name, "attributes": _typed(EVENT_ATTRIBUTES)} for name in activities]}
        self._out.write(b"\n]," + orjson.dumps(types)[1:])


def text_of(value) -> str:
    """A value as the standard writes it."""
    return moment(value) if isinstance(value, datetime) else str(value)


def _typed(attributes: dict[str, str]) -> list[dict]:
    return [{"name": name, "type": kind} for name, kind in attributes.items()]


def _parts(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(1 << 20):
        yield part
