"""The chains of cases, checked as a stream: what each event says, who could have written it, which answers it brought.

Reads only; holds the rows of one case at a time. Only app/proof and packs import it.
"""
from __future__ import annotations

import hmac
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from app import keys
from app.operations.events import KEY_USE
from app.proof.chain import ERASURE, answers_digest_of, hash_of_event, link_of, mac_of, said_by
from app.proof.digests import erased_of, hash_of
from app.proof.faults import Fault
from app.store import session
from app.store.models import Answers, Case, Event

TOGETHER = 500  # rows fetched at once
_EVENTS = sa.select(*Event.__table__.columns).order_by(Event.case_id, Event.seq, Event.id)
_ANSWERS = sa.select(*Answers.__table__.columns).order_by(Answers.case_id, Answers.id)


def faults_in(low: int, high: int) -> Iterator[Fault]:
    """The faults of the cases with these ids (both ends included): of each its first bad event, else its bad answers."""
    events = _by_case(_EVENTS.where(Event.case_id.between(low, high)))
    answers = _by_case(_ANSWERS.where(Answers.case_id.between(low, high)))
    cases = {row.id: row for row in session().execute(sa.select(Case.id, Case.number, Case.events, Case.head).where(Case.id.between(low, high)))}
    keyring, given = _Keyring(), next(answers, None)
    for case_id, rows in events:
        while given and given[0] < case_id:  # answers of a case without events
            yield from _without_event(cases.pop(given[0], None), list(given[1]))
            given = next(answers, None)
        mine = list(given[1]) if given and given[0] == case_id else []
        given = next(answers, None) if mine else given
        case, rows = cases.pop(case_id, None), list(rows)
        yield from _faults_of(case, rows, mine, keyring) if case else [Fault(
            "", rows[0].seq, rows[0].id, "missing", f"the case {case_id} of event {rows[0].id} is gone")]
    while given:
        yield from _without_event(cases.get(given[0]), list(given[1]))
        given = next(answers, None)
    for case in cases.values():
        if case.events:
            yield Fault(case.number, 1, 0, "cut", f"the case says {case.events} events, none is there")


def verify_case(case: Case) -> list[Fault]:
    """The first fault of the chain of one case, and answers that are not what the events say."""
    return list(faults_in(case.id, case.id))


class _Keyring:
    """Event keys, read once."""

    def __init__(self):
        self._known: dict[str, bytes | None] = {}

    def key(self, key_id: str) -> bytes | None:
        if key_id not in self._known:
            self._known[key_id] = keys.verifying_key(KEY_USE, key_id)
        return self._known[key_id]


def _by_case(query) -> Iterator[tuple[int, Iterator]]:
    rows = session().execute(query.execution_options(yield_per=TOGETHER))
    return groupby(rows, attrgetter("case_id"))


def _faults_of(case, rows: list, answers: list, keyring: _Keyring) -> list[Fault]:
    chain = _first_break(case, rows, keyring)
    return [chain] if chain else [*_bad_answers(case, rows, answers), *_erased_by_nobody(case, rows, answers)]


def _first_break(case, rows: list, keyring: _Keyring) -> Fault | None:
    previous, expected = "", 1
    for event in rows:
        if event.seq != expected:
            kind, word = ("doubled", "there twice") if event.seq < expected else ("missing", f"missing (next is {event.seq})")
            return Fault(case.number, min(event.seq, expected), event.id if event.seq < expected else 0, kind, f"event {min(event.seq, expected)} is {word}")
        key = keyring.key(event.key_id)
        if key is None:
            return Fault(case.number, event.seq, event.id, "unknown-key", f"event {event.seq} was signed with unknown key {event.key_id}")
        if not _as_written(event, case.number, previous, key):
            return Fault(case.number, event.seq, event.id, "altered", f"event {event.seq} ({event.kind} {event.element}) was altered, inserted or moved")
        previous, expected = link_of(event), expected + 1
    if expected - 1 != case.events or previous != case.head:
        return Fault(case.number, expected, 0, "cut", f"the case says {case.events} events, {expected - 1} are there")
    return None


def _as_written(event, number: str, previous: str, key: bytes) -> bool:
    try:
        same = not event.scheme or hash_of_event(event, number, previous) == event.hash
        return same and hmac.compare_digest(mac_of(event, number, previous, key), event.mac)
    except (KeyError, ValueError, TypeError):  # a salt or an algorithm that was taken away
        return False


def _bad_answers(case, rows: list, answers: list) -> Iterator[Fault]:
    brought: dict[int, list] = {}
    for row in answers:
        brought.setdefault(row.seq, []).append(row)
        if not _holds(row):
            yield Fault(case.number, row.seq, 0, "answers", f"answers of {row.form} revision {row.revision} were altered")
    for event in rows:
        given = brought.pop(event.seq, [])
        if (given or event.answers_digest) and _told(given, event.scheme) != event.answers_digest:
            yield Fault(case.number, event.seq, event.id, "answers", f"answers of event {event.seq} were altered, put in or removed")
    yield from _without_event(case, [row for rows in brought.values() for row in rows])


def _erased_by_nobody(case, rows: list, answers: list) -> Iterator[Fault]:
    """Marks of erasure beyond what the case's events say was erased: no digest shows what somebody took away by hand."""
    said = [line for event in rows if event.kind == ERASURE for line in event.details.get("erased", ())]
    for table, values in (("event", [(row, said_by(row)) for row in rows if row.kept is not None]), ("answers", [(row, row.data) for row in answers if row.kept is not None])):
        marked = [(row, count) for row, value in values if (count := sum(1 for _path in erased_of(value)))]
        if marked and sum(count for _row, count in marked) > sum(line["count"] for line in said if line["table"] == table):
            first = marked[0][0]
            yield Fault(case.number, first.seq, first.id if table == "event" else 0, "altered" if table == "event" else "answers",
                        f"more was erased from the case than its events say; the first of it at event {first.seq}")


def _told(given: list, scheme: str) -> str:
    """What an event that brought these answers says of them."""
    return hash_of([[row.form, row.revision, row.digest] for row in given], scheme or "sha256") if given else ""


def _holds(row) -> bool:
    try:
        return answers_digest_of(row) == row.digest
    except (KeyError, ValueError, TypeError):
        return False


def _without_event(case, answers: list) -> Iterator[Fault]:
    for row in answers:
        yield Fault(case.number if case else "", row.seq, 0, "answers", f"answers of {row.form} revision {row.revision} belong to no event")
