"""What an event's hash and MAC are over. Anybody may import it; it reads nothing and knows no key.

The hash anybody can check (docs/audit/proof.md); the MAC only the service can make. Rows before migration 0021 have no
scheme: their MAC is over all they say, and stands where the hash stands in later rows.
"""
from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timezone

import orjson

from app.proof.digests import ERASED, canonical, hash_of, is_erased, tree_digest

OLD = ""  # the scheme of rows before there were schemes
ERASURE = "erase"  # kind of the event that is the record of what was erased from its case
NAME = "/actor_name"  # path of what lies in a text column: erased, it holds the JSON of its erasure


def instant_of(at: datetime) -> str:
    """The moment of an event as its hash has it: ISO 8601 in UTC, with microseconds where there are any."""
    return at.astimezone(timezone.utc).isoformat()


def said_by(event) -> dict:
    """The part of an event that can be erased, as a value for a tree digest."""
    return {"actor_name": name_said(event.actor_name), "on_behalf_of": event.on_behalf_of, "outcome": event.outcome, "details": event.details}


def name_said(text: str):
    """A text column's value: itself, or `{"$erased": digest}` where it was erased."""
    return orjson.loads(text) if text.startswith(f'{{"{ERASED}":') else text


def name_stored(value) -> str:
    """The other way round."""
    return canonical(value).decode() if is_erased(value) else value


def hash_of_event(event, number: str, previous: str) -> str:
    """The public hash of an event of the case with this number, after the event whose link is `previous` ("" at the first).

    Raises KeyError where the row lost the salt of something that it still says.
    """
    tree = tree_digest(said_by(event), event.salt, event.kept, event.scheme)
    return hash_of([
        previous, number, event.seq, instant_of(event.at), event.kind, event.element, event.task_id, event.actor_id, tree,
        event.answers_digest, event.state_digest, event.scheme,
    ], event.scheme)


def mac_of(event, number: str, previous: str, key: bytes) -> str:
    """The MAC that only the service can make: over the row's hash; of an old row over all that it says."""
    said = event.hash.encode() if event.scheme else _old_words(event, number, previous)
    return hmac.new(key, said, hashlib.sha256).hexdigest()


def link_of(event) -> str:
    """What the next event of the case, the case and the heads hold on to."""
    return event.hash if event.scheme else event.mac


def answers_digest_of(row) -> str:
    """The digest of a revision of answers, made anew from its data; of old rows without salt."""
    if row.scheme:
        return tree_digest(row.data, row.salt, row.kept, row.scheme)
    return _old_digest(row.data, row.kept)


def _old_words(event, number: str, previous: str) -> bytes:
    return orjson.dumps([
        previous, number, event.seq, instant_of(event.at), event.kind, event.element, event.task_id, event.actor_id,
        event.actor_name, event.on_behalf_of, event.outcome, _old_digest(event.details, event.kept), event.answers_digest, event.state_digest, event.key_id,
    ])


def _old_digest(value, kept) -> str:
    """Without salt, and so of the whole: an old value is erased as one or not at all."""
    return value[ERASED] if kept is not None and is_erased(value) else hash_of(value)
