"""The desk of scenarios: run beside the pages, red with line and reason, stale after a change, repaired by walking on."""
import pytest

from app.store import session
from app.workbench import keeping, plays, proposals, scenarios
from tests.support import builders

FOLDER = "processes/lending-library/scenarios"
BAD = f"{FOLDER}/lent_and_returned.yml"


@pytest.fixture
def proposal(app, clock):
    builders.publish(clock=clock)
    builders.person("ada", "analyst", clock=clock)
    return proposals.begin_proposal("lending-library", title="用例", actor=builders.actor("ada"), clock=clock)


def _save(proposal, path, content, clock):
    there = proposals.changed_files(proposal).get(path)
    proposals.save_file(proposal.id, path, content, expected=there.version if there else 0, actor=builders.actor("ada"), clock=clock)


def _states(proposal):
    return {one.path.rpartition("/")[2][:-4]: one.state for one in scenarios.outcomes_of(proposal)}


def _broken(proposal):
    return proposals.read_file(proposal, BAD).content.replace(b"expect: {open: [keep]}", b"expect: {open: [check]}")


def test_all_scenarios_run_beside_the_pages_and_what_goes_wrong_is_named_with_its_line(proposal, clock):
    _save(proposal, BAD, _broken(proposal), clock)
    assert set(_states(proposal).values()) == {"new"} and not scenarios.all_green(proposal)
    assert scenarios.ask_runs(proposal, clock=clock) == 9
    assert scenarios.progress_of(scenarios.outcomes_of(proposal)) == (0, 9)
    assert scenarios.run_waiting(clock) == 9
    states = _states(proposal)
    assert states.pop("lent_and_returned") == "red" and set(states.values()) == {"green"}
    red = next(one for one in scenarios.outcomes_of(proposal) if one.state == "red")
    assert red.outcome.line == 14 and "（open）应为“审核借书单 check”，实为“等待还书 keep”" in red.outcome.reason
    # another scenario changes: the outcomes of the others stay; a form changes: all are to be run again
    _save(proposal, f"{FOLDER}/refused.yml", proposals.read_file(proposal, f"{FOLDER}/refused.yml").content + b"# ...\n", clock)
    states = _states(proposal)
    assert (states["refused"], states["lent_and_returned"], states["lost_and_paid"]) == ("stale", "red", "green")
    form = "forms/lending-library/check.yml"
    _save(proposal, form, proposals.read_file(proposal, form).content + b"\n# ...\n", clock)
    assert set(_states(proposal).values()) == {"stale"}
    coverage = scenarios.coverage_of(proposal)
    assert coverage.walked["request_to_check"] and len(coverage.flows) > len(coverage.missing)


def test_a_failing_scenario_is_opened_as_a_walk_up_to_its_step_and_its_end_replaced(proposal, clock):
    _save(proposal, BAD, _broken(proposal).replace(b"steps:", "# 注解留着\nsteps:".encode()), clock)
    scenarios.run_scenarios_of(proposal, [BAD], clock=clock)
    line = next(one.outcome.line for one in scenarios.outcomes_of(proposal) if one.path == BAD)
    play = keeping.open_scenario(proposal, BAD, line=line, actor=builders.actor("ada"), clock=clock)
    assert play.position == 3 and play.steps[-1]["after"]["main"]["open"] == ["keep"]
    plays.go_on(play, {"wait": "P3D"}, "过了三天", clock=clock)
    plays.go_on(play, {"as": "zhao", "task": "keep", "answers": {"returned_on": "2026-03-05", "damage": "无"}, "outcome": "returned"}, "归还", clock=clock)
    keeping.keep_play(play, "lent_and_returned", "借出，三天后归还", replace=True, actor=builders.actor("ada"), clock=clock)
    text = proposals.read_file(proposal, BAD).content.decode()
    assert "# 注解留着" in text and "title: 借出，三天后归还" in text and "{wait: P3D}" in text and "P10D" not in text
    assert "answers_from: samples/hand_out.yml}" in text and text.rstrip().endswith("{expect: {ended: returned}}")
    outcome = scenarios.run_scenarios_of(proposal, [BAD], clock=clock)
    assert outcome.passed, outcome.lines()


def test_a_scenario_that_cannot_be_read_or_that_asks_for_a_step_taken_out_does_not_stop_the_others(proposal, clock):
    _save(proposal, f"{FOLDER}/gone.yml", "process: lending\ntitle: 没有的环节\npeople: {reader_wang: {role: member}}\nstart: {as: reader_wang}\nsteps:\n  - {as: reader_wang, task: gone}\n".encode(), clock)
    _save(proposal, f"{FOLDER}/unreadable.yml", b"process: lending\nwhat: is this\n", clock)
    paths = [f"{FOLDER}/{name}.yml" for name in ("gone", "unreadable", "refused")]
    scenarios.run_scenarios_of(proposal, paths, clock=clock)
    states = _states(proposal)
    assert (states["gone"], states["unreadable"], states["refused"]) == ("red", "broken", "green")


def test_the_desk_shows_runs_and_lets_go_of_a_scenario(client, proposal, clock):
    builders.sign_in(client, "ada")
    address = f"/workbench/{proposal.id}/scenarios"
    page = client.get(address).text
    assert "9 个情景，0 个在现在的内容上通过" in page and "没有运行过" in page
    token = builders.csrf_token(client)
    assert client.post(f"{address}/run", data={"csrf_token": token, "path": BAD}).status_code == 303
    state = client.get(f"{address}/state").json
    assert state["moving"] and "已运行 0/1，可离开本页" in state["html"]
    assert client.post(f"{address}/stop", data={"csrf_token": token}).status_code == 303
    assert not client.get(f"{address}/state").json["moving"]
    edit = client.get(f"{address}/edit/{BAD}").text
    assert "data-text=" in edit
    found = client.post(f"{address}/check/{BAD}", data="process: lending\nwhat: x\n", content_type="text/plain", headers={"X-CSRFToken": token}).json
    assert found["problems"][0]["line"] >= 1 and found["problems"][0]["message"]
    opened = client.post(f"{address}/play/{BAD}", data={"csrf_token": token})
    assert opened.status_code == 303 and "/play/" in opened.location
    assert client.post(f"{address}/remove/{BAD}", data={"csrf_token": token}).status_code == 303
    session().rollback()
    assert "lent_and_returned" not in _states(proposals.proposal_of(proposal.id))


def test_what_an_outside_system_answers_can_be_written_in_a_scenario(proposal, clock):
    text = """process: lending
title: 开单失败一次，后来按填写的结果开出
clock: 2026-03-02T09:00:00+08:00
people:
  reader_wang: {role: member, name: 王小满}
  librarian_zhao: {role: librarian, name: 赵静, organisation: city_library}
start: {as: reader_wang}
steps:
  - {as: reader_wang, task: request, answers_from: samples/request.yml}
  - {as: librarian_zhao, task: check, answers: {in_stock: true}, outcome: lend}
  - {as: librarian_zhao, task: hand_out, answers_from: samples/hand_out.yml}
  - {wait: P40D}
  - {stand_ins: wait}
  - {as: librarian_zhao, task: overdue_return, answers: {returned_on: "2026-04-11", damage: 无}, outcome: returned}
  - {answer: order, fails: 银行维护}
  - {expect: {messages: []}}
  - {answer: order, result: {order_no: "1", amount: 700}}
  - {expect: {messages: [paid]}}
  - {message: paid}
  - {expect: {ended: settled}}
"""
    _save(proposal, f"{FOLDER}/bank_down.yml", text.encode(), clock)
    outcome = scenarios.run_scenarios_of(proposal, [f"{FOLDER}/bank_down.yml"], clock=clock)
    assert outcome.passed, outcome.lines()
