"""Merkle trees as RFC 6962 has them, over the links of events: a short proof that one event is below a head.

leaf = H(0x00 ‖ the link's bytes), node = H(0x01 ‖ left ‖ right); an empty tree is H of nothing. Knows nothing else.
"""
from __future__ import annotations

from collections.abc import Sequence

from app.proof.digests import HASHES


def root_of(links: Sequence[str], algorithm: str = "sha256") -> str:
    """The root over these hexadecimal links, in their order."""
    make = HASHES[algorithm]
    level = _leaves(links, make)
    while len(level) > 1:
        level = _parents(level, make)
    return (level[0] if level else make(b"").digest()).hex()


def path_to(links: Sequence[str], index: int, algorithm: str = "sha256") -> list[str]:
    """The hashes beside the way from the leaf at this index to the root, from below."""
    make, path = HASHES[algorithm], []
    level = _leaves(links, make)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside].hex())
        level, index = _parents(level, make), index // 2
    return path


def root_by(link: str, index: int, size: int, path: Sequence[str], algorithm: str = "sha256") -> str:
    """The root that a link and its path lead to, in a tree of this size. Raises IndexError where the path is too short."""
    make, rest = HASHES[algorithm], list(path)
    here = make(b"\0" + bytes.fromhex(link)).digest()
    while size > 1:
        if index ^ 1 < size:
            beside = bytes.fromhex(rest.pop(0))
            here = make(b"\1" + (beside + here if index % 2 else here + beside)).digest()
        index, size = index // 2, (size + 1) // 2
    return here.hex()


def _leaves(links: Sequence[str], make) -> list[bytes]:
    return [make(b"\0" + bytes.fromhex(link)).digest() for link in links]


def _parents(level: list[bytes], make) -> list[bytes]:
    # The last of an odd level goes up as it is: the same tree as RFC 6962's split at the largest power of two.
    pairs = [make(b"\1" + level[place] + level[place + 1]).digest() for place in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2:]
