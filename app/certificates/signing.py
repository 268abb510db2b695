"""Signatures over what a certificate says, by algorithms that are kept by name. Only certificates/ imports it.

Each certificate names its algorithm and key, so that a change of either leaves the older ones verifiable. The public
keys are published: anybody can verify a certificate without this service.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app

from app.certificates.models import Certificate
from app.keys import key_ids, signing_key, verifying_key

ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ECDSA = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class Algorithm:
    """One way to sign. A key is 32 random bytes in a file of its `use`; a signature is 64 bytes."""

    name: str
    use: str
    key: Callable  # seed -> private key
    sign: Callable  # (private key, content) -> signature
    verify: Callable  # (public key, signature, content); raises InvalidSignature


def _p256_key(seed: bytes):
    return ec.derive_private_key(int.from_bytes(seed) % (ORDER_P256 - 1) + 1, ec.SECP256R1())


def _p256_sign(key, content: bytes) -> bytes:
    r, s = utils.decode_dss_signature(key.sign(content, ECDSA))
    return r.to_bytes(32) + s.to_bytes(32)


def _p256_verify(key, signature: bytes, content: bytes) -> None:
    if len(signature) != 64:
        raise InvalidSignature()
    key.verify(utils.encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:])), content, ECDSA)


ALGORITHMS = {one.name: one for one in (
    Algorithm("ed25519", "certificate", Ed25519PrivateKey.from_private_bytes, lambda key, content: key.sign(content),
              lambda key, signature, content: key.verify(signature, content)),
    Algorithm("ecdsa-p256", "p256-certificate", _p256_key, _p256_sign, _p256_verify),
)}


def sign_certificate(certificate: Certificate) -> None:
    """Signs all that the certificate says, its PDF included, with the newest key of the algorithm in force."""
    algorithm = ALGORITHMS[current_app.config["CERTIFICATE_ALGORITHM"]]
    certificate.algorithm = algorithm.name
    certificate.key_id, seed = signing_key(algorithm.use)
    certificate.signature = algorithm.sign(algorithm.key(seed), payload_of(certificate)).hex()


def is_authentic(certificate: Certificate) -> bool:
    """Whether the row says what was signed."""
    algorithm = ALGORITHMS.get(certificate.algorithm)
    seed = verifying_key(algorithm.use, certificate.key_id) if algorithm else None
    if seed is None:
        return False
    try:
        algorithm.verify(algorithm.key(seed).public_key(), bytes.fromhex(certificate.signature), payload_of(certificate))
    except (InvalidSignature, ValueError):
        return False
    return True


def payload_of(certificate: Certificate) -> bytes:
    """The canonical bytes: JSON with sorted keys. The state is not part of it: it changes, the paper does not."""
    said = {
        "number": certificate.number, "code": certificate.code, "case": certificate.case_id, "holder": certificate.holder,
        "name": certificate.holder_name, "title": certificate.title, "fields": certificate.fields,
        "issued_at": certificate.issued_at.isoformat(timespec="microseconds"), "replaces": certificate.replaces,
        "pdf": certificate.pdf_digest,
    }
    if (certificate.edition or 1) > 1:
        said["edition"] = certificate.edition
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def proof_of(certificate: Certificate) -> dict:
    """What lets anybody verify the certificate away from here: the signed text, the signature, which key."""
    return {"algorithm": certificate.algorithm, "key": certificate.key_id, "signature": certificate.signature,
            "signed": payload_of(certificate).decode()}


def public_keys() -> list[dict]:
    """Every public key that ever signed here: {algorithm, key, pem}, in the order of their making."""
    found = []
    for algorithm in ALGORITHMS.values():
        for key_id in key_ids(algorithm.use):
            key = algorithm.key(verifying_key(algorithm.use, key_id)).public_key()
            pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
            found.append({"algorithm": algorithm.name, "key": key_id, "pem": pem})
    return found
