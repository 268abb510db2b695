"""The drawing of lots itself: a commitment, a seed, an order, and who is taken. Pure, and of the standard library alone.

Anybody may import it. `docs/draws.md` describes it step by step, so that everybody can do it again without this service:
change nothing here; a new way gets a new name in ALGORITHM and the old one stays.
"""
from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from struct import unpack

ALGORITHM = "pingshen-draw-1"
_WORDS = ">4Q"  # of a block of the stream: four numbers of eight bytes
_ALL = 2 ** 64  # how many different numbers there are


def canonical(value) -> bytes:
    """JSON with sorted keys, without blanks, in UTF-8: the same bytes for the same content, everywhere."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest_of(value) -> str:
    """SHA-256 of the canonical JSON."""
    return sha256(canonical(value)).hexdigest()


def commitment_of(plan_digest: str, secret: str) -> str:
    """What is made known before the words are spoken: it binds the plan and the secret, and tells neither."""
    return sha256(f"{ALGORITHM}\n{plan_digest}\n{secret}".encode()).hexdigest()


def seed_of(commitment: str, secret: str, words: str) -> str:
    """The seed: of what was bound before and of the words that were spoken after."""
    return sha256(f"{ALGORITHM}\n{commitment}\n{secret}\n{unicodedata.normalize('NFC', words)}".encode()).hexdigest()


def order_of(refs: Iterable[str], seed: str) -> list[str]:
    """All in the order of the lot: sorted by reference, then shuffled (Fisher–Yates, from the last to the second)."""
    order = sorted(set(refs))
    numbers = _numbers(bytes.fromhex(seed))
    for last in range(len(order) - 1, 0, -1):
        other = _below(last + 1, numbers)
        order[last], order[other] = order[other], order[last]
    return order


def _numbers(seed: bytes) -> Iterator[int]:
    """SHA-256(seed ‖ counter) for counter 0, 1, 2 … of eight bytes; each gives four numbers of 64 bits, greatest byte first."""
    counter = 0
    while True:
        block = sha256(seed + counter.to_bytes(8, "big")).digest()
        yield from unpack(_WORDS, block)
        counter += 1


def _below(bound: int, numbers: Iterator[int]) -> int:
    """A number below the bound, all equally likely: those at the end that would make some likelier are passed over."""
    whole = _ALL - _ALL % bound
    number = next(numbers)
    while number >= whole:
        number = next(numbers)
    return number % bound


def take(order: Sequence[str], seats: Sequence[Mapping], fits: Mapping[str, Sequence[str]]) -> list[dict]:
    """Who sits where: seat by seat as listed, each the first in the order who fit it and are not taken yet.

    `seats`: [{name, count}]; `fits`: reference -> names of the seats they are eligible for. Gives [{name, drawn, missing}].
    """
    taken: set[str] = set()
    found = []
    for seat in seats:
        drawn = [ref for ref in order if ref not in taken and seat["name"] in fits.get(ref, ())][:seat["count"]]
        taken.update(drawn)
        found.append({"name": seat["name"], "drawn": drawn, "missing": seat["count"] - len(drawn)})
    return found


def faults_of(record: Mapping) -> list[str]:
    """What does not follow from the rest of a record of a draw; [] when everything does. Needs nothing but the record."""
    faults = []
    plan, people = record["plan"], record["plan"]["people"]

    def expect(what: str, stated, found) -> None:
        if stated != found:
            faults.append(f"{what}：记录为 {_brief(stated)}，重算为 {_brief(found)}")

    fits = {one["ref"]: one["seats"] for one in people if one["seats"]}
    expect("抽取方法", record["algorithm"], ALGORITHM)
    expect("人员库快照摘要", record["plan_digest"], digest_of(plan))
    expect("事先承诺", record["commitment"], commitment_of(record["plan_digest"], record["secret"]))
    expect("随机种子", record["seed"], seed_of(record["commitment"], record["secret"], record["words"]))
    expect("排列顺序", record["order"], order_of(fits, record["seed"]))
    expect("抽中人员", record["seats"], take(record["order"], plan["seats"], fits))
    expect("记录摘要", record["digest"], digest_of({key: value for key, value in record.items() if key != "digest"}))
    return faults


def _brief(value) -> str:
    text = value if isinstance(value, str) else canonical(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"
