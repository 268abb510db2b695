"""Verification of the event log: the chain of each case, and the log against the heads written elsewhere.

Finds the eight kinds of tampering of the faults' table G and names the first bad event. Reads only.
"""
from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from app import keys
from app.operations import anchors
from app.operations.events import KEY_USE
from app.proof.chain import answers_digest_of, hash_of_event, link_of, mac_of
from app.proof.digests import hash_of
from app.store import session
from app.store.models import Answers, Case, Event


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written."""

    case: str  # case number, or "" for the log as a whole
    seq: int
    event_id: int
    kind: str  # altered|missing|cut|answers|anchor|unknown-key
    message: str


def verify_events() -> list[Fault]:
    """Every fault of the chains, first the first bad event of each case, then what the anchors miss."""
    faults = [fault for case in session().scalars(sa.select(Case).order_by(Case.id)) for fault in verify_case(case)]
    return faults + list(_orphans()) + list(verify_anchors())


def verify_case(case: Case) -> list[Fault]:
    """The first fault of the chain of one case, and answers that are not what the events say."""
    chain = _first_break(case)
    return [chain] if chain else list(_bad_answers(case))


def _first_break(case: Case) -> Fault | None:
    previous, expected = "", 1
    for event in session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq)):
        if event.seq != expected:
            return Fault(case.number, expected, 0, "missing", f"event {expected} is missing (next is {event.seq})")
        key = keys.verifying_key(KEY_USE, event.key_id)
        if key is None:
            return Fault(case.number, event.seq, event.id, "unknown-key", f"event {event.seq} was signed with unknown key {event.key_id}")
        if not _as_written(event, case.number, previous) or not hmac.compare_digest(mac_of(event, case.number, previous, key), event.mac):
            return Fault(case.number, event.seq, event.id, "altered", f"event {event.seq} ({event.kind} {event.element}) was altered, inserted or moved")
        previous, expected = link_of(event), expected + 1
    if expected - 1 != case.events or previous != case.head:
        return Fault(case.number, expected, 0, "cut", f"the case says {case.events} events, {expected - 1} are there")
    return None


def _as_written(event: Event, number: str, previous: str) -> bool:
    try:
        return not event.scheme or hash_of_event(event, number, previous) == event.hash
    except (KeyError, ValueError):
        return False


def _bad_answers(case: Case) -> Iterator[Fault]:
    by_seq: dict[int, list] = {}
    for row in session().scalars(sa.select(Answers).where(Answers.case_id == case.id).order_by(Answers.id)):
        by_seq.setdefault(row.seq, []).append(row)
        if answers_digest_of(row) != row.digest:
            yield Fault(case.number, row.seq, 0, "answers", f"answers of {row.form} revision {row.revision} were altered")
    for event in session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.answers_digest != "")):
        said = hash_of([[row.form, row.revision, row.digest] for row in by_seq.get(event.seq, [])], event.scheme or "sha256")
        if said != event.answers_digest:
            yield Fault(case.number, event.seq, event.id, "answers", f"answers of event {event.seq} were altered or removed")


def _orphans() -> Iterator[Fault]:
    rows = session().scalars(sa.select(Event).where(~sa.exists().where(Case.id == Event.case_id)).order_by(Event.id).limit(1))
    for event in rows:
        yield Fault("", event.seq, event.id, "missing", f"the case {event.case_id} of event {event.id} is gone")


def verify_anchors() -> Iterator[Fault]:
    """What the heads outside the database know and the database does not."""
    rolled, count, upto = "", 0, 0
    for head in anchors.read_anchors():
        key = keys.verifying_key(anchors.KEY_USE, head.get("key", ""))
        if key is None or not hmac.compare_digest(anchors.head_mac(head, key), head.get("mac", "")):
            yield Fault("", 0, 0, "anchor", f"the head of {head.get('at')} is not signed with a known key")
            return
        rows = _rows(upto, head["upto"])
        rolled, count, upto = anchors.rolled(rolled, rows), count + len(rows), head["upto"]
        if rolled != head["digest"] or count != head["count"]:
            yield _first_difference(head, rows)
            return


def _first_difference(head: dict, rows: list) -> Fault:
    there = {row.id: anchors.said_of(row) for row in rows}
    for said in head["rows"]:
        event_id, case_id, seq, *_mac = said
        if there.pop(event_id, None) != said:
            return Fault(_number(case_id), seq, event_id, "anchor", f"event {event_id} (case {case_id}, event {seq}) is not what the head of {head['at']} knows, or gone")
    for event_id, (_id, case_id, seq, _mac) in there.items():
        return Fault(_number(case_id), seq, event_id, "anchor", f"event {event_id} was put in after the head of {head['at']}")
    return Fault("", 0, 0, "anchor", f"events up to {head['upto']} are not those of the head of {head['at']}")


def _rows(after: int, upto: int) -> list:
    return session().execute(
        sa.select(Event.id, Event.case_id, Event.seq, Event.mac).where(Event.id > after, Event.id <= upto).order_by(Event.id)
    ).all()


def _number(case_id: int) -> str:
    return session().scalar(sa.select(Case.number).where(Case.id == case_id)) or ""
