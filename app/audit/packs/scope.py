"""Which cases an export is about: named ones, a sample, those of a procedure or a time. Read in pieces, so that a million events need little memory."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.errors import NotFound
from app.store import session
from app.store.models import Case

PIECE = 200  # cases read at once


@dataclass(frozen=True)
class Scope:
    """The cases of an export. `cases`: ids, None for all that the rest leaves; `since` and `until`: when they were started, `until` excluded."""

    cases: tuple[int, ...] | None = None
    procedure: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list:
        """The same as conditions on cases, without `cases`."""
        found = [Case.procedure == self.procedure] if self.procedure else []
        found += [Case.started_at >= self.since] if self.since else []
        return found + ([Case.started_at < self.until] if self.until else [])


def pieces_of(scope: Scope, size: int = PIECE) -> Iterator[list[int]]:
    """The ids of the cases, ascending, at most `size` at a time."""
    if scope.cases is not None:
        yield from _pieces_of_named(sorted(set(scope.cases)), scope, size)
        return
    last = 0
    while piece := _ids(scope, Case.id > last, size):
        yield piece
        last = piece[-1]


def count_of(scope: Scope) -> int:
    """How many cases that are."""
    if scope.cases is not None:
        return sum(len(piece) for piece in pieces_of(scope))
    return session().scalar(sa.select(sa.func.count()).select_from(Case).where(*scope.conditions()))


def ids_of_numbers(numbers) -> tuple[int, ...]:
    """The ids of the cases with these numbers. Raises NotFound when one of them is nobody's."""
    wanted = list(dict.fromkeys(numbers))
    found = dict(session().execute(sa.select(Case.number, Case.id).where(Case.number.in_(wanted))).all())
    if len(found) < len(wanted):
        raise NotFound()
    return tuple(found[number] for number in wanted)


def _pieces_of_named(ids: list[int], scope: Scope, size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        if piece := _ids(scope, Case.id.in_(ids[start:start + size]), size):
            yield piece


def _ids(scope: Scope, condition, size: int) -> list[int]:
    return list(session().scalars(sa.select(Case.id).where(condition, *scope.conditions()).order_by(Case.id).limit(size)))
