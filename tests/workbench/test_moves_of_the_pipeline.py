"""Running cases at every step of the title review go on by a release with one step more and one less.

Each is moved or refused with a true reason, every moved case comes to its end, and every history replays. By default a
few steps alone; PINGSHEN_TEST_MOVES=300 walks as many as give three hundred running cases at every step.
"""
import os
from collections import Counter

import pytest
import sqlalchemy as sa

from app import jobs
from app.definitions import Bundle, read_folder
from app.operations import releases
from app.store import session
from app.store.models import Case, Event, Task
from app.workbench import moves, moves_results
from app.workbench.moves_choosing import Wanted
from tests.changes.editing import Workshop, set_stage
from tests.faults.invariants import all_broken, broken
from tests.support import builders
from tests.whole.walks import ISSUED, Walk, perform
from tests.workbench.moves_walks import Halted

WANTED = int(os.environ.get("PINGSHEN_TEST_MOVES", "0"))
# How many commands of the scenario a case has behind it: one stop at each of its steps, in several at parallel and repeated ones.
EVERY_STEP = (0, 1, 2, 4, 5, 6, 7, 9, 12, 14, 16, 19, 22, 26, 28, 30, 31, 33, 34)


@pytest.fixture
def changed(tmp_path):
    """The procedure with a step `recount` before the review after the vote, and without the office's own publicity."""
    folder = tmp_path / "changed"
    folder.mkdir()
    workshop = Workshop(folder)
    diagram = workshop.diagram()
    diagram.redirect("post_split_to_office_publicity", "post_join")
    diagram.remove(*diagram.between("office_publicity", "post_join"))
    lane = next(lane.get("id") for lane in diagram.lanes() if "office_post_review" in [ref.text for ref in lane])
    diagram.add("userTask", "recount", "复核材料清单", lane, (2400, 900), formKey="start_post_publicity")
    set_stage(diagram.element("recount"), "评委会办公室评后审核")
    diagram.redirect("post_join_to_office_post_review", "recount")
    diagram.connect("recount", "office_post_review")
    diagram.save()
    workshop.replace("reports", "reports.yml", "offered_at: [office_publicity]", "offered_at: [post_publicity]")
    files = read_folder(folder).files
    bundle = Bundle({path: content for path, content in files.items() if "/scenarios/" not in path})
    assert [str(finding) for finding in releases.findings_of(bundle) if finding.severity == "error"] == []
    return bundle


FEW = (2, 19, 22, 28, 31)


def stops() -> list[int]:
    """How far each walk goes. A walk has up to three running cases: an application, a sitting, a batch."""
    return [EVERY_STEP[place % len(EVERY_STEP)] for place in range(WANTED * 2 // 5)] or list(FEW)


def work(clock):
    while jobs.run_jobs(clock, seconds=30):
        pass
    session().rollback()


@pytest.mark.timeout(3000)
def test_cases_at_every_step_are_moved_or_refused_with_a_reason_and_come_to_their_end(app, clock, changed):
    builders.publish(builders.ROOT, clock=clock)
    ana = builders.person("ana", "analyst", clock=clock)
    walks = [Halted(ISSUED, clock, stop) for stop in stops()]
    steps = Counter(session().scalars(sa.select(Task.element).where(Task.state == "open")))
    target = builders.publish(changed, clock=clock, demo=False)[0].digest
    moved = Counter()
    for process in ("title-review", "sitting", "approval-batch"):
        clock.now = max(walk.at for walk in walks)
        moved += bring(Wanted(process, target), clock, ana)
    print("running", sum(moved.values()), dict(moved), "at", len(steps), "steps", dict(steps))
    assert moved["refused"] == 0 and moved["failed"] == 0 and len(steps) >= (13 if WANTED else 6)
    assert all_broken() == []
    for walk in walks:
        walk.go_on({"recount": ("zhou", builders.sample("start_post_publicity", builders.ROOT / "processes" / "title-review"))})
        assert walk.case().ended_element == "certificate_issued", walk.case().number
        for name in walk.cases:
            assert walk.case(name).ended_at is not None and broken(walk.case(name)) == []


def bring(wanted: Wanted, clock, ana) -> Counter:
    """Tries, maps what is asked for to the first proposal, moves; what became of the cases."""
    plan = moves.begin_plan(wanted, None, actor=ana, clock=clock)
    work(clock)
    questions = moves_results.found_by(plan, clock).questions
    if questions:
        moves.try_again(plan.id, {one.element: one.proposals[0].id for one in questions}, False, actor=ana, clock=clock)
        work(clock)
    found = moves_results.found_by(moves.plan_of(plan.id), clock)
    assert found.counts["choose"] == 0, found.questions
    print([(group.words, group.count) for group in found.refused])
    moves.run(plan.id, "按修订后的办法办理", actor=ana, clock=clock)
    work(clock)
    counts = moves_results.counts_of(moves.plan_of(plan.id))
    return Counter({"moved": counts["moved"], "failed": counts["failed"], "refused": found.counts["refused"]})


@pytest.mark.timeout(300)
def test_undone_at_every_step_the_case_goes_on_as_though_it_had_never_been_moved(app, clock, changed):
    from app.operations.moving import Course, move_case, try_move, undo_move

    builders.publish(builders.ROOT, clock=clock)
    ana = builders.person("ana", "analyst", clock=clock)
    target = builders.publish(changed, clock=clock, demo=False)[0].digest
    builders.publish(builders.ROOT, clock=clock)
    walk = Walk(ISSUED, clock).start()
    places = set()
    for command in walk.commands():
        case = walk.case()
        trial = try_move(case, Course(target), actor=ana, clock=clock)
        mapping = {one.element: one.proposals[0] for one in trial.obstacles}
        before = session().scalar(sa.select(Event.state_digest).where(Event.case_id == case.id).order_by(Event.seq.desc()).limit(1))
        move_case(case.id, Course(target, mapping), actor=ana, clock=clock, reason="试")
        undone = undo_move(case.id, actor=ana, clock=clock)
        assert undone.state_digest == before and broken(walk.case()) == []
        places |= set(session().scalars(sa.select(Task.element).where(Task.case_id == case.id, Task.state == "open")))
        perform(command, clock)
        walk.settle()
    assert session().get(Case, walk.cases["main"], populate_existing=True).ended_element == "certificate_issued" and len(places) >= 12
