"""Who signs heads: Ed25519, SM2 with SM3, or a program outside (an HSM). Keys lie outside the database; the public ones are told.

A head names its algorithm and key: after a change of either, older heads verify as before.
"""
from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app

from app import keys
from app.proof.digests import canonical, hash_of

PROGRAM = "command:"
WITHIN = 10  # seconds that an outside program has for a signature


class SignerFailed(Exception):
    """The outside program gave no signature."""


@dataclass(frozen=True)
class Algorithm:
    """One way to sign with a key file of 32 random bytes. Public keys and signatures are hexadecimal text."""

    name: str
    use: str  # of its key files
    public: Callable  # seed -> public key
    sign: Callable  # (seed, content) -> signature
    verify: Callable  # (public key, signature, content) -> whether it is right


def _ed25519_public(seed: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _ed25519_verify(public: str, signature: str, content: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _sm2(private: str, public: str):
    from gmssl.sm2 import CryptSM2

    made = CryptSM2(private_key=private, public_key=public)
    made.public_key = public  # it strips leading figures of a key that begins like a prefix
    return made


def _sm2_private(seed: bytes) -> str:
    from gmssl.sm2 import default_ecc_table

    order = int(default_ecc_table["n"], 16)
    return f"{int.from_bytes(seed) % (order - 2) + 1:064x}"


def _sm2_public(seed: bytes) -> str:
    made = _sm2(_sm2_private(seed), "")
    return made._kg(int(made.private_key, 16), made.ecc_table["g"])


def _sm2_verify(public: str, signature: str, content: bytes) -> bool:
    try:
        return len(signature) == 128 and bool(_sm2("", public).verify_with_sm3(signature, content))
    except ValueError:
        return False


ALGORITHMS = {one.name: one for one in (
    Algorithm("ed25519", "heads", _ed25519_public, lambda seed, content: Ed25519PrivateKey.from_private_bytes(seed).sign(content).hex(), _ed25519_verify),
    Algorithm("sm2-sm3", "sm2-heads", _sm2_public, lambda seed, content: _sm2(_sm2_private(seed), _sm2_public(seed)).sign_with_sm3(content), _sm2_verify),
)}


def current() -> tuple[str, str]:
    """(algorithm, key id) that sign now; made on first use. Raises SignerFailed."""
    chosen = current_app.config["HEAD_SIGNER"]
    if chosen.startswith(PROGRAM):
        told = _told_by_program(chosen)
        return told["algorithm"], told["key"]
    return chosen, keys.signing_key(ALGORITHMS[chosen].use)[0]


def sign(content: bytes, algorithm: str, key_id: str) -> str:
    """The signature of the signer in force. Raises SignerFailed."""
    chosen = current_app.config["HEAD_SIGNER"]
    if chosen.startswith(PROGRAM):
        return _run(chosen, content, "sign").decode().strip()
    return ALGORITHMS[algorithm].sign(keys.verifying_key(ALGORITHMS[algorithm].use, key_id), content)


def is_signed(content: bytes, signature: str, algorithm: str, key_id: str) -> bool | None:
    """Whether a signature is right; None where the key is not known here."""
    public = public_key(algorithm, key_id)
    return None if public is None else ALGORITHMS[algorithm].verify(public, signature, content)


def public_key(algorithm: str, key_id: str) -> str | None:
    """A public key, of the key files here or told by the outside program once."""
    if algorithm not in ALGORITHMS:
        return None
    seed = keys.verifying_key(ALGORITHMS[algorithm].use, key_id)
    if seed is not None:
        return ALGORITHMS[algorithm].public(seed)
    return next((each["public"] for each in _told_before() if (each["algorithm"], each["key"]) == (algorithm, key_id)), None)


def public_keys() -> list[dict]:
    """All public keys of heads, oldest first: {algorithm, key, public, signed_by, signature}; the newest that signs here vouches for the others."""
    told, (algorithm, key_id) = known_keys(), current()
    told.sort(key=lambda one: (one["algorithm"], one["key"]) == (algorithm, key_id))
    return [one | {"signed_by": key_id, "signature_algorithm": algorithm, "signature": sign(canonical(one), algorithm, key_id)} for one in told]


def known_keys() -> list[dict]:
    """Every public key that is known here: {algorithm, key, public}."""
    told = [{"algorithm": one.name, "key": key_id, "public": public_key(one.name, key_id)} for one in ALGORITHMS.values() for key_id in keys.key_ids(one.use)]
    return told + [each for each in _told_before() if each not in told]


def fingerprint(public: str) -> str:
    """What people compare by telephone: the first of its digest."""
    digest = hash_of(public)[:16]
    return " ".join(digest[place:place + 4] for place in range(0, 16, 4))


def rotate() -> str:
    """A new key for heads; what older ones signed still verifies. Raises SignerFailed where a program outside keeps them."""
    chosen = current_app.config["HEAD_SIGNER"]
    if chosen.startswith(PROGRAM):
        raise SignerFailed("the keys are those of an outside program: change them there")
    return keys.rotate(ALGORITHMS[chosen].use)


def _told_by_program(chosen: str) -> dict:
    told = orjson.loads(_run(chosen, b"", "public-key"))
    if not isinstance(told, dict) or told.get("algorithm") not in ALGORITHMS or not all(isinstance(told.get(name), str) for name in ("key", "public")):
        raise SignerFailed("the outside program told no public key")
    told, before = {name: told[name] for name in ("algorithm", "key", "public")}, _told_before()
    if told not in before:
        _told_file().touch(mode=0o600)  # beside keys: whatever others can read there is refused at start
        _told_file().write_bytes(orjson.dumps(before + [told]))
    return told


def _told_before() -> list[dict]:
    """Public keys of outside programs, kept beside the key files so that their heads verify without the program."""
    return orjson.loads(_told_file().read_bytes()) if _told_file().exists() else []


def _told_file() -> Path:
    return Path(current_app.config["KEYS"]) / "heads.public.json"


def _run(chosen: str, content: bytes, verb: str) -> bytes:
    try:
        done = subprocess.run([*shlex.split(chosen.removeprefix(PROGRAM)), verb], input=content, capture_output=True, timeout=WITHIN, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise SignerFailed(str(error)) from error
    return done.stdout
