"""Where heads are sent besides the journal: files on other volumes, HTTP endpoints, time stamp authorities. Several at once.

Each sink gets every head, in order, however late. One that is down holds up neither the service nor the other sinks.
How far each has come lies in VAR/proof, outside the database; what endpoints and authorities answered beside the journal.
"""
from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import httpx
import orjson
from flask import current_app

from app.operations.contexts import instant
from app.proof import journal, stamps
from app.proof.digests import canonical, hash_of
from app.proof.heads import compact, digest_of

WITHIN = 5.0  # seconds that a sink has for one head
TOGETHER = 20.0  # seconds for the heads of one sink at one beat: what is left follows at the next
LONGEST = 65536  # bytes of an answer that are kept
JOURNAL = "journal"  # the name under which trouble with the journal itself is kept


class SinkFailed(Exception):
    """A sink did not take a head; the text says why."""


@dataclass
class State:
    """How far a sink has come. `sent` is a place in the journal's bytes."""

    sent: int = 0
    count: int = 0  # heads that it took
    last: str = ""  # when the last head that it took was written (ISO 8601)
    failing_since: str = ""
    error: str = ""
    told: bool = False  # administrators know


@dataclass(frozen=True)
class Sink:
    """One place. `put(head, line)` returns what is to be kept of the answer (None: nothing) or raises SinkFailed."""

    name: str  # of its files: stable as long as its address is
    kind: str  # file|http|rfc3161
    address: str
    put: Callable


def all_sinks() -> list[Sink]:
    """The sinks of the setting ANCHOR_SINKS. Raises ValueError naming one that is none."""
    return [_sink(address) for address in current_app.config["ANCHOR_SINKS"].split()]


def deliver(clock) -> list[tuple[Sink, State]]:
    """Sends each sink the heads that it has not had. Returns how each stands."""
    return [(sink, _deliver(sink, clock)) for sink in all_sinks()]


def state_of(name: str) -> State:
    """How far a sink has come."""
    path = _state_file(name)
    return State(**orjson.loads(path.read_bytes())) if path.exists() else State()


def save(name: str, state: State) -> None:
    """Keeps it; a whole file takes the place of the one before."""
    path = _state_file(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_bytes(orjson.dumps(asdict(state)))
    draft.replace(path)


def words_of(error: Exception) -> str:
    """Why something did not work, short."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def note_failure(name: str, error: str, clock) -> State:
    """Trouble since now, or since it began."""
    state = state_of(name)
    state.failing_since, state.error = state.failing_since or instant(clock()), error[:500]
    save(name, state)
    return state


def note_success(name: str) -> State:
    """No trouble any more."""
    state = state_of(name)
    if state.failing_since:
        state.failing_since, state.error, state.told = "", "", False
        save(name, state)
    return state


def receipts_of(sink: Sink) -> Path:
    """The file of a sink's answers: a line for each head."""
    return Path(current_app.config["ANCHORS"]) / "receipts" / f"{sink.name}.jsonl"


def _deliver(sink: Sink, clock) -> State:
    state, ended = state_of(sink.name), time.monotonic() + TOGETHER
    try:
        for place, line in journal.lines(journal.journal(), state.sent):
            head = orjson.loads(line)
            _keep(sink, head, sink.put(head, line), clock)
            state.sent, state.count, state.last = place, state.count + 1, head["at"]
            save(sink.name, state)
            if time.monotonic() > ended:
                break
    except (SinkFailed, OSError, httpx.HTTPError) as error:
        return note_failure(sink.name, words_of(error), clock)
    return note_success(sink.name)


def _keep(sink: Sink, head: dict, answer: bytes | None, clock) -> None:
    if answer is not None:
        receipts_of(sink).parent.mkdir(parents=True, exist_ok=True)
        said = {"head": digest_of(head), "head_at": head["at"], "at": instant(clock()), "answer": base64.b64encode(answer).decode()}
        journal.add_line(receipts_of(sink), said)


def _sink(address: str) -> Sink:
    kind, put = next(((kind, make) for prefix, kind, make in KINDS if address.startswith(prefix)), (None, None))
    if kind is None:
        raise ValueError(f"ANCHOR_SINKS: {address} is no file:…, http(s)://… or rfc3161:http(s)://…")
    place = address.removeprefix("file:").removeprefix("rfc3161:")
    return Sink(f"{kind}-{hash_of(place)[:12]}", kind, place, put(place))


def _file(place: str) -> Callable:
    def put(head: dict, line: bytes) -> None:
        path = Path(place)
        if journal.last_line(path) != line:  # it took it, and we were killed before we wrote that down
            journal.add_line(path, head)

    return put


def _http(place: str) -> Callable:
    def put(head: dict, _line: bytes) -> bytes:
        token = current_app.config["ANCHOR_SECRET"]
        headers = {"Content-Type": "application/json", "Idempotency-Key": digest_of(head)} | ({"Authorization": f"Bearer {token}"} if token else {})
        return _answer(place, canonical(compact(head)), headers)

    return put


@cache
def _client() -> httpx.Client:
    """One for all: to make one costs as much as a hundred heads."""
    return httpx.Client(timeout=WITHIN)


def _answer(place: str, content: bytes, headers: dict) -> bytes:
    """What the other side answers, no more of it than is kept: one that never ends must not fill the memory or hold the others up. Raises SinkFailed."""
    ended, found = time.monotonic() + 2 * WITHIN, b""
    with _client().stream("POST", place, content=content, headers=headers | {"Accept-Encoding": "identity"}) as answer:
        if not answer.is_success:
            raise SinkFailed(f"HTTP {answer.status_code}")
        for part in answer.iter_raw(LONGEST):
            found += part
            if len(found) > LONGEST:
                return found[:LONGEST]
            if time.monotonic() > ended:
                raise SinkFailed(f"no end of the answer within {2 * WITHIN:g} s")
    return found


def _rfc3161(place: str) -> Callable:
    def put(head: dict, _line: bytes) -> bytes:
        answer = _answer(place, stamps.request_for(head), {"Content-Type": "application/timestamp-query"})
        if wrong := stamps.why_not(answer, head):
            raise SinkFailed(wrong)
        return answer

    return put


KINDS = (("file:", "file", _file), ("rfc3161:", "rfc3161", _rfc3161), ("https://", "http", _http), ("http://", "http", _http))


def _state_file(name: str) -> Path:
    return Path(current_app.config["VAR"]) / "proof" / f"{name}.json"


def answer_in(receipt: dict) -> bytes:
    """The answer as it came."""
    return base64.b64decode(receipt["answer"])
