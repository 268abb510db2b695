"""Tree digests: what is written in a JSON value, so that a part of it can be erased later and the digest still holds.

Anybody may import it; it knows neither database nor keys. The scheme (docs/audit/proof.md has it for third parties):

* A *branch* is a dict, or a list that holds a dict; everything else, and what is empty, is a *leaf*. The path of a leaf is a JSON pointer.
* leaf salt = HMAC(salt, path), its first 16 bytes; leaf digest = H(leaf salt ‖ canonical JSON of the leaf).
* digest of a dict = H(canonical JSON of [[key, digest], …] sorted by key), of a list = H(canonical JSON of [digest, …]).
* An erased part is `{"$erased": its digest}`. Then the salt is thrown away, and the leaf salts of what remains are `kept`:
  whoever held the salt could guess what was erased. A mark in a value whose salt is still there is none: it is what somebody typed.

H and HMAC are those of the row's algorithm. Digests, salts and kept salts are lower-case hexadecimal text.
"""
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial

import orjson

ERASED = "$erased"
SALT_BYTES = 16
# Algorithm -> its hash function; further ones need only a row here, with blocks of 64 bytes.
HASHES: dict[str, Callable] = {"sha256": hashlib.sha256, "sm3": partial(hashlib.new, "sm3")}
_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


def new_salt() -> str:
    """A salt for one row, of the machine's random source: nobody can make it again once it is thrown away."""
    return secrets.token_hex(SALT_BYTES)


def canonical(value) -> bytes:
    """Canonical JSON: keys sorted, no blanks, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def hash_of(value, algorithm: str = "sha256") -> str:
    """H of the canonical JSON of a value."""
    return HASHES[algorithm](canonical(value)).hexdigest()


def tree_digest(value, salt: str, kept: Mapping[str, str] | None = None, algorithm: str = "sha256") -> str:
    """The digest of a value under its row's salt; of a row of which something was erased under its `kept` leaf salts.

    Raises KeyError where neither says the salt of a leaf.
    """
    return _digester(salt, kept, HASHES[algorithm])(value, "")


def redact(value, salt: str, kept: Mapping[str, str] | None, paths: Iterable[str], algorithm: str = "sha256") -> tuple[object, dict[str, str]]:
    """(the value with these leaves or branches erased, the leaf salts of what remains). The tree digest stays as it is.

    `paths`: JSON pointers; one below a part that is erased already, or that leads nowhere, changes nothing. The caller
    throws the row's salt away. Raises KeyError where a salt is missing.
    """
    salt_of = _salts(salt, kept, HASHES[algorithm])
    redacted = _redacted(value, "", frozenset(paths), _digester(salt, kept, HASHES[algorithm]), kept is not None)
    return redacted, {path: salt_of(path).hex() for path, _leaf in leaves_of(redacted)}


def leaves_of(value, path: str = "") -> Iterator[tuple[str, object]]:
    """(path, leaf) of every leaf that is still there."""
    if is_erased(value):
        return
    if is_branch(value):
        for place, child in _children(value):
            yield from leaves_of(child, f"{path}/{place}")
    else:
        yield path, value


def erased_of(value, path: str = "") -> Iterator[str]:
    """The paths of what was erased."""
    if is_erased(value):
        yield path
    elif is_branch(value):
        for place, child in _children(value):
            yield from erased_of(child, f"{path}/{place}")


def is_erased(value) -> bool:
    """Whether this stands where something was erased."""
    return type(value) is dict and len(value) == 1 and ERASED in value


def is_branch(value) -> bool:
    """Whether a value is descended into."""
    return bool(value) and (type(value) is dict or (type(value) is list and any(type(child) is dict for child in value)))


@lru_cache(maxsize=4096)
def pointer(key: str) -> str:
    """A key as one step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def _children(value) -> list[tuple[str, object]]:
    if type(value) is dict:
        return [(pointer(key), value[key]) for key in sorted(value)]
    return [(str(index), child) for index, child in enumerate(value)]


def _digester(salt: str, kept: Mapping[str, str] | None, make: Callable) -> Callable[[object, str], str]:
    """(value, path) -> digest. Written for speed: a long form has a thousand leaves, and a verification a hundred million."""
    salt_of, dumps, marked = _salts(salt, kept, make), orjson.dumps, kept is not None

    def digest(value, path: str) -> str:
        if type(value) is dict and value:
            if marked and len(value) == 1 and ERASED in value:
                return value[ERASED]
            pairs = []
            for key in sorted(value):
                child, place = value[key], f"{path}/{pointer(key)}"
                if type(child) is dict or type(child) is list:
                    pairs.append((key, digest(child, place)))
                else:
                    pairs.append((key, make(salt_of(place) + dumps(child)).hexdigest()))
            return make(dumps(pairs)).hexdigest()
        if type(value) is list and is_branch(value):
            return make(dumps([digest(child, f"{path}/{index}") for index, child in enumerate(value)])).hexdigest()
        return make(salt_of(path) + canonical(value)).hexdigest()

    return digest


def _redacted(value, path: str, paths: frozenset[str], digest: Callable, marked: bool):
    """`marked`: whether marks in the value are marks; one that somebody typed becomes one, or none could tell them apart."""
    if marked and is_erased(value):
        return value
    if path in paths or is_erased(value):
        return {ERASED: digest(value, path)}
    if not is_branch(value):
        return value
    if type(value) is dict:
        return {key: _redacted(child, f"{path}/{pointer(key)}", paths, digest, marked) for key, child in value.items()}
    return [_redacted(child, f"{path}/{index}", paths, digest, marked) for index, child in enumerate(value)]


def _salts(salt: str, kept: Mapping[str, str] | None, make: Callable) -> Callable[[str], bytes]:
    """path -> leaf salt: looked up where something was erased, else derived."""
    if kept is not None:
        return lambda path: _kept_salt(kept[path])
    if not salt:
        raise KeyError("salt")
    # HMAC by hand (RFC 2104): the ready-made one costs five times as much for a message this short.
    key = bytes.fromhex(salt).ljust(_BLOCK, b"\0")
    inner, outer = key.translate(_INNER), key.translate(_OUTER)

    def salt_of(path: str) -> bytes:
        return make(outer + make(inner + path.encode()).digest()).digest()[:SALT_BYTES]

    return salt_of


def _kept_salt(text: str) -> bytes:
    """Raises ValueError for one of another length: it could have swallowed the beginning of its leaf, and 95 would read 5."""
    salt = bytes.fromhex(text)
    if len(salt) != SALT_BYTES:
        raise ValueError("kept salt")
    return salt
