"""Ed25519 signatures over what a certificate says. Only certificates/ imports it."""
from __future__ import annotations

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.certificates.models import Certificate
from app.keys import signing_key, verifying_key

USE = "certificate"


def sign_certificate(certificate: Certificate) -> None:
    """Signs all that the certificate says, its PDF included."""
    certificate.key_id, seed = signing_key(USE)
    certificate.signature = Ed25519PrivateKey.from_private_bytes(seed).sign(payload_of(certificate)).hex()


def is_authentic(certificate: Certificate) -> bool:
    """Whether the row says what was signed."""
    seed = verifying_key(USE, certificate.key_id)
    if seed is None:
        return False
    try:
        key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        key.verify(bytes.fromhex(certificate.signature), payload_of(certificate))
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
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
