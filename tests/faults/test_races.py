"""A-03 to A-07, A-10: people who act on one case at the same moment. Exactly one of what excludes each other wins."""
import pytest
import sqlalchemy as sa

from app.errors import KeyReused, NotAllowed, NotWaitingFor, PingshenError, TaskNoLongerOpen, TaskTaken
from app.operations.idempotency import once
from app.operations.messages import send_message
from app.operations.tasks import complete_task, hand_task, take_task
from app.store import session
from app.store.models import Case, Event, Task
from tests.faults import desks
from tests.faults.invariants import all_broken, broken
from tests.faults.racing import race
from tests.support import builders

pytestmark = pytest.mark.both_stores
ROUNDS = 60


@pytest.fixture
def desk(app, clock):
    desks.publish(clock)
    return app


def _completes(task: str, person: str, clock, outcome="approve"):
    who = builders.actor(person)
    return lambda: complete_task(task, actor=who, clock=clock, answers={}, outcome=outcome).number


def _events(case, *kinds: str) -> int:
    return session().scalar(sa.select(sa.func.count()).where(Event.case_id == case.id, Event.kind.in_(kinds)))


def test_of_two_who_complete_a_task_at_once_one_wins_and_the_other_learns_who_and_when(desk, clock):
    for _round in range(ROUNDS):
        case = builders.start_case("desk", "asker", clock=clock)
        task = builders.open_task(case).id
        results = race(desk, _completes(task, "one", clock), _completes(task, "two", clock, "return"))
        lost = [result for result in results if isinstance(result, PingshenError)]
        assert len(lost) == 1 and isinstance(lost[0], TaskNoLongerOpen), results
        row = session().get(Task, task)
        assert lost[0].by == row.closed_by_name in ("甲经办", "乙经办") and lost[0].at == row.closed_at
        assert _events(case, "complete") == 1
    assert all_broken() == []


def test_of_two_who_take_a_task_at_once_one_has_it(desk, clock):
    for _round in range(10):
        task = builders.open_task(builders.start_case("desk", "asker", clock=clock)).id
        one, two = (lambda who=builders.actor(name): take_task(task, actor=who, clock=clock).assignee for name in ("one", "two"))
        results = race(desk, one, two)
        assert sum(isinstance(result, TaskTaken) for result in results) == 1, results


def test_a_double_click_has_one_effect_and_both_get_the_same_answer(desk, clock):
    who = builders.actor("one")
    for number in range(10):
        case = builders.start_case("desk", "asker", clock=clock)
        work = _completes(builders.open_task(case).id, "one", clock)
        click = lambda work=work, number=number: once(who, f"key-{number}", "same", clock, lambda: {"number": work()})  # noqa: E731
        assert race(desk, click, click, click) == [{"number": case.number}] * 3
        assert _events(case, "complete") == 1


def test_the_same_key_with_another_content_is_refused_and_changes_nothing(desk, clock):
    who, case = builders.actor("one"), builders.start_case("desk", "asker", clock=clock)
    task = builders.open_task(case).id
    once(who, "key", "first", clock, lambda: {"done": 1})
    with pytest.raises(KeyReused):
        once(who, "key", "second", clock, _completes(task, "one", clock))
    assert session().get(Task, task).state == "open" and _events(case, "complete") == 0


def test_a_refused_request_may_come_again_with_its_key(desk, clock):
    """A refusal is not an answer: what was mended can be sent under the same key."""
    who, case = builders.actor("one"), builders.start_case("desk", "asker", clock=clock)
    task = builders.open_task(case).id
    with pytest.raises(PingshenError):
        once(who, "key", "f", clock, _completes(task, "one", clock, "no-such-outcome"))
    assert once(who, "key", "f", clock, lambda: {"number": _completes(task, "one", clock)()}) == {"number": case.number}


def test_members_who_finish_their_tasks_of_one_case_together_are_all_kept(desk, clock):
    for _round in range(5):
        case = builders.start_case("panel", "asker", clock=clock)
        tasks = session().query(Task).filter_by(case_id=case.id, state="open").all()
        results = race(desk, *(_completes(task.id, task.assignee, clock, "submit") for task in tasks))
        assert results == [case.number] * 5
        assert _events(case, "complete") == 5
        assert session().get(Case, case.id, populate_existing=True).ended_element == "done"
        assert broken(case) == []


def test_of_withdraw_and_approve_at_the_same_moment_one_wins(desk, clock):
    asker, winners = builders.actor("asker"), set()
    for turn in range(20):
        case = builders.start_case("desk", "asker", clock=clock)
        works = [_completes(builders.open_task(case).id, "one", clock),
                 lambda case_id=case.id: send_message(case_id, "withdraw", actor=asker, clock=clock).number]
        results = race(desk, *(works if turn % 2 else works[::-1]))
        refusals = [result for result in results if isinstance(result, PingshenError)]
        assert len(refusals) == 1 and isinstance(refusals[0], (TaskNoLongerOpen, NotWaitingFor)), results
        ended = session().get(Case, case.id, populate_existing=True).ended_element
        assert ended == ("approved" if isinstance(refusals[0], NotWaitingFor) else "withdrawn")
        assert _events(case, "complete", "message") == 1
        winners.add(ended)
    assert all_broken() == []


def test_who_submits_while_the_task_is_handed_on_has_done_it_or_is_refused(desk, clock):
    one = builders.actor("one")
    for _round in range(10):
        case = builders.start_case("desk", "asker", clock=clock)
        task = builders.open_task(case).id
        take_task(task, actor=one, clock=clock)
        submitted, handed = race(desk, _completes(task, "one", clock), lambda task=task: hand_task(task, "two", actor=one, clock=clock).id)
        row = session().get(Task, task, populate_existing=True)
        if isinstance(submitted, (TaskTaken, NotAllowed)):
            assert row.state == "open" and row.assignee == "two" and handed == task
        else:
            assert submitted == case.number and row.state == "done" and isinstance(handed, TaskNoLongerOpen)
        assert broken(case) == []


def test_the_first_two_cases_of_all_get_different_numbers(desk, clock):
    asker = builders.actor("asker")
    start = lambda: builders.start_case("desk", asker, clock=clock).number  # noqa: E731
    numbers = race(desk, start, start, start)
    assert len(set(numbers)) == 3 and all(isinstance(number, str) for number in numbers), numbers
