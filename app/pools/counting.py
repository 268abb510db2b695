"""Who of a pool is considered for a draw, who is eligible and why others are not. Reads only.

The snapshot holds the columns that the conditions read and no others: enough to judge everybody again later, no more
of anybody's data than that.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.definitions import Procedure
from app.definitions.pools import Pool, Record
from app.expressions import EvaluationError, compile_expression
from app.identifiers import plain_number
from app.people import reference_of
from app.registers import entries_in_force
from app.store import session
from app.store.models import Case

STEP = 1000  # entries between two words about the progress
UNFIT = "不符合本次抽取的条件"
UNREADABLE = "条件无法计算：{why}"


@dataclass(frozen=True)
class Entry:
    """What a draw looks at of an entry of the register."""

    key: str
    name: str
    version: int
    data: Mapping


def count_pool(procedure: Procedure, register: str, criteria: Mapping, seats: Sequence[Mapping], left_out: Mapping[str, str], today: str, *, progress: Callable[[int, int], None]) -> dict:
    """The plan of a draw: its conditions, and for everybody in the pool the columns looked at, the seats they fit and why not.

    `seats`: [{name, count, criteria}]; `left_out`: reference -> why. `progress` is told (entries judged, of how many).
    """
    pool = procedure.registers[register].pool
    # Plain values at once: telling the progress commits, after which every row would be read anew.
    rows = [Entry(row.key, row.name, row.version, row.data) for row in entries_in_force(procedure.name, register)]
    facts = facts_of(procedure, pool, rows)
    people = []
    for at, row in enumerate(rows):
        if at % STEP == 0:
            progress(at, len(rows))
        people.append(_person(pool, row, facts[at], criteria, seats, left_out, today))
    progress(len(rows), len(rows))
    return {
        "procedure": procedure.name, "register": register, "today": today, "criteria": dict(criteria), "seats": [dict(seat) for seat in seats],
        "eligible_when": pool.eligible_when, "excluded_when": [{"when": ground.when, "reason": ground.reason} for ground in pool.excluded_when],
        "people": _once(people),
    }


def facts_of(procedure: Procedure, pool: Pool, rows: Sequence[Entry]) -> list[dict]:
    """What the conditions may read of each entry: its columns, the records about the person, and what they have begun."""
    read = {root: _columns_read(pool, root) for root in ("row", "records", "started")}
    refs = [person_in(pool, row.data) for row in rows]
    about = {key: _by_person(procedure.name, record, rows, pool) if read["records"] is None or key in read["records"] else {} for key, record in pool.records.items()}
    begun = _started(refs) if read["started"] is None or read["started"] else {}
    return [
        {"row": _chosen(row.data, read["row"]), "records": {key: found.get(ref, []) for key, found in about.items()}, "started": begun.get(ref, [])}
        for row, ref in zip(rows, refs, strict=True)]


def judged(pool: Pool, facts: Mapping, criteria: Mapping, seats: Sequence[Mapping], today: str) -> tuple[list[str], list[str]]:
    """(names of the seats that they are eligible for, why they are not)."""
    fits, reasons = [], []
    for seat in seats:
        context = {**facts, "criteria": {**criteria, **(seat.get("criteria") or {})}, "today": today}
        why = _why_not(pool, context)
        fits += [] if why else [seat["name"]]
        reasons += [reason for reason in why if reason not in reasons]
    return fits, [] if fits else reasons


def person_in(pool: Pool, data: Mapping) -> str:
    """The reference of the person that an entry is about."""
    return reference_of(data.get(pool.person))


def _person(pool: Pool, row: Entry, facts: Mapping, criteria, seats, left_out, today: str) -> dict:
    ref = person_in(pool, row.data)
    fits, reasons = judged(pool, facts, criteria, seats, today)
    if ref in left_out:
        fits, reasons = [], [left_out[ref], *reasons]
    party = row.data.get(pool.person)
    name = party.get("name") if isinstance(party, Mapping) else ""
    return {"ref": ref, "name": name or row.name, "entry": row.key, "version": row.version, **facts, "seats": fits, "reasons": reasons}


def _once(people: list[dict]) -> list[dict]:
    """Everybody once: whoever has several entries is considered with the first that is eligible."""
    found: dict[str, dict] = {}
    for one in people:
        if one["ref"] and (one["ref"] not in found or (one["seats"] and not found[one["ref"]]["seats"])):
            found[one["ref"]] = one
    return [found[ref] for ref in sorted(found)]


def _why_not(pool: Pool, context: Mapping) -> list[str]:
    try:
        why = [ground.reason for ground in pool.excluded_when if compile_expression(ground.when).evaluate(context) is True]
        if not why and pool.eligible_when and compile_expression(pool.eligible_when).evaluate(context) is not True:
            why = [UNFIT]
    except EvaluationError as error:  # one bad entry must not stop a draw of thousands; nobody is drawn unjudged
        why = [UNREADABLE.format(why=error.message)[:200]]
    return why


def _columns_read(pool: Pool, root: str) -> set[str] | None:
    """The members of a root that the conditions read; None when one reads it as a whole."""
    texts = [pool.eligible_when, *(ground.when for ground in pool.excluded_when)]
    found: set[str] = set()
    for text in filter(None, texts):
        compiled = compile_expression(text)
        for path in compiled.paths | compiled.row_paths:
            first, *rest = path.split(".")
            if first.removesuffix("[]") == root:
                if not rest:
                    return None
                found.add(rest[0].removesuffix("[]"))
    return found


def _chosen(data: Mapping, columns: set[str] | None) -> dict:
    return dict(data) if columns is None else {key: data.get(key) for key in sorted(columns)}


def _by_person(procedure: str, record: Record, rows: Sequence[Entry], pool: Pool) -> dict[str, list[dict]]:
    """reference -> the entries about the person, found by the account or by a number that both registers hold."""
    said: dict[str, list[dict]] = {}
    for row in entries_in_force(procedure, record.register):
        kept = _chosen(row.data, set(record.columns) or None)
        said.setdefault(_told_by(row.data, record.person, record), []).append(kept)
    told = {person_in(pool, row.data): _told_by(row.data, record.own or pool.person, record) for row in rows}
    return {ref: said[key] for ref, key in told.items() if key and key in said}


def _told_by(data: Mapping, column: str, record: Record) -> str:
    value = reference_of(data.get(column))
    return plain_number(value) if record.own else value


def _started(refs: Iterable[str]) -> dict[str, list[dict]]:
    """reference -> the running cases that the person has begun."""
    wanted, found = set(refs), {}
    rows = session().execute(
        sa.select(Case.starter_id, Case.number, Case.process_id, Case.grouping).where(Case.ended_at.is_(None), Case.starter_id.in_(
            [ref.partition(":")[2] for ref in wanted]) if len(wanted) <= 500 else Case.ended_at.is_(None)).order_by(Case.number))
    for starter, number, process, grouping in rows:
        found.setdefault(f"person:{starter}", []).append({"number": number, "process": process, "group": grouping})
    return {ref: begun for ref, begun in found.items() if ref in wanted}
