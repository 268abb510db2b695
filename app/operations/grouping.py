"""What a case is counted with: the group that its diagram names (`group_by`), written at every move into a plain column.

Only `following` writes it; overviews and lists read the column. A group is `{key, name}`, as an entry of a register is,
or a text that is both.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.dialects import postgresql, sqlite

from app import engine
from app.operations.contexts import evaluate
from app.people import reference_of
from app.store import session
from app.store.models import Case, CaseGroup


def group_case(case: Case, process: engine.Process, vocabulary: Callable[[], Mapping]) -> None:
    """Puts the case into its group. A case whose group is not known yet keeps the one it has."""
    said = process.grouping
    if not said.get("by"):
        return
    context = vocabulary()
    found = evaluate(said["by"], context)
    key, name = (found.get("key"), found.get("name")) if isinstance(found, Mapping) else (found, found)
    if not key:
        return
    case.grouping = str(key)[:64]
    heading = evaluate(said["under"], context) if said.get("under") else ""
    owner = reference_of(evaluate(said["owner"], context)) if said.get("owner") else ""
    _note(case.procedure, case.grouping, {"name": str(name or key)[:200], "heading": str(heading or "")[:100], "owner": (owner or "")[:80]})


def _note(procedure: str, key: str, words: dict) -> None:
    """The row of the group. Two cases may be the first at once: the second finds the row made and leaves it."""
    row = session().get(CaseGroup, (procedure, key))
    if row is None:
        insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session().get_bind().dialect.name]
        session().execute(insert(CaseGroup.__table__).values(procedure=procedure, key=key, **words).on_conflict_do_nothing())
        return
    for name, value in words.items():
        if value and getattr(row, name) != value:
            setattr(row, name, value)
