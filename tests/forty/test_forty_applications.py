"""Forty applications to one committee, made by the real operations."""
import sqlalchemy as sa
import pytest

from app.store import session
from app.store.models import Case, Task
from tests.support import builders
from tests.support.applications import EMPLOYERS, apply


@pytest.mark.both_stores
@pytest.mark.timeout(180)
def test_forty_people_of_three_employers_come_to_the_desk_of_one_office(app, clock):
    builders.publish(builders.ROOT, clock=clock)
    cases = apply(range(1, 41), clock)
    waiting = session().scalars(sa.select(Task.pool).where(Task.element == "office_pre_review", Task.state == "open")).all()
    assert len(waiting) == 40 and len(set(waiting)) == 1
    assert len({case.starter_name for case in cases}) == 40
    employers = {session().get(Case, case.id).parties["employer"]["ref"] for case in cases}
    assert employers == {f"org:{employer.unit}" for employer in EMPLOYERS}
