"""Nobody works on a pool task of a case that they started themselves (J-10)."""
import pytest

from app.errors import FourEyes
from app.operations.access import can_work_on
from app.operations.tasks import take_task
from tests.support.builders import actor, complete, open_task, person, publish, sample, start_case


@pytest.mark.both_stores
def test_whoever_started_a_case_does_not_decide_on_it_even_with_the_role(app, clock):
    publish()
    person("both", "member", "librarian@city_library")
    case = start_case(by="both")
    complete(case, "request", "both", sample("request"))
    task = open_task(case, "check")
    assert task.pool in actor("both").pools and not can_work_on(task, actor("both"))
    with pytest.raises(FourEyes, match="发起本事项"):
        take_task(task.id, actor=actor("both"), clock=clock)
    assert can_work_on(task, actor("librarian_zhao"))


def test_their_own_tasks_stay_theirs(app):
    publish()
    person("both", "member", "librarian@city_library")
    case = start_case(by="both")
    assert can_work_on(open_task(case, "request"), actor("both"))
