"""The publish gate: all checks, two people, now or at a time, exactly once; running cases stay where they are."""
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.errors import NoteChanged, NotSubmitted, OwnProposal, ProposalClosed, ReasonNeeded, WorkbenchRefused
from app.operations import releases
from app.store import session, transaction
from app.store.models import Notice, Process, Release
from app.worker import WORK
from app.workbench import acts, proposals, publishing
from app.workbench.models import Act
from tests.support import bench, builders


@pytest.fixture
def office(app, clock):
    bench.people(clock)
    bench.publish(clock)
    clock.move_to(clock() + timedelta(hours=1))
    return app


def _told(person: str) -> list[str]:
    return list(session().scalars(sa.select(Notice.title).where(Notice.person_id == person).order_by(Notice.id)))


@pytest.mark.both_stores
def test_a_second_person_publishes_and_running_cases_stay(office, clock):
    old = builders.start_case(bench.NAME, "li", clock=clock)
    proposal = bench.submitted(clock)
    assert proposal.state == "submitted" and any("请审批" in title for title in _told("ben")) and _told("ada") == []
    made = bench.approve(proposal, clock)
    release = session().get(Release, releases.current_release(bench.NAME))
    assert (made.state, proposals.proposal_of(proposal.id).state) == ("published", "published")
    assert (release.number, release.published_by, release.approved_by, release.proposal_id, release.effective_at) == (2, "ada", "ben", proposal.id, clock())
    new = builders.start_case(bench.NAME, "li", clock=clock)
    assert (new.release, old.release) == (release.digest, proposal.base)
    assert [act.kind for act in acts.acts_of(bench.NAME)] == ["published", "submitted", "begun"]
    assert any("已发布" in title for title in _told("ada"))


@pytest.mark.parametrize("who", ["ada", "cai"])
def test_nobody_who_wrote_or_submitted_it_approves_it(office, clock, who):
    """H-09: `ada` began it, `cai` saved a file of it and submits."""
    proposal = bench.changed(clock)
    bench.save(proposal, bench.ROLES, proposals.base_files(proposal)[bench.ROLES] + b"# \n", clock, by="cai")
    bench.run_scenarios(proposal, clock)
    bench.submit(proposal, clock, by="cai")
    with pytest.raises(OwnProposal):
        bench.approve(proposal, clock, by=who)
    with pytest.raises(OwnProposal):
        publishing.send_back(proposal.id, reason="不", actor=builders.actor(who), clock=clock)
    assert releases.current_release(bench.NAME) == proposal.base


def test_without_a_read_change_note_nothing_goes_on(office, clock):
    proposal = bench.changed(clock)
    bench.run_scenarios(proposal, clock)
    with pytest.raises(WorkbenchRefused, match="变更说明"):
        bench.submit(proposal, clock, note_read=False)
    bench.submit(proposal, clock)
    with pytest.raises(WorkbenchRefused, match="变更说明"):
        bench.approve(proposal, clock, note_read=False)


def test_an_error_of_the_linter_stops_the_submission(office, clock):
    proposal = bench.changed(clock, text=b"title: x\nsections: 1\n")
    with pytest.raises(WorkbenchRefused, match="错误"):
        bench.submit(proposal, clock)


def test_a_scenario_that_fails_stops_the_submission(office, clock):
    proposal = bench.changed(clock)
    path = f"processes/{bench.NAME}/scenarios/return_then_pass.yml"
    bench.save(proposal, path, proposals.base_files(proposal)[path].replace(b"ended: passed", b"open: [apply]"), clock)
    bench.run_scenarios(proposal, clock)
    with pytest.raises(WorkbenchRefused, match="情景"):
        bench.submit(proposal, clock)


def test_every_warning_must_be_taken_on(office, clock):
    proposal = bench.changed(clock)
    diagram = proposals.base_files(proposal)[bench.DIAGRAM].replace("handler".encode(), b"checker")
    bench.save(proposal, bench.DIAGRAM, diagram, clock)
    bench.save(proposal, bench.ROLES, proposals.base_files(proposal)[bench.ROLES].replace(b"handler", b"checker"), clock)
    path = f"processes/{bench.NAME}/scenarios/return_then_pass.yml"
    bench.save(proposal, path, proposals.base_files(proposal)[path].replace(b"handler", b"checker"), clock)
    bench.run_scenarios(proposal, clock)
    with pytest.raises(WorkbenchRefused, match="提醒"):  # nobody holds that role
        bench.submit(proposal, clock, accepted=[])
    assert bench.submit(proposal, clock).accepted != []


def test_what_was_saved_after_the_check_is_not_submitted(office, clock):
    proposal = bench.changed(clock)
    bench.run_scenarios(proposal, clock)
    seen = proposal.version
    bench.save(proposal, bench.ROLES, b"# changed\n" + proposals.base_files(proposal)[bench.ROLES], clock, by="ben")
    with pytest.raises(WorkbenchRefused, match="又改过"):
        bench.submit(proposal, clock, version=seen)


def test_what_was_taken_back_changed_and_submitted_again_is_not_approved_unread(office, clock):
    proposal = bench.submitted(clock)
    seen = proposal.version
    publishing.withdraw(proposal.id, actor=builders.actor("ada"), clock=clock)
    bench.save(proposal, bench.ROLES, proposals.base_files(proposal)[bench.ROLES] + b"# \n", clock)
    bench.run_scenarios(proposal, clock)
    bench.submit(proposal, clock)
    with pytest.raises(NoteChanged):
        bench.approve(proposal, clock, version=seen)
    assert releases.current_release(bench.NAME) == proposal.base and publishing.alive_of(proposal.id).state == "waiting"


def test_a_submitted_proposal_is_frozen_until_it_comes_back(office, clock):
    proposal = bench.submitted(clock)
    with pytest.raises(ProposalClosed):
        bench.save(proposal, bench.ROLES, b"x", clock)
    with pytest.raises(ReasonNeeded):
        publishing.send_back(proposal.id, reason=" ", actor=builders.actor("ben"), clock=clock)
    publishing.send_back(proposal.id, reason="请再想想", actor=builders.actor("ben"), clock=clock)
    assert any("退回" in title for title in _told("ada"))
    bench.save(proposal, bench.ROLES, proposals.base_files(proposal)[bench.ROLES] + b"# \n", clock)
    bench.run_scenarios(proposal, clock)
    bench.submit(proposal, clock)
    with pytest.raises(WorkbenchRefused):
        publishing.withdraw(proposal.id, actor=builders.actor("ben"), clock=clock)
    publishing.withdraw(proposal.id, actor=builders.actor("ada"), clock=clock)
    with pytest.raises(NotSubmitted):
        bench.approve(proposal, clock)
    assert [one.state for one in publishing.submissions_of(proposal)] == ["withdrawn", "sent_back"]


@pytest.mark.both_stores
def test_a_release_for_a_time_becomes_effective_at_it_and_once(office, clock):
    proposal = bench.submitted(clock)
    at = clock() + timedelta(days=3)
    assert bench.approve(proposal, clock, at=at).state == "approved"
    assert releases.current_release(bench.NAME) == proposal.base and publishing.publish_due(clock) == 0
    clock.move_to(clock() + timedelta(days=3))
    assert WORK["publish_due"](clock) == 1 and publishing.publish_due(clock) == 0
    release = session().get(Release, releases.current_release(bench.NAME))
    assert (release.approved_by, release.effective_at, release.number) == ("ben", at, 2)
    assert [act.kind for act in acts.acts_of(bench.NAME)][0] == "published"


@pytest.mark.parametrize("hours", [0, -1, 24 * 400])
def test_a_time_must_lie_ahead_and_within_a_year(office, clock, hours):
    proposal = bench.submitted(clock)
    with pytest.raises(WorkbenchRefused, match="生效时间"):
        bench.approve(proposal, clock, at=clock() + timedelta(hours=hours))


def test_who_approved_for_a_time_may_stop_it_before(office, clock):
    proposal = bench.submitted(clock)
    bench.approve(proposal, clock, at=clock() + timedelta(days=1))
    publishing.send_back(proposal.id, reason="发现问题", actor=builders.actor("ben"), clock=clock)
    clock.move_to(clock() + timedelta(days=2))
    assert publishing.publish_due(clock) == 0 and releases.current_release(bench.NAME) == proposal.base


def test_of_two_proposals_the_second_must_take_in_the_first(office, clock):
    first, second = bench.changed(clock), bench.changed(clock, by="cai", text=bench.files()[bench.FORM] + b"# later\n", title="另一处")
    for proposal, by in ((first, "ada"), (second, "cai")):
        bench.run_scenarios(proposal, clock)
        bench.submit(proposal, clock, by=by)
    bench.approve(second, clock, by="ben", at=clock() + timedelta(hours=2))
    bench.approve(first, clock)
    clock.move_to(clock() + timedelta(hours=3))
    assert publishing.publish_due(clock) == 0
    assert publishing.submissions_of(second)[0].state == "failed" and proposals.proposal_of(second.id).state == "open"
    assert any("没有成功" in title for title in _told("cai")) and any("没有成功" in title for title in _told("ben"))
    with pytest.raises(WorkbenchRefused, match="合并新版本"):
        bench.submit(second, clock, by="cai")


def test_a_process_that_a_release_leaves_out_starts_no_case_and_one_that_was_retired_stays_so(office, clock):
    from app.workbench import retiring

    retiring.retire(bench.NAME, [bench.NAME], reason="暂停", actor=builders.actor("ada"), clock=clock)
    proposal = bench.changed(clock)
    bench.save(proposal, f"processes/{bench.NAME}/renewal.bpmn", bench.other_diagram(), clock)
    bench.run_scenarios(proposal, clock)
    assert bench.gate_of(proposal, clock).errors == ()
    bench.submit(proposal, clock)
    bench.approve(proposal, clock)
    in_use = lambda: {row.id: row.retired for row in session().scalars(sa.select(Process))}  # noqa: E731
    assert in_use() == {bench.NAME: True, "parking-renewal": False}
    clock.move_to(clock() + timedelta(hours=1))
    retiring.go_back(bench.NAME, proposal.base, reason="续期有误", actor=builders.actor("cai"), clock=clock)
    assert in_use()["parking-renewal"] and releases.current_release(bench.NAME) == proposal.base


@pytest.mark.both_stores
@pytest.mark.parametrize("statement", ["UPDATE workbench_act SET text = 'x'", "DELETE FROM workbench_act"])
def test_the_record_only_grows(office, clock, statement):
    bench.changed(clock)
    with pytest.raises(sa.exc.DatabaseError, match="rows are only added"), transaction() as store:
        store.execute(sa.text(statement))
    assert session().scalar(sa.select(sa.func.count()).select_from(Act)) == 1
