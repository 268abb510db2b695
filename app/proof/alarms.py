"""What the worker does at every beat of the anchors, and who is told when heads do not get out.

A sink, the journal itself or the signer may be down for an hour: commands go on, and within ALARM_AFTER administrators
have a notice, the log a line and the health page a word. What was missed is sent later, in order.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app
from flask_babel import gettext as _

from app.people import tellings
from app.people.directory import people_with_role
from app.proof import sinks
from app.proof.heads import RolledBack, age_of, last_head, write_heads
from app.proof.signers import SignerFailed
from app.store import transaction

ALARM_AFTER = timedelta(minutes=2)  # a restart of the other side is no alarm; five minutes are the limit (G-10)
DATABASE = "database"  # the name under which it is kept that the database is older than the heads
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Standing:
    """How one place of heads stands, for pages and health."""

    name: str
    kind: str  # journal|file|http|rfc3161
    address: str
    last: str  # when the last head that it has was written; "": none
    failing_since: str
    error: str
    behind: bool  # its last head is older than it may be


def beat(clock) -> None:
    """Writes the next heads, sends them, and raises or ends alarms."""
    try:
        write_heads(clock)
        sinks.note_success(sinks.JOURNAL)
        sinks.note_success(DATABASE)
    except RolledBack:
        # No notice from here: the worker tells of a database that was rolled back where it can say what is missing (backups).
        sinks.note_failure(DATABASE, "the database lacks events that the last head knows", clock)
        log.error("heads-stand-still", why="the database lacks events that the last head knows")
    except (OSError, SignerFailed) as error:
        _watch(sinks.JOURNAL, sinks.note_failure(sinks.JOURNAL, sinks.words_of(error), clock), clock)
    for sink, state in sinks.deliver(clock):
        _watch(sink.name, state, clock, address=sink.address)


def standings(clock) -> list[Standing]:
    """How the journal and every sink stand now."""
    limit = timedelta(seconds=2 * current_app.config["ANCHOR_EVERY"])
    head, own = last_head(), sinks.state_of(sinks.JOURNAL)
    found = [_standing(sinks.JOURNAL, sinks.JOURNAL, current_app.config["ANCHORS"], head["at"] if head else "", own, clock, limit)]
    for sink in sinks.all_sinks():
        state = sinks.state_of(sink.name)
        found.append(_standing(sink.name, sink.kind, sink.address, state.last, state, clock, limit))
    return found


def trouble(clock) -> str:
    """One word for the health page: "ok", or what does not get out."""
    head = last_head()
    if is_rolled_back():
        return "the database is older than the heads outside it"
    if head and age_of(head, clock) > ALARM_AFTER.total_seconds():
        return f"last head {age_of(head, clock):.0f} s ago"
    failing = [one for one in standings(clock) if one.failing_since and _long(one.failing_since, clock)]
    return "; ".join(f"{one.kind} {one.name} failing since {one.failing_since}" for one in failing) or "ok"


def is_rolled_back() -> bool:
    """Whether the database was found to lack what the last head knows."""
    return bool(sinks.state_of(DATABASE).failing_since)


def _standing(name, kind, address, last, state, clock, limit) -> Standing:
    behind = not last or clock() - datetime.fromisoformat(last) > limit
    return Standing(name, kind, address, last, state.failing_since, state.error, behind)


def _watch(name: str, state: sinks.State, clock, address: str = "") -> None:
    if not state.failing_since or state.told or not _long(state.failing_since, clock):
        return
    log.error("heads-not-anchored", sink=name, since=state.failing_since, error=state.error)
    text = _(
        "自 %(since)s 起，锚点没有写到 %(where)s。业务不受影响，恢复后会按顺序补写；请到“审计 → 防篡改”查看原因。",
        since=state.failing_since, where=address or current_app.config["ANCHORS"])
    with transaction():
        for party in people_with_role("administrator"):
            tellings.tell(party["ref"].partition(":")[2], _("事件记录的锚点写不出去"), text, clock)
    state.told = True
    sinks.save(name, state)


def _long(since: str, clock) -> bool:
    return clock() - datetime.fromisoformat(since) >= ALARM_AFTER
