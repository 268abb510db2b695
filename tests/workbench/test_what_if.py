"""What if: of past cases exactly those are told that a changed table or condition would have sent another way."""
import io

import openpyxl
import pytest

from app import jobs
from app.clock import PretendClock
from app.errors import WhatIfOutdated
from app.store import session
from app.store.models import Case
from app.workbench import proposals, whatif, whatif_jobs
from tests.support import builders
from tests.whole.walks import Walk
from tests.workbench.benches import bench_app

SCENARIOS = builders.DATA / "lending-library" / "processes" / "lending-library" / "scenarios"
TABLE, DIAGRAM = (f"processes/lending-library/{name}" for name in ("fine.dmn", "lending.bpmn"))
WALKED = ("late_within_grace", "borrowed_elsewhere_and_late", "lent_and_returned", "refused")


@pytest.fixture(scope="module")
def clock():
    return PretendClock(builders.MONDAY)


@pytest.fixture(scope="module")
def walked(tmp_path_factory, clock):
    """Four past cases: brought back 2 days late, 5 days late, in time, and never lent. Looking changes nothing, so that all tests look at the same."""
    found = {}
    with bench_app(tmp_path_factory.mktemp("walked"), clock):
        for name in WALKED:
            walk = Walk(SCENARIOS / f"{name}.yml", PretendClock(builders.MONDAY)).start()
            walk.walk()
            found[name] = walk.case().number
        yield found


def propose(clock, path, *changes):
    """A proposal with texts of a file replaced."""
    proposal = proposals.begin_proposal("lending-library", title="改一改", actor=builders.actor("ada"), clock=clock)
    text = proposals.read_file(proposal, path).content.decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    proposals.save_file(proposal.id, path, text.encode(), expected=0, actor=builders.actor("ada"), clock=clock)
    return proposals.proposal_of(proposal.id)


def look(proposal, **asked):
    compared = whatif.Comparison(proposal)
    changed = compared.changed()
    return whatif.look_at(compared, changed, whatif.cases_asked(proposal, changed, whatif.Asked(**asked)))


def test_a_changed_fee_tells_exactly_the_cases_that_would_have_paid_otherwise(walked, clock):
    found = look(propose(clock, TABLE, ("<text>500</text>", "<text>800</text>")))
    [one] = found.differences
    assert (one.case, one.before, one.after, one.kind) == (walked["borrowed_elsewhere_and_late"], "金额（分） = 500", "金额（分） = 800", "other")
    assert (found.cases, found.moments) == (4, 2)
    assert ("逾期还书登记 · 归还（报失）日期", "2026年4月6日") in one.inputs and ("借书单 · 读者类别", "成人读者") in one.inputs


def test_a_moved_limit_tells_only_the_case_between_the_old_and_the_new_one(walked, clock):
    found = look(propose(clock, TABLE, ("&lt;= 3", "&lt;= 1")))
    assert {one.case for one in found.differences} == {walked["late_within_grace"]}
    assert found.differences[0].before.startswith("金额（分） = 0")


def test_a_table_written_otherwise_that_decides_the_same_tells_nobody(walked, clock):
    proposal = propose(clock, TABLE, ("&lt;= 3", "&lt; 4"))
    [one] = whatif.Comparison(proposal).changed()
    assert (one.element, one.words) == ("fine_rule", ("第 1 行：“<= 3”改为“< 4”",))
    assert look(proposal).differences == []


def test_a_changed_condition_tells_which_way_each_case_would_have_gone(walked, clock):
    found = look(propose(clock, DIAGRAM, ("form.check.in_stock == true", 'form.check.in_stock == true &amp;&amp; form.request.reader_kind == "child"')))
    assert {one.case for one in found.differences} == {walked["late_within_grace"], walked["lent_and_returned"]}
    one = found.differences[0]
    assert one.before.startswith("有 → ") and "split" not in one.before and "have_book" not in one.before
    assert one.after.startswith("没有 → ") and one.missing == ()


def test_a_value_that_was_never_given_is_named(walked, clock):
    found = look(propose(clock, DIAGRAM, ("form.check.in_stock == true", "vars.shelf != null")))
    assert {one.case for one in found.differences} == {walked["late_within_grace"], walked["lent_and_returned"]}
    assert found.differences[0].missing == ("变量 shelf",)


def test_an_expression_that_now_fails_is_told_as_such(walked, clock):
    found = look(propose(clock, DIAGRAM, ("form.check.in_stock == true", "form.request.reader_name > 3")))
    assert {one.kind for one in found.differences} == {"failed"} and len(found.differences) == 3
    assert "王小满" not in str(found.differences)


def test_a_step_that_is_gone_is_told_as_gone(walked, clock):
    proposal = propose(clock, DIAGRAM, ('id="fine_rule"', 'id="fine_rules"'), ('targetRef="fine_rule"', 'targetRef="fine_rules"'),
                       ('sourceRef="fine_rule"', 'sourceRef="fine_rules"'), ('bpmnElement="fine_rule"', 'bpmnElement="fine_rules"'))
    found = look(proposal)
    assert {(one.case, one.kind) for one in found.differences} == {(walked["late_within_grace"], "gone"), (walked["borrowed_elsewhere_and_late"], "gone")}


def test_only_cases_of_the_time_asked_for_are_looked_at(walked, clock):
    proposal = propose(clock, TABLE, ("<text>500</text>", "<text>800</text>"))
    assert look(proposal, since="2026-03-03").cases == 0
    assert look(proposal, until="2026-03-02").cases == 4
    assert look(proposal, release=proposal.base, most=3).cases == 3
    assert look(proposal, release="f" * 64).cases == 0


def test_looking_changes_nothing(walked, clock):
    before = [(case.version, case.events, case.head) for case in session().query(Case).order_by(Case.id)]
    look(propose(clock, TABLE, ("<text>500</text>", "<text>800</text>")))
    assert [(case.version, case.events, case.head) for case in session().query(Case).order_by(Case.id)] == before


def test_what_is_personal_is_covered(walked, clock):
    found = look(propose(clock, DIAGRAM, ("form.check.in_stock == true", "form.request.reader_name == case.starter.name &amp;&amp; false")))
    assert found.differences and "王小满" not in str(found.differences) and "王**" in str(found.differences)


def test_many_cases_are_a_job_with_the_same_answer_as_a_workbook(walked, clock, monkeypatch):
    monkeypatch.setattr(whatif_jobs, "STEP", 3)
    proposal = propose(clock, TABLE, ("<text>500</text>", "<text>800</text>"))
    changed, asked = whatif.Comparison(proposal).changed(), whatif.Asked()
    job = whatif_jobs.begin(proposal, changed, whatif.cases_asked(proposal, changed, asked), asked, actor=builders.actor("ada"), clock=clock)
    assert jobs.run_jobs(clock) == 2
    found = whatif_jobs.found_of(jobs.job_of(job.id, builders.actor("ada")))
    assert found == look(proposal)
    assert whatif_jobs.totals_of(found) == [(found.differences[0].name, "金额（分） = 500", "金额（分） = 800", 1)]
    assert whatif_jobs.latest_of(proposal, builders.actor("ada")) == [job]
    sheet = openpyxl.load_workbook(io.BytesIO(whatif_jobs.workbook_of(proposal, found))).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [walked["borrowed_elsewhere_and_late"]]


def test_a_job_does_not_mix_answers_of_two_states_of_a_proposal(walked, clock):
    proposal = propose(clock, TABLE, ("<text>500</text>", "<text>800</text>"))
    changed, asked = whatif.Comparison(proposal).changed(), whatif.Asked()
    job = whatif_jobs.begin(proposal, changed, whatif.cases_asked(proposal, changed, asked), asked, actor=builders.actor("ada"), clock=clock)
    proposals.save_file(proposal.id, TABLE, b"<x/>", expected=1, actor=builders.actor("ada"), clock=clock)
    jobs.run_jobs(clock)
    [item] = jobs.items_of(jobs.job_of(job.id, builders.actor("ada"))).rows
    assert item.detail == {"code": WhatIfOutdated.code}
