"""What people of a pool took part in: asked, answered, came, stepped aside, wrote. Rows are only added."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.people import party_of, reference_of
from app.pools.models import Participation
from app.store import session, transaction

KINDS = ("drawn", "invited", "accepted", "declined", "silent", "attended", "absent", "recused", "opinion", "voted", "replaced")
PAGE = 50
_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Deed:
    """What is noted about people: `about` is the number of the case, `call` the request it comes from."""

    kind: str
    about: str
    at: datetime
    call: str
    note: str = ""
    by_name: str = ""


def note_participation(procedure: str, register: str, people: Iterable, deed: Deed) -> int:
    """Adds a row for each person; asked again, adds nothing. How many people it was about."""
    refs = [ref for ref in dict.fromkeys(map(reference_of, people)) if ref]
    with transaction() as store:
        known = set(store.scalars(sa.select(Participation.ref).where(
            Participation.call == deed.call, Participation.kind == deed.kind, Participation.about == deed.about)))
        store.add_all([
            Participation(
                procedure=procedure, register=register, ref=ref, name=(party_of(ref) or {"name": ref})["name"][:100], kind=deed.kind, about=deed.about,
                note=deed.note[:500], year=deed.at.astimezone(_SHANGHAI).year, at=deed.at, by_name=deed.by_name[:100], call=deed.call)
            for ref in refs if ref not in known])
    return len(refs)


def counts_of_year(procedure: str, register: str, year: int, *, q: str = "") -> list[tuple[str, str, dict[str, int]]]:
    """(reference, name, kind -> times) of everybody with rows of the year, by name."""
    query = sa.select(Participation.ref, sa.func.max(Participation.name), Participation.kind, sa.func.count()).where(
        Participation.procedure == procedure, Participation.register == register, Participation.year == year)
    if q:
        query = query.where(Participation.name.contains(q, autoescape=True))
    found: dict[str, tuple[str, str, dict[str, int]]] = {}
    for ref, name, kind, times in session().execute(query.group_by(Participation.ref, Participation.kind)):
        found.setdefault(ref, (ref, name, {}))[2][kind] = times
    return sorted(found.values(), key=lambda one: (one[1], one[0]))


def years_of(procedure: str, register: str) -> list[int]:
    """The years with rows, newest first."""
    return list(session().scalars(sa.select(Participation.year).where(
        Participation.procedure == procedure, Participation.register == register).distinct().order_by(Participation.year.desc())))


def rows_of_person(procedure: str, register: str, ref: str, *, year: int = 0, before: int = 0) -> tuple[list[Participation], int]:
    """(rows, newest first, of one year or of all; place to go on from, or 0)."""
    query = sa.select(Participation).where(Participation.procedure == procedure, Participation.register == register, Participation.ref == ref)
    if year:
        query = query.where(Participation.year == year)
    if before:
        query = query.where(Participation.id < before)
    rows = list(session().scalars(query.order_by(Participation.id.desc()).limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else 0
