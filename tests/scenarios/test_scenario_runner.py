"""Scenarios: what an analyst relies on when one passes, and what a failing one says."""
import json
import shutil

import pytest

from app.cli import scenario_command
from app.definitions import DefinitionError, load_scenario, read_folder
from app.scenarios.folder import run_scenarios
from tests.support.builders import DATA

LIBRARY = DATA / "lending-library"
HEAD = """process: lending
title: 试
people:
  wang: {role: member, name: 王小满}
  zhao: {role: librarian, organisation: city_library}
start: {as: wang}
steps:
"""
REQUEST = "  - {as: wang, task: request, answers_from: samples/request.yml}\n"


@pytest.fixture(scope="module")
def bundle():
    return read_folder(LIBRARY)


def _run(bundle, *steps: str):
    samples = "processes/lending-library/scenarios/"
    scenario = load_scenario(HEAD + "".join(steps), "試.yml", lambda name: bundle.files[samples + name])
    return run_scenarios(bundle, [scenario]).scenarios[0]


def test_a_scenario_that_goes_as_written_passes_and_names_its_flows(bundle):
    outcome = _run(bundle, REQUEST, "  - {expect: {open: [check], tab: doing}}\n")
    assert outcome.passed and outcome.step == 0 and outcome.flows


def test_a_wrong_expectation_names_its_line_and_what_was_there(bundle):
    outcome = _run(bundle, REQUEST, "  - {expect: {open: [hand_out]}}\n")
    assert not outcome.passed and outcome.step == 9
    assert "check" in outcome.reason and "hand_out" in outcome.reason


def test_an_invalid_answer_names_the_field(bundle):
    outcome = _run(bundle, "  - {as: wang, task: request, answers: {}}\n")
    assert not outcome.passed and outcome.step == 8 and "：" in outcome.reason


def test_a_step_that_must_be_refused_and_is_not_fails(bundle):
    outcome = _run(bundle, REQUEST.replace("}", ", refused: true}"))
    assert not outcome.passed and "本应被拒绝" in outcome.reason


def test_working_days_pass_weekends_by(bundle):
    borrowed = (REQUEST, "  - {as: zhao, task: check, answers: {in_stock: true}, outcome: lend}\n",
                "  - {as: zhao, task: hand_out, answers_from: samples/hand_out.yml}\n")
    assert _run(bundle, *borrowed, "  - {wait_workdays: 5}\n", "  - {expect: {open: [keep]}}\n").passed
    assert _run(bundle, *borrowed, "  - {wait_workdays: 40}\n", "  - {expect: {open: [overdue_return]}}\n").passed


def test_an_unknown_key_is_an_error_with_its_line():
    with pytest.raises(DefinitionError) as caught:
        load_scenario(HEAD + "  - {as: wang, task: request, anwsers: {}}\n", "試.yml")
    assert caught.value.problems[0].line == 8 and "anwsers" in caught.value.message


def test_the_command_prints_the_json_that_tools_rely_on_and_fails_with_a_scenario(app, tmp_path):
    root = tmp_path / "work"
    shutil.copytree(LIBRARY, root)
    folder = root / "processes/lending-library/scenarios"
    (folder / "zz_wrong.yml").write_text(HEAD + "  - {expect: {open: [keep]}}\n", "utf-8")
    names = [str(folder / name) for name in ("refused.yml", "zz_wrong.yml")]
    answer = app.test_cli_runner().invoke(scenario_command, [*names, "--root", str(root), "--json"])
    said = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert [set(one) for one in said["scenarios"]] == [{"file", "title", "passed", "step", "reason", "flows"}] * 2
    assert [one["passed"] for one in said["scenarios"]] == [True, False] and said["flows_not_walked"]
