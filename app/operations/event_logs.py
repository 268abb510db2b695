"""The event log for process mining: XES (IEEE 1849) and OCEL 2.0 (JSON), streamed row by row."""
from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import orjson
import sqlalchemy as sa
from lxml import etree

from app.operations.contexts import instant
from app.store import session
from app.store.models import Case, Event

XES = "http://www.xes-standard.org/"
EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Organizational", "org"), ("Lifecycle", "lifecycle"))


def write_log(form: str, out: BinaryIO) -> int:
    """Writes all events of all cases in the form `xes` or `ocel`; returns how many events."""
    return _write_xes(out) if form == "xes" else _write_ocel(out)


def _cases() -> Iterator[Case]:
    for case_id in session().scalars(sa.select(Case.id).order_by(Case.id)).all():
        yield session().get(Case, case_id)
        session().expunge_all()


def _events(case_id: int) -> list[Event]:
    return session().scalars(sa.select(Event).where(Event.case_id == case_id).order_by(Event.seq)).all()


def _write_xes(out: BinaryIO) -> int:
    count = 0
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("log", {"xes.version": "1849-2016", "xes.features": ""}, nsmap={None: XES}):
            for name, prefix in EXTENSIONS:
                uri = f"http://www.xes-standard.org/{prefix}.xesext"
                xml.write(etree.Element("extension", {"name": name, "prefix": prefix, "uri": uri}))
            for case in _cases():
                count += _write_trace(xml, case)
    return count


def _write_trace(xml, case: Case) -> int:
    events = _events(case.id)
    with xml.element("trace"):
        for key, value in (("concept:name", case.number), ("process", case.process_id), ("release", case.release)):
            xml.write(etree.Element("string", key=key, value=value))
        for event in events:
            xml.write(_xes_event(event))
    return len(events)


def _xes_event(event: Event) -> etree._Element:
    element = etree.Element("event")
    texts = {
        "concept:name": event.element or event.kind, "org:resource": event.actor_id, "lifecycle:transition": "complete",
        "kind": event.kind, "outcome": event.outcome,
    }
    for key, value in texts.items():
        if value:
            etree.SubElement(element, "string", key=key, value=value)
    etree.SubElement(element, "date", key="time:timestamp", value=instant(event.at))
    return element


def _write_ocel(out: BinaryIO) -> int:
    """Objects are cases and people; an event relates to its case and to who acted."""
    kinds = sorted(session().scalars(sa.select(Event.kind).distinct()).all())
    processes = sorted(session().scalars(sa.select(Case.process_id).distinct()).all())
    out.write(b'{"objectTypes":' + orjson.dumps([{"name": name, "attributes": []} for name in [*processes, "person"]]))
    out.write(b',"eventTypes":' + orjson.dumps([_event_type(kind) for kind in kinds]) + b',"objects":[')
    _write_rows(out, _ocel_objects())
    out.write(b'],"events":[')
    count = _write_rows(out, _ocel_events())
    out.write(b"]}")
    return count


def _event_type(kind: str) -> dict:
    return {"name": kind, "attributes": [{"name": "element", "type": "string"}, {"name": "outcome", "type": "string"}]}


def _write_rows(out: BinaryIO, rows) -> int:
    count = 0
    for count, row in enumerate(rows, 1):
        out.write((b"," if count > 1 else b"") + orjson.dumps(row))
    return count


def _ocel_objects() -> Iterator[dict]:
    for case in _cases():
        yield {"id": case.number, "type": case.process_id, "attributes": [], "relationships": []}
    for actor in session().scalars(sa.select(Event.actor_id).distinct()).all():
        yield {"id": f"person:{actor}", "type": "person", "attributes": [], "relationships": []}


def _ocel_events() -> Iterator[dict]:
    for case in _cases():
        number = case.number
        for event in _events(case.id):
            yield {
                "id": f"{number}-{event.seq}", "type": event.kind, "time": instant(event.at),
                "attributes": [{"name": "element", "value": event.element}, {"name": "outcome", "value": event.outcome}],
                "relationships": [
                    {"objectId": number, "qualifier": "case"}, {"objectId": f"person:{event.actor_id}", "qualifier": "actor"},
                ],
            }
