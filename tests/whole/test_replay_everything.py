"""Every case of every scenario replays to the same states, every flow is walked, and frozen states load for ever."""
import pytest

from app.definitions import read_folder
from app.scenarios import run_bundle
from tests.data.snapshots import make
from tests.support.builders import DATA, ROOT

FROZEN = sorted(make.FOLDER.glob("*.json"))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("root", [ROOT, DATA / "lending-library"], ids=["title-review", "lending-library"])
def test_every_case_of_every_scenario_replays_and_every_flow_is_walked(root):
    outcome = run_bundle(read_folder(root))  # a scenario fails when one of its cases does not replay
    assert len(outcome.scenarios) >= 9 and [o.reason for o in outcome.scenarios if not o.passed] == []
    assert outcome.flows_not_walked == []


def test_there_are_frozen_states_of_both_procedures():
    assert {frozen["process"] for path in FROZEN for frozen in make.read(path)["states"]} >= {"title-review", "approval-batch", "lending"}


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem[:12])
def test_a_frozen_state_loads_with_its_release_and_waits_for_the_same(path):
    frozen = make.read(path)
    assert len(frozen["states"]) >= 5
    for state in frozen["states"]:
        assert make.seen(frozen["files"], state["process"], state["state"]) == state["seen"], state["after"]


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem[:12])
def test_a_frozen_case_can_go_on(path):
    """Loading is not enough: the next person must be able to act."""
    frozen = make.read(path)
    moved = [make.moved(frozen, state["process"], state["state"]) for state in frozen["states"]]
    assert sum(step is not None for step in moved) >= 4
