"""RFC 3161 time stamps of heads: what is asked, and whether an answer is right. Only app/proof imports it."""
from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography import x509
from flask import current_app
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response

from app.proof.digests import canonical
from app.proof.heads import compact

GRANTED = (0, 1)  # PKIStatus: granted, granted with changes


def stamped(head: dict) -> bytes:
    """What a time stamp is over: the canonical JSON of the signed head without its rows; its SHA-256 goes to the authority."""
    return canonical(compact(head))


def request_for(head: dict) -> bytes:
    """The request as bytes, with the authority's certificate asked for."""
    asked = TimestampRequestBuilder().data(stamped(head)).hash_algorithm(HashAlgorithm.SHA256)
    return asked.cert_request(cert_request=True).nonce(nonce=False).build().as_bytes()


def why_not(answer: bytes, head: dict) -> str:
    """Why an answer is no good time stamp of this head; "" when it is. Signatures are checked where ANCHOR_TSA_ROOTS is set."""
    try:
        response = decode_timestamp_response(answer)
        if response.status not in GRANTED:
            return f"time stamp refused: {response.status} {response.status_string}"
        if response.tst_info.message_imprint.message != hashlib.sha256(stamped(head)).digest():
            return "the time stamp is of something else"
        roots = _roots()
        if roots:
            VerifierBuilder(roots=roots).build().verify_message(response, stamped(head))
    except (VerificationError, ValueError, TypeError, LookupError) as error:
        return f"time stamp not valid: {error}"
    return ""


def time_in(answer: bytes) -> str:
    """The moment that a time stamp gives, ISO 8601."""
    return decode_timestamp_response(answer).tst_info.gen_time.isoformat()


def _roots() -> list[x509.Certificate]:
    path = current_app.config["ANCHOR_TSA_ROOTS"]
    return x509.load_pem_x509_certificates(Path(path).read_bytes()) if path else []
