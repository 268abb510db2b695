"""Where the history of a case goes on in another one: called processes, batches and sittings, their members, moves.

`matching` finds the event of the other case that belongs to one of this case: what a message was sent by, what it became.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from flask_babel import gettext as _

from app import batches
from app.audit.player.walking import Walk
from app.operations import releases
from app.store import session
from app.store.models import Case, Event, Release

MEMBERS = 200  # links of one event: a notice to a whole year would be longer than its diagram


class Links:
    """What leads away from each event: `{what: called|batch|member|sitting|move, case_id, number, title, …}`."""

    def __init__(self, walk: Walk, events: Mapping[int, Event]):
        self.case, self.walk = walk.case, walk
        self._cases = _cases_named(events.values())
        self._first = {number: event.kind for event in reversed(events.values()) for number in _named_by(event)}  # how each was met first
        rows = session().execute(sa.select(Release.digest, Release.number).where(Release.procedure == self.case.procedure))
        self._numbers = {digest: number for digest, number in rows}

    def of(self, event: Event) -> list[dict]:
        """The links of one event, in the order in which things happened."""
        return [*self._called(event), *self._others(event), *self._moves(event)]

    def _called(self, event: Event) -> Iterator[dict]:
        process = self.walk.past.at(event.seq + 1)
        walked = {element: kind for kind, element in event.details.get("trail") or () if kind in ("enter", "leave")}
        for element, kind in walked.items():
            if called := process.called.get(element):
                name = releases.process_in(self.walk.past.digest_at(event.seq + 1), called).name
                yield {"what": "called", "case_id": self.case.id, "number": self.case.number, "title": name, "process_id": called, "way": kind, "element": element}

    def _others(self, event: Event) -> Iterator[dict]:
        for number in _named_by(event)[:MEMBERS]:
            other = self._cases.get(number)
            if other is not None and other.id != self.case.id:
                yield {"what": self._relation(other), "case_id": other.id, "number": other.number, "title": other.summary or other.title}

    def _relation(self, other: Case) -> str:
        """Who spoke to this case first is what it travels in; to whom it spoke first is its member."""
        if self._first[other.number] == "answer":
            return "member"
        return "batch" if batches.batch_row(other.id) else "sitting"

    def _moves(self, event: Event) -> Iterator[dict]:
        if event.kind in ("move", "move-undone"):
            was, is_now = (event.details.get(name, "") for name in ("from", "to"))
            title = _("第 %(a)s 版 → 第 %(b)s 版", a=self._numbers.get(was, "?"), b=self._numbers.get(is_now, "?"))
            yield {"what": "move", "case_id": self.case.id, "number": self.case.number, "title": title, "from": was, "to": is_now}


def matching(case: Case, seq: int, other: Case) -> int:
    """The event of `other` that belongs to event `seq` of `case`: the message that was sent, or the word that sent it.

    What is delivered arrives once: the third word sent is the third that came. Where neither is there, the last event of
    `other` that was not later.
    """
    event = session().scalar(sa.select(Event).where(Event.case_id == case.id, Event.seq == seq))
    if event is None:
        return 1
    sent = event.kind == "answer"
    mine = _sends(case, other.number) if sent else _arrivals(case, other.number)
    theirs = _arrivals(other, case.number) if sent else _sends(other, case.number)
    if seq in mine and mine.index(seq) < len(theirs):
        return theirs[mine.index(seq)]
    last = sa.select(sa.func.max(Event.seq)).where(Event.case_id == other.id, Event.at <= event.at)
    return session().scalar(last) or 1


def _sends(case: Case, to: str) -> list[int]:
    """Numbers of the events with which a word to another case was delivered."""
    return [event.seq for event in _of_kind(case, "answer") if to in _listed(event.details.get("result"), "delivered")]


def _arrivals(case: Case, sender: str) -> list[int]:
    """Numbers of the events with which a word of another case came."""
    return [event.seq for event in _of_kind(case, "message") if _named_by(event) == [sender]]


def _of_kind(case: Case, kind: str):
    return session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.kind == kind).order_by(Event.seq))


def _named_by(event: Event) -> list[str]:
    """Numbers of the cases that an event speaks of: who sent a message, to whom one was delivered, who was put into a batch."""
    details = event.details
    if event.kind == "message":
        payload = details.get("payload")
        sender = payload.get("from") if isinstance(payload, dict) else None
        return [sender] if isinstance(sender, str) else []
    result = details.get("result") if event.kind == "answer" else None
    return list(dict.fromkeys(number for name in ("delivered", "put", "members") for number in _listed(result, name)))


def _listed(result, name: str) -> list[str]:
    """The texts of a list in the answer of a connector; none where it is no such answer."""
    found = result.get(name) if isinstance(result, dict) else None
    return [number for number in found if isinstance(number, str)] if isinstance(found, list) else []


def _cases_named(events) -> dict[str, Case]:
    numbers = list(dict.fromkeys(number for event in events for number in _named_by(event)))
    found: dict[str, Case] = {}
    for start in range(0, len(numbers), 500):
        found |= {case.number: case for case in session().scalars(sa.select(Case).where(Case.number.in_(numbers[start:start + 500])))}
    return found
