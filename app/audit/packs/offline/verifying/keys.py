"""公钥与签名。Public keys as packs and heads name them, and whether something is signed."""
from verifying.digests import hash_of
from verifying.signatures import ed25519, sm2

ALGORITHMS = {"ed25519": ed25519, "sm2-sm3": sm2}


def fingerprint_of(public_key):
    """What people compare by telephone: the first of a public key's digest."""
    digest = hash_of(public_key, "sha256")[:16]
    return " ".join(digest[place:place + 4] for place in range(0, 16, 4))


def is_signed(signed, content):
    """Whether a signature {algorithm, public_key, signature} of some bytes is good; one of an unknown kind is not."""
    check = ALGORITHMS.get(signed["algorithm"])
    return check is not None and check(bytes.fromhex(signed["public_key"]), bytes.fromhex(signed["signature"]), content)
