"""Cases as an organisation sees them whose people work on them: found by words, chosen for a list. Reads only."""
from __future__ import annotations

import sqlalchemy as sa

from app import people
from app.operations import list_reports
from app.operations.blinding import veiled_row
from app.operations.reading.views import TaskRow
from app.store import session
from app.store.models import Case, CaseParty, Task

_FEW = 20
CHOSEN = list_reports.MOST  # cases on one list


def open_cases_of(ref: str, name: str, number: str) -> list[Case]:
    """Open cases of a person that concern the organisation: by name, and by document number where the account tells it."""
    query = (
        sa.select(Case).join(CaseParty, CaseParty.case_id == Case.id)
        .where(CaseParty.ref == ref, Case.starter_name == name, Case.ended_at.is_(None)).order_by(Case.id).limit(_FEW)
    )
    return [case for case in session().scalars(query) if people.has_document(case.starter_id, number) is not False]


def pools_here(actor) -> frozenset[str]:
    """The actor's pools of the organisation they act for, and those without one: a desk never mixes two employers."""
    if actor.organisation is None:
        return actor.pools
    ours = f"@{actor.organisation['ref']}"
    return frozenset(pool for pool in actor.pools if pool.endswith((ours, "@")))


def cases_for_list(actor, elements: tuple[str, ...]) -> list[Case]:
    """Cases that stand at one of these steps at a desk of the organisation the actor acts for, oldest first; at most CHOSEN + 1."""
    standing = sa.select(Task.case_id).where(Task.state == "open", Task.element.in_(elements), Task.pool.in_(pools_here(actor)))
    return list(session().scalars(sa.select(Case).where(Case.id.in_(standing)).order_by(Case.id).limit(CHOSEN + 1)))


def row_of(task: Task, case: Case, actor) -> TaskRow:
    """A task and its case as a list shows them."""
    row = TaskRow(
        id=task.id, case_id=case.id, element=task.element, name=task.name, stage=task.stage, number=case.number, title=case.title,
        summary=case.summary, starter_name=case.starter_name, due=task.due, created_at=task.created_at, opened_at=task.opened_at,
        held=task.assignee == actor.id, personal=task.personal,
        excluded=next((tuple(pair) for pair in task.excluded or () if pair[0] == actor.id), None))
    return veiled_row(row, actor, case)
