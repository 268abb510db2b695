"""The sealed box: slots of one byte each, shuffled and sealed anew at every vote. Only ballots/ imports it."""
from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

from app.errors import PingshenError
from app.keys import signing_key

EMPTY = 0
NONCE_BYTES = 12


class BoxDamaged(PingshenError):
    """票箱无法打开或与投票人数不符，投票已暂停。请联系系统管理员，必要时重新投票。"""

    code = "box-damaged"


def seal(ballot_id: str, slots: bytes) -> bytes:
    """The slots in a random order, sealed: 12 bytes nonce, one byte per slot, 16 bytes tag."""
    shuffled = list(slots)
    secrets.SystemRandom().shuffle(shuffled)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(ballot_id)).encrypt(nonce, bytes(shuffled), ballot_id.encode())


def unseal(ballot_id: str, sealed: bytes) -> bytes:
    """The slots. Raises BoxDamaged when the blob is not what was sealed, or its key is gone."""
    if not _key_file(ballot_id).exists():
        raise BoxDamaged(ballot=ballot_id)
    try:
        return AESGCM(_key(ballot_id)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], ballot_id.encode())
    except InvalidTag:
        raise BoxDamaged(ballot=ballot_id) from None


def put_choice(slots: bytes, choice: int) -> bytes:
    """The slots with one more filled; `choice` is 1 for the first option."""
    free = slots.index(EMPTY)
    return slots[:free] + bytes([choice]) + slots[free + 1:]


def destroy_key(ballot_id: str) -> None:
    """Makes every sealed state of this box unreadable for ever."""
    _key_file(ballot_id).unlink(missing_ok=True)


def _key(ballot_id: str) -> bytes:
    return signing_key(f"ballot-{ballot_id}")[1]


def _key_file(ballot_id: str) -> Path:
    return Path(current_app.config["KEYS"]) / f"ballot-{ballot_id}-1"
