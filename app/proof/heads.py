"""Heads: signed words about the whole event log, written outside the database every ANCHOR_EVERY seconds and sent to the sinks.

A chain inside the database proves nothing against whoever can write that database (faults, finding 6): a head says how
many events there were and what they were, and lies elsewhere. docs/audit/proof.md tells third parties how to check one.
"""
from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from itertools import takewhile

import orjson
import sqlalchemy as sa
from flask import current_app

from app import keys
from app.operations.contexts import instant
from app.proof import journal, merkle, signers
from app.proof.digests import canonical, hash_of
from app.store import session
from app.store.models import Event

OLD_KEY_USE = "anchors"  # of heads before version 2: signed by MAC
VERSION = 2
SETTLED = timedelta(seconds=10)  # a command lasts milliseconds: older events have no slower neighbour still to come
MOST = 10_000  # events of one head; the next one goes on from there
NOT_SIGNED = ("rows", "signature")
LINK = sa.case((Event.scheme == "", Event.mac), else_=Event.hash)  # as chain.link_of
_ROWS = sa.select(Event.id, Event.case_id, Event.seq, LINK.label("link"))


class RolledBack(Exception):
    """The database does not hold what the last head says: somebody cut it or put an older copy in its place."""


def write_heads(clock, settled: timedelta = SETTLED) -> dict:
    """Writes heads until all settled events are below one, at least one: it shows that the worker lives. Returns the last.

    Raises RolledBack, signers.SignerFailed, OSError where the journal cannot be written; the next call then covers all.
    """
    with journal.writing():
        head = _write(clock, settled)
        while head["upto"] - head["after"] >= MOST and len(head["rows"]) == MOST:
            head = _write(clock, settled)
    return head


def last_head() -> dict | None:
    """The newest head, or None."""
    line = journal.last_line(journal.journal())
    return orjson.loads(line) if line else None


def latest_at() -> datetime | None:
    """When the newest head was written, or None."""
    head = last_head()
    return datetime.fromisoformat(head["at"]) if head else None


def compact(head: dict) -> dict:
    """The head without the list of its rows, as it goes to sinks and packs."""
    return {name: value for name, value in head.items() if name != "rows"}


def digest_of(head: dict) -> str:
    """The digest that the next head calls `previous`."""
    return hash_of(compact(head), head.get("hash", "sha256"))


def signed_part(head: dict) -> bytes:
    """The bytes that are signed: canonical JSON of all but rows and signature."""
    return canonical({name: value for name, value in head.items() if name not in NOT_SIGNED})


def is_authentic(head: dict) -> bool:
    """Whether a head is signed with a key that is known here."""
    if "mac" in head:
        key = keys.verifying_key(OLD_KEY_USE, head.get("key", ""))
        return key is not None and hmac.compare_digest(old_mac(head, key), head["mac"])
    return bool(signers.is_signed(signed_part(head), head.get("signature", ""), head.get("algorithm", ""), head.get("key", "")))


def said_of(row) -> list:
    """What a head's list says of one event: enough to name the first that is not as it was."""
    return [row.id, row.case_id, row.seq, row.link[:16]]


def rolled_on(before: str, head: dict) -> str:
    """The digest of the whole log up to this head."""
    return hash_of([before, head["root"], head["count"], head["upto"]], head["hash"])


def rolled_of(head: dict | None) -> str:
    """The rolled digest that a head ends with."""
    return head.get("rolled", head.get("digest", "")) if head else ""


def old_rolled(digest: str, rows) -> str:
    """As heads before version 2 rolled: row by row."""
    for row in rows:
        digest = hashlib.sha256(orjson.dumps([digest, row.id, row.case_id, row.seq, row.link])).hexdigest()
    return digest


def old_mac(head: dict, key: bytes) -> str:
    """The MAC of a head before version 2."""
    return hmac.new(key, canonical({name: value for name, value in head.items() if name != "mac"}), hashlib.sha256).hexdigest()


def finish(head: dict, previous: dict | None) -> dict:
    """Adds what a head says of the one before it, and the signature."""
    algorithm, key_id = signers.current()
    head |= {"version": VERSION, "hash": current_app.config["HASH"], "previous": digest_of(previous) if previous else ""}
    head |= {"rolled": rolled_on(rolled_of(previous), head), "algorithm": algorithm, "key": key_id}
    return head | {"signature": signers.sign(signed_part(head), algorithm, key_id)}


def rows_between(after: int, upto: int):
    """The events of a head, in the order of its tree."""
    return session().execute(_ROWS.where(Event.id > after, Event.id <= upto).order_by(Event.id)).all()


def _write(clock, settled: timedelta) -> dict:
    previous = last_head()
    _ensure_forward(previous)
    after = previous["upto"] if previous else 0
    rows = _settled_rows(after, clock, settled)
    head = {
        "at": instant(clock()), "after": after, "upto": rows[-1].id if rows else after, "count": (previous["count"] if previous else 0) + len(rows),
        "root": merkle.root_of([row.link for row in rows], current_app.config["HASH"]),
        "last": rows[-1].link if rows else _last_link(previous), "rows": [said_of(row) for row in rows],
    }
    head = finish(head, previous)
    journal.add_line(journal.journal(), head)
    return head


def _ensure_forward(previous: dict | None) -> None:
    """The event the last head ended with must still be there."""
    link = _last_link(previous)
    if link and session().scalar(sa.select(LINK).where(Event.id == previous["upto"])) != link:
        raise RolledBack()


def _last_link(previous: dict | None) -> str:
    return previous.get("last", "") if previous else ""


def _settled_rows(after: int, clock, settled: timedelta) -> list:
    rows = session().execute(
        sa.select(Event.id, Event.case_id, Event.seq, LINK.label("link"), Event.at).where(Event.id > after).order_by(Event.id).limit(MOST))
    until = clock() - settled - _oldest_writer()
    # Up to the first that is too young, not all that are old enough: a head must not step over an event whose number
    # is lower and whose time is later than its neighbour's.
    return list(takewhile(lambda row: row.at <= until, rows))


def _oldest_writer() -> timedelta:
    """How long the slowest transaction that writes has been under way: it may hold a number below those we see (PostgreSQL)."""
    if session().get_bind().dialect.name != "postgresql":
        return timedelta()
    query = "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity " \
            "WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
    return timedelta(seconds=float(session().scalar(sa.text(query))))


def inclusion(event: Event) -> dict | None:
    """The proof that an event is below a head: {head, index, size, path}; None while none covers it, or none with a tree does.

    `merkle.root_by(link, index, size, path)` of the event's link is the head's root. For packs.
    """
    head = head_over(event.id)
    if head is None:
        return None
    rows = rows_between(head["after"], head["upto"])
    place = next((number for number, row in enumerate(rows) if row.id == event.id), None)
    links = [row.link for row in rows]
    if place is None or merkle.root_of(links, head["hash"]) != head["root"]:  # tampered with: verify tells where
        return None
    return {"head": compact(head), "index": place, "size": len(rows), "path": merkle.path_to(links, place, head["hash"])}


def head_over(event_id: int) -> dict | None:
    """The head with a tree that covers an event, whether or not the event is what it knows; None where there is none."""
    head = journal.first_reaching(journal.journal(), event_id)
    return None if head is None or "root" not in head or event_id <= head["after"] else head


def age_of(head: dict, clock) -> float:
    """Seconds since a head was written."""
    return (clock() - datetime.fromisoformat(head["at"])).total_seconds()
