"""Out of use and back to an earlier release: at once, with a reason, told to everybody, and no running case is touched."""
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import people
from app.errors import NotFound, ReasonNeeded, WorkbenchRefused
from app.operations import reading, releases
from app.store import session, transaction
from app.store.models import Notice, Release, ReleaseFile
from app.workbench import acts, catalogue, retiring
from tests.support import bench, builders


@pytest.fixture
def office(app, clock):
    bench.people(clock)
    bench.publish(clock)
    clock.move_to(clock() + timedelta(hours=1))
    return app


def _retire(clock, name: str = bench.NAME, reason: str = "业务取消"):
    return retiring.retire(bench.NAME, [name], reason=reason, actor=builders.actor("ada"), clock=clock)


def _told() -> set[str]:
    return set(session().scalars(sa.select(Notice.person_id)))


@pytest.mark.both_stores
def test_nobody_starts_a_retired_process_and_its_cases_go_on_to_their_end(office, clock):
    case = builders.start_case(bench.NAME, "li", clock=clock)
    _retire(clock)
    with pytest.raises(NotFound):
        builders.start_case(bench.NAME, "li", clock=clock)
    assert bench.NAME not in {row.id for row in releases.startable(builders.actor("li"))}
    builders.complete(case, "apply", "li", {"subject": "车位"}, clock=clock)
    assert reading.works_at_desk(builders.actor("wang"))  # who has work to do keeps the desk
    assert [row.name for row in reading.work_lists(builders.actor("wang"))] != []
    assert reading.role_names()["handler"] == "审核人"
    builders.complete(case, "review", "wang", {"opinion": "同意"}, "pass", clock=clock)
    assert case.ended_element == "passed" and reading.case_if_readable(case.id, builders.actor("li")) is not None
    assert not reading.works_at_desk(builders.actor("wang"))
    assert catalogue.procedure_view(bench.NAME).state == "retired" and _told() == {"ada", "ben", "cai", "root"}


def test_it_is_put_back_into_use(office, clock):
    _retire(clock)
    retiring.restore(bench.NAME, [bench.NAME], reason="又要用了", actor=builders.actor("ben"), clock=clock)
    assert builders.start_case(bench.NAME, "li", clock=clock).process_id == bench.NAME
    assert [(act.kind, act.text, act.actor_id) for act in acts.acts_of(bench.NAME)] == [("restored", "又要用了", "ben"), ("retired", "业务取消", "ada")]


@pytest.mark.parametrize("what", [{"reason": " "}, {"name": "nothing"}])
def test_without_a_reason_or_such_a_process_nothing_happens(office, clock, what):
    with pytest.raises((ReasonNeeded, NotFound)):
        _retire(clock, **what)
    assert not releases.current_process(bench.NAME).retired


def _second(clock) -> tuple[str, str]:
    first = releases.current_release(bench.NAME)
    proposal = bench.submitted(clock)
    bench.approve(proposal, clock)
    clock.move_to(clock() + timedelta(hours=1))
    return first, releases.current_release(bench.NAME)


@pytest.mark.both_stores
def test_one_action_goes_back_to_an_earlier_release_and_running_cases_stay(office, clock):
    first, second = _second(clock)
    case = builders.start_case(bench.NAME, "li", clock=clock)
    retiring.go_back(bench.NAME, first, reason="表单有误", actor=builders.actor("cai"), clock=clock)
    assert (builders.start_case(bench.NAME, "li", clock=clock).release, case.release) == (first, second)
    assert acts.acts_of(bench.NAME)[0].kind == "went_back" and "root" in _told()
    view = catalogue.procedure_view(bench.NAME)
    assert [(line.release.number, line.current, line.running) for line in view.releases] == [(2, False, 1), (1, True, 1)]
    with pytest.raises(WorkbenchRefused):
        retiring.go_back(bench.NAME, first, reason="再来", actor=builders.actor("cai"), clock=clock)
    with pytest.raises(NotFound):
        retiring.go_back("another", second, reason="x", actor=builders.actor("cai"), clock=clock)


def test_a_release_that_todays_service_cannot_run_is_refused_before_any_write(office, clock):
    """F-07: what an older service published and this one does not understand any more."""
    _first, second = _second(clock)
    broken = "f" * 64
    with transaction() as store:
        store.add(Release(digest=broken, procedure=bench.NAME, number=9, note="", published_by="system", published_at=clock() - timedelta(days=9)))
        store.flush()
        store.add_all(ReleaseFile(digest=broken, path=row.path, content=row.content) for row in session().scalars(sa.select(ReleaseFile).where(ReleaseFile.digest == second, ReleaseFile.path != bench.FORM)))
        import zstandard

        store.add(ReleaseFile(digest=broken, path=bench.FORM, content=zstandard.compress(b"title: x\nsections: old\n")))
    before = session().scalar(sa.select(sa.func.count()).select_from(Notice))
    with pytest.raises(WorkbenchRefused, match="什么也没有改动"):
        retiring.go_back(bench.NAME, broken, reason="x", actor=builders.actor("cai"), clock=clock)
    assert releases.current_release(bench.NAME) == second and session().scalar(sa.select(sa.func.count()).select_from(Notice)) == before


def test_the_catalogue_says_who_changed_which_file_last(office, clock):
    _second(clock)
    lines = {line.path: (line.number, line.by) for line in catalogue.file_lines(bench.NAME)}
    assert lines[bench.FORM] == (2, people.name_of("ada")) and lines[bench.ROLES] == (1, "系统")
