"""What proves a pack: the signed heads that its events are in, the way of each event into them, public keys, the signature of the list."""
from __future__ import annotations

import sqlalchemy as sa

from app.audit.packs.writing import PackWriter, json_of
from app.proof import heads, merkle, signers
from app.store import session
from app.store.models import Case, Event


def add_proof(pack: PackWriter, cases: list[Case]) -> None:
    """Adds the place of every event below the heads, those heads and all public keys. Raises signers.SignerFailed."""
    known = _Places()
    for case in cases:
        ids = session().execute(sa.select(Event.id, Event.seq).where(Event.case_id == case.id).order_by(Event.seq)).all()
        places = ((seq, known.place_of(event_id)) for event_id, seq in ids)
        pack.add(f"cases/{case.number}/inclusion.json", json_of([{"seq": seq, **place} for seq, place in places if place]))
    pack.add("proof/heads.json", json_of(list(known.heads.values())))
    pack.add("proof/keys.json", json_of(signers.public_keys()))


def sign_manifest(content: bytes) -> dict:
    """{algorithm, key, public_key, signature} of the list, by the key that signs heads. Raises signers.SignerFailed."""
    algorithm, key_id = signers.current()
    return {"algorithm": algorithm, "key": key_id, "public_key": signers.public_key(algorithm, key_id), "signature": signers.sign(content, algorithm, key_id)}


class _Places:
    """Where events lie below heads; the rows of a head are read once, for the events of a case mostly lie in few.

    Nothing is compared here: of rows that are not what their head knows the places lead elsewhere, and whoever checks the pack sees it.
    """

    def __init__(self):
        self.heads: dict[str, dict] = {}  # digest -> head, of those that were needed
        self._links: dict[str, tuple[dict[int, int], list[str]]] = {}

    def place_of(self, event_id: int) -> dict | None:
        """{head, index, size, path}; None while no head covers the event, or none with a tree does."""
        digest = next((digest for digest, head in self.heads.items() if head["after"] < event_id <= head["upto"]), None) or self._learn(event_id)
        if digest is None:
            return None
        index, links = self._links[digest]
        return {"head": digest, "index": index[event_id], "size": len(links), "path": merkle.path_to(links, index[event_id], self.heads[digest]["hash"])}

    def _learn(self, event_id: int) -> str | None:
        head = heads.head_over(event_id)
        if head is None:
            return None
        head = heads.compact(head)
        rows = heads.rows_between(head["after"], head["upto"])
        digest = heads.digest_of(head)
        self.heads[digest] = head
        self._links[digest] = {row.id: place for place, row in enumerate(rows)}, [row.link for row in rows]
        return digest
