"""The event log as XES (IEEE 1849-2016): traces are cases, events are ours, one by one. Streams."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from app.audit.packs.log_rows import LogCase, LogEvent, LogReader, moment
from app.audit.packs.naming import Naming
from app.audit.packs.scope import Scope, pieces_of
from app.store import session

EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
_SPECIAL = re.compile("[&<>\"\t\n\r]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML 1.0 can hold these
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/" xes.version="1849.2016" xes.features="">
{extensions}
<global scope="trace"><string key="concept:name" value="-"/></global>
<global scope="event"><string key="concept:name" value="-"/><string key="lifecycle:transition" value="complete"/><date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="ActivityLifecycle" scope="event" keys="concept:name lifecycle:transition"/>
<classifier name="Resource" scope="event" keys="org:resource"/>
<string key="lifecycle:model" value="standard"/>
"""


def write_xes(out: BinaryIO, scope: Scope, naming: Naming, told: Callable[[int], None] = lambda cases: None) -> int:
    """Writes the log; returns how many events. `told` hears after each piece how many cases more are done."""
    out.write(_head())
    reader, count = LogReader(), 0
    for piece in pieces_of(scope):
        for case in reader.cases(piece):
            out.write(_trace(case, reader.number_of(case.row.release), naming).encode("utf-8"))
            count += len(case.events)
        session().rollback()  # a long export must not hold one view of the database from its first case to its last
        told(len(piece))
    out.write(b"</log>\n")
    return count


def _head() -> bytes:
    extensions = "\n".join(f'<extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>' for name, prefix in EXTENSIONS)
    return _HEAD.format(extensions=extensions).encode()


def _trace(case: LogCase, release_number: int, naming: Naming) -> str:
    """One case with its events."""
    row = case.row
    parts = ["<trace>", _text("concept:name", row.number), _text("procedure", row.procedure), _text("process", row.process_id), _text("title", row.title),
             _text("release", row.release), _number("release_number", release_number), _text("starter", naming.person(row.starter_id)),
             _text("result", row.result), _date("started_at", row.started_at)]
    parts += [_date("ended_at", row.ended_at)] if row.ended_at else []
    return "".join([*parts, *(_event(event, naming) for event in case.events), "</trace>\n"])


def _event(event: LogEvent, naming: Naming) -> str:
    return "".join((
        "\n<event>", _text("concept:name", event.activity), _text("concept:instance", event.instance), _text("lifecycle:transition", event.transition),
        _date("time:timestamp", event.at), _text("org:resource", naming.person(event.actor)), _text("org:role", event.role),
        _text("org:group", event.organisation), _text("on_behalf_of", naming.person(event.deputy_of)), _number("seq", event.seq), _text("kind", event.kind),
        _text("element", event.element), _text("outcome", event.outcome), _text("release", event.release),
        _text("actor_name", naming.word(event.actor_name)), "</event>"))


def _text(key: str, value: str) -> str:
    return f'<string key="{key}" value="{_escaped(value)}"/>' if value else ""


def _number(key: str, value: int) -> str:
    return f'<int key="{key}" value="{value}"/>'


def _date(key: str, value) -> str:
    return f'<date key="{key}" value="{moment(value)}"/>'


def _escaped(text: str) -> str:
    if text.isalnum():  # nearly all: ids, digests, names
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], _IMPOSSIBLE.sub("\ufffd", text))
