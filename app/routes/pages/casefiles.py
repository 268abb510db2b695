"""The files of a case as lists show them, for the pages that show them."""
from __future__ import annotations

from dataclasses import dataclass

from app import materials
from app.operations import reading


@dataclass(frozen=True)
class CaseFile:
    """A file of a case as a list shows it; `closed`: this actor may not open it, and does not see its name."""

    id: str
    name: str
    label: str
    size: int
    created_at: object
    kind: str
    closed: bool


def handed_in(case, actor) -> list[tuple[str, list[CaseFile]]]:
    """(form title, its files) of the forms of a case that this actor may read and that brought files."""
    found = ((title, materials.of_case(case.id, ids, owner=actor.id)) for title, ids in reading.handed_in(case, actor))
    return [(title, [_case_file(case, row, actor) for row in rows]) for title, rows in found if rows]


def _case_file(case, row, actor) -> CaseFile:
    closed = row.owner != actor.id and reading.hides_file(case, row, actor)
    return CaseFile(row.id, "" if closed else reading.shown_name(case, row.name, actor), row.label, row.size, row.created_at, row.kind, closed)
