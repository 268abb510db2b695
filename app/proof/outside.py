"""The event log against the heads outside the database: what they know and it does not. Streams; reads only.

The journal and every file among the sinks are read side by side: a journal that was cut or rewritten differs from a copy
elsewhere. Only app/proof imports it.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import orjson
import sqlalchemy as sa

from app.proof import heads, journal, merkle, sinks, stamps
from app.proof.faults import Fault
from app.store import session
from app.store.models import Case, Event

TOGETHER = 2000  # rows fetched at once
NEWEST = 20  # time stamps that are checked unless all are asked for


def faults_outside(also: Sequence[Path] = (), all_stamps: bool = False) -> Iterator[Fault]:
    """The first event that is not what the heads know; heads that were altered; time stamps that are none.

    `also`: further journals to hold against, fetched from wherever copies went.
    """
    yield from _Check(also).faults()
    yield from _bad_stamps(all_stamps)


def heads_count() -> int:
    """How many heads there are."""
    return sum(1 for _head in journal.lines(journal.journal()))


class _Check:
    """One walk along the heads and the rows, both in their order."""

    def __init__(self, also: Sequence[Path]):
        files = [Path(sink.address) for sink in sinks.all_sinks() if sink.kind == "file"]
        self._journals = [journal.journal(), *files, *also]
        self._gaps = [(number, orjson.loads(line)["gap"]["kept"]) for number, (_next, line) in enumerate(journal.lines(journal.journal())) if b'"gap":' in line]
        self._rows = _Rows()
        self._before: dict | None = None

    def faults(self) -> Iterator[Fault]:
        copies = [(line for _next, line in journal.lines(path)) for path in self._journals]
        for number, lines in enumerate(zip_longest(*copies)):
            fault = self._not_the_same(lines) or self._fault_of(number, orjson.loads(next(line for line in lines if line)))
            if fault:
                yield fault
                return
        if self._before and not heads.is_authentic(self._before):
            yield _unsigned(self._before)

    def _not_the_same(self, lines: tuple) -> Fault | None:
        told = [line for line in lines if line]
        if lines[0] is None and orjson.loads(told[0])["at"] > (heads.last_head() or {"at": ""})["at"]:  # not written since we began
            return Fault("", 0, 0, "head", f"the journal ends before the head of {orjson.loads(told[0])['at']}, which a copy elsewhere has")
        other = next((line for line in told if line != told[0]), None)
        return Fault("", 0, 0, "head", f"the head of {orjson.loads(other)['at']} differs between the journal and its copy elsewhere") if other else None

    def _fault_of(self, number: int, head: dict) -> Fault | None:
        before, self._before = self._before, head
        if before and not _same_signer(before, head) and not heads.is_authentic(before):
            return _unsigned(before)
        if "mac" in head:  # each of the old ones stands alone
            return _unsigned(head) if not heads.is_authentic(head) else self._rows_differ(number, head, before)
        if head["previous"] != (heads.digest_of(before) if before else ""):
            return Fault("", 0, 0, "head", f"the head before that of {head['at']} was altered or taken out")
        if "gap" in head:
            self._rows.back_to(head["after"])
            return None
        if head["after"] != (before["upto"] if before else 0) or head["rolled"] != heads.rolled_on(heads.rolled_of(before), head):
            follows = f"the head of {head['at']} does not follow the one before"
            return Fault("", 0, 0, "head", follows) if heads.is_authentic(head) else _unsigned(head)
        return self._rows_differ(number, head, before)

    def _rows_differ(self, number: int, head: dict, before: dict | None) -> Fault | None:
        after = before["upto"] if before else 0
        limit = min((kept for gap, kept in self._gaps if gap > number), default=head["upto"])
        if after >= limit and head["upto"] > limit:
            return None  # lost, and the gap was accepted
        rows = self._rows.upto(min(head["upto"], limit))
        if head["upto"] > limit:
            known = [said for said in head["rows"] if said[0] <= limit]
            return None if known == [heads.said_of(row) for row in rows] else _first_difference(head | {"rows": known}, rows)
        count = (before["count"] if before else 0) + len(rows)
        return None if count == head["count"] and _holds(head, before, rows) else _first_difference(head, rows)


class _Rows:
    """The events in the order of their ids, read on and on."""

    def __init__(self):
        self.back_to(0)

    def back_to(self, after: int) -> None:
        """Reads on behind this id."""
        query = sa.select(Event.id, Event.case_id, Event.seq, heads.LINK.label("link")).where(Event.id > after).order_by(Event.id)
        self._rows = iter(session().execute(query.execution_options(yield_per=TOGETHER)))
        self._next = next(self._rows, None)

    def upto(self, event_id: int) -> list:
        """The rows up to this id that were not read yet."""
        found = []
        while self._next is not None and self._next.id <= event_id:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


def _holds(head: dict, before: dict | None, rows: list) -> bool:
    if "mac" in head:
        return heads.old_rolled(heads.rolled_of(before), rows) == head["digest"]
    try:
        return merkle.root_of([row.link for row in rows], head["hash"]) == head["root"]
    except ValueError:  # a link that is no hexadecimal text
        return False


def _same_signer(one: dict, other: dict) -> bool:
    """A head vouches for the one before it by `previous`: only where the signer changes must both be looked at."""
    return all(one.get(name) == other.get(name) for name in ("algorithm", "key", "version")) and "mac" not in other


def _unsigned(head: dict) -> Fault:
    return Fault("", 0, 0, "anchor", f"the head of {head.get('at')} is not signed with a known key, or was altered")


def _first_difference(head: dict, rows: list) -> Fault:
    there = {row.id: heads.said_of(row) for row in rows}
    for said in head["rows"]:
        event_id, case_id, seq, *_link = said
        if there.pop(event_id, None) != said:
            return Fault(_number(case_id), seq, event_id, "anchor",
                         f"event {event_id} (case {case_id}, event {seq}) is not what the head of {head['at']} knows, or gone{_ends_before(event_id)}")
    for event_id, (_id, case_id, seq, _link) in there.items():
        return Fault(_number(case_id), seq, event_id, "anchor", f"event {event_id} was put in after the head of {head['at']}")
    return Fault("", 0, 0, "anchor", f"events up to {head['upto']} are not those of the head of {head['at']}")


def _ends_before(event_id: int) -> str:
    """A word more where nothing from this event on is there: the end was cut, or an older copy was put in its place (G-14)."""
    newest, last = session().scalar(sa.select(sa.func.max(Event.id))) or 0, heads.last_head()
    if newest >= event_id or last is None:
        return ""
    count = session().scalar(sa.select(sa.func.count()).select_from(Event))
    known = f"the head of {last['at']} knows {last['count']}"
    return f"; the database ends at event {newest} with {count} events, {known}: the end was cut or an older copy restored"


def _number(case_id: int) -> str:
    return session().scalar(sa.select(Case.number).where(Case.id == case_id)) or ""


def _bad_stamps(every: bool) -> Iterator[Fault]:
    """Answers of time stamp authorities that are not over the head they were given for."""
    for sink in sinks.all_sinks():
        if sink.kind != "rfc3161":
            continue
        newest = sinks.state_of(sink.name).count - (sinks.state_of(sink.name).count if every else NEWEST)
        wanted = {said["head"]: said for number, said in enumerate(journal.heads_in(sinks.receipts_of(sink))) if number >= newest}
        for head in journal.heads_in(journal.journal()) if wanted else ():
            said = wanted.pop(heads.digest_of(head), None)
            if said and (wrong := stamps.why_not(sinks.answer_in(said), head)):
                yield Fault("", 0, 0, "stamp", f"the head of {head['at']}: {wrong}")
        for said in wanted.values():
            yield Fault("", 0, 0, "stamp", f"a time stamp of {said['head_at']} belongs to no head: the journal was rewritten")
