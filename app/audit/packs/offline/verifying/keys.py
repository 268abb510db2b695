"""公钥与签名。Public keys as packs and heads name them, and whether something is signed."""
import hashlib

from verifying.signatures import ed25519, sm2

ALGORITHMS = {"ed25519": ed25519, "sm2-sm3": sm2, "sm2": sm2}


def fingerprint_of(public_key):
    """The SHA-256 of a public key, as hexadecimal text."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()


def is_signed(signed, content):
    """Whether a signature {algorithm, public_key, signature} of some bytes is good; one of an unknown kind is not."""
    check = ALGORITHMS.get(signed["algorithm"])
    return check is not None and check(bytes.fromhex(signed["public_key"]), bytes.fromhex(signed["signature"]), content)
