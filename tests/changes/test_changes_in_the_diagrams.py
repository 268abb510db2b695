"""The procedure is changed in its diagrams and forms alone: five changes an analyst may be asked for, each to its end.

Each edits a copy of the files, checks it, runs the scenarios that come through the changed part, publishes it, and walks a
case with the real operations.
"""
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import yaml

from app import people
from app.definitions import read_folder
from app.errors import ReleaseRefused
from app.operations import releases
from app.operations.contexts import SHANGHAI
from app.registers.loading import load_demo_registers
from app.scenarios import publish_folder, run_folder
from app.store import session
from app.store.models import Case, Event, Task
from tests.changes.editing import Workshop, set_stage
from tests.faults.invariants import all_broken
from tests.support import builders
from tests.whole.walks import Walk, perform

pytestmark = pytest.mark.timeout(240)
SCENARIO = "scenarios/issued.yml"


@pytest.fixture
def workshop(tmp_path):
    folder = tmp_path / "changed"
    folder.mkdir()
    return Workshop(folder)


def _publish(workshop, clock) -> None:
    """The gate as it is: no error, every scenario passes, and the drawing is whole."""
    findings = releases.findings_of(bundle := read_folder(workshop.folder))
    assert [str(finding) for finding in findings if finding.severity == "error" or finding.code == "not-drawn"] == []
    try:
        publish_folder(workshop.folder, note="changed", clock=clock)
    except ReleaseRefused as refused:
        pytest.fail(str(refused.findings))
    for name in bundle.procedures:
        people.load_demo(bundle.procedure(name).demo, clock)
        load_demo_registers(bundle.procedure(name), clock)


def _walk(workshop, clock) -> Walk:
    return Walk(workshop.path("processes", SCENARIO), clock).start()


def _task_of(case: Case) -> Task:
    return session().query(Task).filter_by(case_id=case.id, state="open").one()


def test_a_second_review_with_its_own_form_and_role_between_two_steps(app, clock, workshop):
    builders.publish(builders.ROOT, clock=clock)
    workshop.keep_scenarios("issued", "office_returns", "rejected_at_publicity")
    old = Walk(workshop.path("processes", SCENARIO), clock).start()  # a case that began before the change
    before = old.walk(until=lambda command: command.element == "pre_publicity")

    _add_a_district_review(workshop)
    _publish(workshop, clock)
    walk = _walk(workshop, clock)
    command = walk.walk(until=lambda command: command.element == "district_review")
    task = _task_of(walk.case())
    assert (task.name, task.pool, task.stage, task.form) == ("区主管部门复核", "district@org:bureau", "单位评前公示", "district_review")
    perform(command, clock)
    assert _task_of(walk.case()).element == "office_pre_review"
    assert walk.case().latest.keys() >= {"district_review"}

    perform(before, clock)
    assert _task_of(old.case()).element == "office_pre_review", "a case stays on the release that it began with"
    assert old.case().release != walk.case().release and all_broken() == []


def _add_a_district_review(workshop) -> None:
    diagram = workshop.diagram()
    diagram.add_lane("lane_district", "区主管部门", "district", '"org:bureau"')
    task = diagram.add("userTask", "district_review", "区主管部门复核", "lane_district", (1330, 1480), formKey="district_review")
    set_stage(task, "单位评前公示")
    diagram.add("exclusiveGateway", "district_decision", "复核意见", "lane_district", (1520, 1495))
    diagram.redirect("note_publicised_to_office_pre_review", "district_review")
    diagram.connect("district_review", "district_decision")
    diagram.connect("district_decision", "office_pre_review", "同意", "agree", style="primary")
    diagram.connect("district_decision", "return_restart", "退回修改", "return", reason="required")
    diagram.save()
    workshop.append("processes", "roles.yml", "district: {name: 区主管部门复核岗, name_en: District review, scope: organisation, desk: true}")
    workshop.write("forms", "district_review.yml", """title: 区主管部门复核意见
sections:
  - key: opinion
    title: 复核意见
    fields:
      - {key: opinion, type: long_text, label: 复核意见, required: true, min_length: 4, max_length: 300}
""")
    workshop.edit_scenarios(_with_the_district_review)


def _with_the_district_review(scenario: dict) -> None:
    scenario["people"]["tian"] = {"role": "district", "name": "田野", "organisation": "bureau"}
    review = {"as": "tian", "task": "district_review", "answers": {"opinion": "同意上报评审"}, "outcome": "agree"}
    scenario["steps"] = [added for step in scenario["steps"] for added in (
        [step, review | ({"case": step["case"]} if "case" in step else {})] if step.get("task") == "pre_publicity" and step.get("outcome") == "pass" and not step.get("refused") else [step])]


def test_every_lane_gets_another_name(app, clock, workshop):
    workshop.keep_scenarios("issued", "not_passed", "batch_members_taken_out", "withdrawn_and_overdue")
    for name in ("title-review.bpmn", "expert-review.bpmn", "approval-batch.bpmn", "remove-members.bpmn"):
        diagram = workshop.diagram(name)
        for number, lane in enumerate(diagram.lanes()):
            diagram.rename(lane, f"row_{number}", f"改名后的第{number + 1}道")
        diagram.save()
    _publish(workshop, clock)
    walk = _walk(workshop, clock)
    walk.walk()
    assert walk.case().ended_element == "certificate_issued" and all_broken() == []


def test_a_hold_button_parks_a_case_for_ten_working_days(app, clock, workshop):
    workshop.keep_scenarios("issued", "office_returns")
    diagram = workshop.diagram()
    diagram.add_timer("hold", "暂缓十个工作日", "lane_office", (1560, 1010), "workdays_following(today, 10)")
    diagram.connect("pre_review_decision", "hold", "暂缓", "hold", reason="required", confirm="暂缓十个工作日后自动回到本环节。")
    diagram.connect("hold", "office_pre_review")
    diagram.save()
    workshop.edit_scenarios(_with_a_hold)
    workshop.replace("processes", "scenarios/samples/plan_sitting.yml", "2026-03-20", "2026-04-03")
    _publish(workshop, clock)

    walk = _walk(workshop, clock)
    held = walk.walk(until=lambda command: command.element == "office_pre_review")
    assert held.name == "hold"
    parked = clock().astimezone(SHANGHAI)
    perform(held, clock)
    walk.settle()
    assert session().query(Task).filter_by(case_id=walk.case().id, state="open").count() == 0 and walk.case().tab == "doing"
    clock.move_to(datetime.fromisoformat("2026-03-23T23:59:00+08:00"))  # the tenth working day after 10 March is the 24th
    assert parked.date().isoformat() == "2026-03-10" and walk.settle() is None
    assert session().query(Task).filter_by(case_id=walk.case().id, state="open").count() == 0
    clock.move_to(clock() + timedelta(minutes=1))
    walk.settle()
    assert _task_of(walk.case()).element == "office_pre_review"
    assert all_broken() == []


def _with_a_hold(scenario: dict) -> None:
    """The review of the straight way is held once; it comes back by itself."""
    if "发给证书" not in scenario["title"]:
        return
    place = next(n for n, step in enumerate(scenario["steps"]) if step.get("task") == "office_pre_review" and not step.get("refused"))
    held = dict(scenario["steps"][place]) | {"outcome": "hold", "reason": "等待上级明确政策"}
    scenario["steps"][place:place] = [held, {"expect": {"open": []}}, {"wait": "P14D"}, {"expect": {"open": ["office_pre_review"]}}]


def test_publicity_takes_seven_working_days(app, clock, workshop):
    workshop.keep_scenarios("issued", "objection", "office_returns")
    workshop.replace("processes", "title-review.bpmn", "publicity_workdays = 5", "publicity_workdays = 7")
    workshop.replace("processes", "title-review.bpmn", "不少于五个工作日", "不少于七个工作日")
    for form in ("pre_publicity", "post_publicity", "office_publicity"):
        workshop.replace("forms", f"{form}.yml", "五个工作日", "七个工作日")
    five = sorted(o.name for o in workshop.path("processes", "scenarios").glob("samples/*publicity*.yml") if "started:" in o.read_text("utf-8"))
    too_early = run_folder(read_folder(workshop.folder), workshop.folder, [workshop.path("processes", SCENARIO)])
    assert "公示期不足七个工作日" in too_early.scenarios[0].reason, "a scenario of five days notices the change"

    for sample in five:
        start, end = ('"2026-03-12"', '"2026-03-20"') if sample.startswith(("post", "office")) else ('"2026-03-03"', '"2026-03-11"')
        text = workshop.path("processes", f"scenarios/samples/{sample}").read_text("utf-8").splitlines()
        said = [f"started: {start}" if line.startswith("started:") else f"ended: {end}" if line.startswith("ended:") else line for line in text]
        workshop.write("processes", f"scenarios/samples/{sample}", "\n".join(said) + "\n")
    workshop.edit_scenarios(_with_longer_waits)
    _publish(workshop, clock)
    walk = _walk(workshop, clock)
    walk.walk()
    assert walk.case().ended_element == "certificate_issued"


def _with_longer_waits(scenario: dict) -> None:
    steps = scenario["steps"]
    for place, step in enumerate(steps):
        following = next((later["task"] for later in steps[place:] if "task" in later), "")
        if step.get("wait") == "P8D" and following in ("pre_publicity", "post_publicity"):
            step["wait"] = "P10D"


def test_payment_is_taken_out(app, clock, workshop):
    workshop.keep_scenarios("issued", "not_passed", "batch_refused_at_approval")
    diagram = workshop.diagram()
    diagram.redirect("pre_review_decision_to_compute_fee", "expert_review")
    payment = diagram.between("compute_fee", "expert_review", "office_pre_review", "begin_extension")
    assert len(payment) == 29 and {"pay_fee", "payment_overdue", "check_payment"} < set(payment)
    diagram.remove(*payment)
    diagram.save()
    workshop.replace("processes", "title-review.bpmn", "确认发起缴费;网上支付;", "")
    workshop.remove("processes", "fee.dmn")
    workshop.remove("forms", "confirm_payment.yml", "pay_fee.yml", "check_payment.yml")
    workshop.remove("reports", "payment_notice.html")
    listed = workshop.path("reports", "reports.yml").read_text("utf-8")
    workshop.write("reports", "reports.yml", _without_entry(listed, "payment_notice"))
    workshop.edit_scenarios(lambda scenario: _drop_steps(scenario, payment))
    _publish(workshop, clock)
    walk = _walk(workshop, clock)
    walk.walk(until=lambda command: command.element == "plan_sitting")
    assert walk.case().stage == "专家评审" and set(session().scalars(sa.select(Event.element))).isdisjoint(payment)
    assert all_broken() == []


def _without_entry(text: str, key: str) -> str:
    entries = yaml.safe_load(text)
    entries.pop(key)
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)


def _drop_steps(scenario: dict, gone: list[str]) -> None:
    def is_gone(step: dict) -> bool:
        waited = step.get("expect", {}).get("open") or []
        return step.get("task") in gone or step.get("message") == "paid" or any(element in gone for element in waited)

    scenario["steps"] = [step for step in scenario["steps"] if not is_gone(step)]
