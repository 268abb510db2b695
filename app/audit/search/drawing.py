"""The draw of a sample: a seed, an order, and how many of each stratum. Pure; the lot itself is that of `app/pools/lots.py`.

`docs/audit/search.md` says it step by step, so that anybody can do it again. Change nothing here: a new way gets a new
name and the old one stays.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timezone

from app.pools import lots

ALGORITHM = "pingshen-sample-1"


def seed_of(population: Sequence[Sequence[str]], chance: str, said: str) -> str:
    """The seed: of all that could be drawn, of what the service drew, and of words that somebody said."""
    return lots.digest_of([ALGORITHM, lots.digest_of(population), chance, said])


def drawn_from(population: Sequence[Sequence[str]], seed: str, wanted: int) -> list[str]:
    """The case numbers drawn: in the order of the lot, of each stratum as many as `shares` gives it."""
    strata: dict[str, int] = {}
    for _number, stratum in population:
        strata[stratum] = strata.get(stratum, 0) + 1
    left, stratum_of = shares(strata, wanted), dict(population)
    drawn, seats = [], sum(left.values())
    for number in lots.order_of(stratum_of, seed):
        if len(drawn) == seats:
            break
        if left[stratum_of[number]]:
            left[stratum_of[number]] -= 1
            drawn.append(number)
    return drawn


def shares(strata: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many of each stratum: one each where there are enough, the rest in proportion, what is over to the largest remainders.

    Equal remainders: the stratum whose name comes first. Never more than a stratum has.
    """
    total, wanted = sum(strata.values()), min(wanted, sum(strata.values()))
    names = sorted(strata)
    least = 1 if wanted >= len(names) else 0
    spread, rest = wanted - least * len(names), total - least * len(names)
    exact = {name: (strata[name] - least) * spread for name in names}  # in units of 1/rest
    given = {name: least + (exact[name] // rest if rest else 0) for name in names}
    over = wanted - sum(given.values())
    by_remainder = sorted(names, key=lambda name: (-(exact[name] % rest) if rest else 0, name))
    for name in by_remainder[:over]:
        given[name] += 1
    return given


def record_of(sample) -> dict:
    """All that the draw follows from, as it is written out for whoever does it again."""
    return {
        "algorithm": sample.algorithm, "order": lots.ALGORITHM, "title": sample.title, "reason": sample.reason, "query": sample.query,
        "by": sample.by, "wanted": sample.wanted, "said": sample.said, "chance": sample.chance, "seed": sample.seed,
        "population": sample.population, "person": sample.person_id, "at": sample.at.astimezone(timezone.utc).isoformat(timespec="seconds"),
    }


def faults_of(record: Mapping, drawn: Sequence[str]) -> list[str]:
    """What does not follow from the record; [] when everything does."""
    seed = seed_of(record["population"], record["chance"], record["said"])
    faults = [] if seed == record["seed"] else ["seed"]
    return faults if list(drawn) == drawn_from(record["population"], seed, record["wanted"]) else [*faults, "drawn"]
