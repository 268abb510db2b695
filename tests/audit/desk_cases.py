"""Cases for the tests of the auditors' desk: a library in use, some cases of different lengths. Tests only."""
from __future__ import annotations

from datetime import timedelta

from app.operations import outbox
from app.store import session
from app.store.models import Case
from tests.support import builders

STEPS = (("request", "reader_wang", "submit"), ("check", "librarian_zhao", "lend"), ("hand_out", "librarian_zhao", "submit"))


def answers_for(element: str) -> dict:
    """What is filled in at a step of the library."""
    return {"in_stock": True} if element == "check" else builders.sample(element)


def lent(clock, steps: int = 3) -> Case:
    """A case that has come so many steps far; ten minutes lie between them."""
    case = builders.start_case(clock=clock)
    for element, by, outcome in STEPS[:steps]:
        clock.move_to(clock() + timedelta(minutes=10))
        builders.complete(case, element, by, answers_for(element), outcome, clock=clock)
        while outbox.drain_outbox(clock, dry=True):
            pass
    return session().get(Case, case.id)
