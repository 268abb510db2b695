"""What proves a pack: the signed heads that its events are in, the way of each event into them, public keys, the signature of the list."""
from __future__ import annotations

from app.audit.packs.writing import PackWriter
from app.store.models import Case


def add_proof(pack: PackWriter, cases: list[Case]) -> None:
    """Adds heads, keys and the place of every event."""


def sign_manifest(content: bytes) -> dict:
    """{algorithm, key, public_key, signature} of the list."""
    return {}
