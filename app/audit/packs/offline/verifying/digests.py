"""摘要：规范 JSON、SM3、带盐树形摘要。只用 Python 标准库（3.8 及以上）。

The digests of a pack, written out for anybody: canonical JSON, SM3, salted tree digests.
This folder stands alone: it imports nothing of the service, and the service imports nothing of it but for tests.
"""
import hashlib
import json
import struct

ERASED = "$erased"


class Decimal(str):
    """A number as it stands in the file: the digest is over its text, and programs write 1e16 differently."""


def read_json(data):
    """JSON as it stands, with numbers that have a point or an exponent kept as their text."""
    return json.loads(data.decode("utf-8"), parse_float=Decimal)


def canonical(value):
    """Canonical JSON: keys sorted, no blanks, UTF-8."""
    return _written(value).encode("utf-8")


def _written(value):
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(key, ensure_ascii=False) + ":" + _written(value[key]) for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_written(child) for child in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def hashed(data, algorithm):
    """The 32 bytes of SHA-256 or SM3."""
    return sm3(data) if algorithm == "sm3" else hashlib.sha256(data).digest()


def hash_of(value, algorithm):
    """H of the canonical JSON of a value, as hexadecimal text."""
    return hashed(canonical(value), algorithm).hex()


def keyed(key, data, algorithm):
    """HMAC (RFC 2104) with blocks of 64 bytes; keys are shorter than a block."""
    block = key.ljust(64, b"\0")
    inner = hashed(bytes(byte ^ 0x36 for byte in block) + data, algorithm)
    return hashed(bytes(byte ^ 0x5C for byte in block) + inner, algorithm)


def tree_digest(value, salt, kept, algorithm):
    """The digest of a value under its salt, or under the kept salts of its leaves where something was erased.

    Raises KeyError or ValueError where no salt of a leaf is there.
    """
    if kept is None and not salt:
        raise KeyError("salt")
    key = bytes.fromhex(salt or "")

    def salt_of(path):
        return _kept_salt(kept[path]) if kept is not None else keyed(key, path.encode("utf-8"), algorithm)[:16]

    return _digest(value, "", salt_of, algorithm, kept is not None)


def _kept_salt(text):
    """One of another length could have swallowed the beginning of its leaf: 95 would read 5."""
    salt = bytes.fromhex(text)
    if len(salt) != 16:
        raise ValueError("kept salt")
    return salt


def _digest(value, path, salt_of, algorithm, marked):
    """`marked`: only where salts were thrown away can something have been erased."""
    if isinstance(value, dict) and value:
        if marked and len(value) == 1 and ERASED in value:
            return value[ERASED]
        return hash_of([[key, _digest(value[key], path + "/" + pointer(key), salt_of, algorithm, marked)] for key in sorted(value)], algorithm)
    if isinstance(value, list) and any(isinstance(child, dict) for child in value):
        return hash_of([_digest(child, "%s/%d" % (path, place), salt_of, algorithm, marked) for place, child in enumerate(value)], algorithm)
    return hashed(salt_of(path) + canonical(value), algorithm).hex()


def marks_in(value):
    """How many places of a value are marked as erased."""
    if isinstance(value, dict):
        return 1 if len(value) == 1 and ERASED in value else sum(marks_in(child) for child in value.values())
    return sum(marks_in(child) for child in value) if isinstance(value, list) else 0


def pointer(key):
    """A key as one step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


# SM3 (GB/T 32905-2016)
_MASK = 0xFFFFFFFF
_START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def sm3(data):
    """The 32 bytes of SM3."""
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack(">Q", len(data) * 8)
    state = _START
    for start in range(0, len(padded), 64):
        state = _compressed(state, padded[start:start + 64])
    return struct.pack(">8I", *state)


def _left(word, by):
    by %= 32
    return ((word << by) | (word >> (32 - by))) & _MASK


def _compressed(state, block):
    words = _expanded(block)
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        ss1 = _left((_left(a, 12) + e + _left(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & _MASK, 7)
        mixed = (a ^ b ^ c, e ^ f ^ g) if j < 16 else ((a & b) | (a & c) | (b & c), (e & f) | (~e & g))
        tt1 = (mixed[0] + d + (ss1 ^ _left(a, 12)) + (words[j] ^ words[j + 4])) & _MASK
        tt2 = (mixed[1] + h + ss1 + words[j]) & _MASK
        a, b, c, d, e, f, g, h = tt1, a, _left(b, 9), c, tt2 ^ _left(tt2, 9) ^ _left(tt2, 17), e, _left(f, 19), g
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h)))


def _expanded(block):
    words = list(struct.unpack(">16I", block))
    for j in range(16, 68):
        mixed = words[j - 16] ^ words[j - 9] ^ _left(words[j - 3], 15)
        words.append(mixed ^ _left(mixed, 15) ^ _left(mixed, 23) ^ _left(words[j - 13], 7) ^ words[j - 6])
    return words
