"""How long the steps of a procedure usually take, measured now and then by the worker: no page computes it."""
from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from statistics import median

import sqlalchemy as sa

from app.store import session, transaction
from app.store.models import Case, StepDuration, Task

LOOKED_BACK = timedelta(days=365)
FEWEST = 20  # finished tasks below which nothing is said
MOST = 20_000  # finished tasks of a procedure that are looked at, newest first


def measure_steps(clock) -> int:
    """Measures every step that was finished often enough in the last twelve months; returns how many steps."""
    now = clock()
    measured = [row for procedure in session().scalars(sa.select(Case.procedure).distinct()) for row in _of_procedure(procedure, now)]
    with transaction() as store:
        store.execute(sa.delete(StepDuration))
        store.add_all(measured)
    return len(measured)


def _of_procedure(procedure: str, now) -> list[StepDuration]:
    newest = sa.select(Task.element, Task.created_at, Task.closed_at).join(Case, Case.id == Task.case_id).where(
        Case.procedure == procedure, Task.state == "done", Task.closed_at > now - LOOKED_BACK).order_by(Task.closed_at.desc()).limit(MOST)
    rows = sorted((element, (closed - opened).total_seconds()) for element, opened, closed in session().execute(newest))
    return [found for element, group in groupby(rows, key=lambda row: row[0])
            if (found := _measured(procedure, element, [seconds for _element, seconds in group], now))]


def _measured(procedure: str, element: str, seconds: list[float], now) -> StepDuration | None:
    """`seconds` in ascending order."""
    if len(seconds) < FEWEST:
        return None
    ninth = seconds[-(-len(seconds) * 9 // 10) - 1]
    return StepDuration(procedure=procedure, element=element, count=len(seconds), median=int(median(seconds)), most=int(ninth), at=now)
