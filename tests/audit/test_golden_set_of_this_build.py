"""A-13: every history that an earlier build froze replays on this one to the same states, and a build that decides otherwise is found out."""
from __future__ import annotations

import pytest

from app.operations import replay
from app.operations.replay import replay_cases
from tests.data.histories import make

FROZEN = sorted(make.FOLDER.glob("*.json.zst"))
pytestmark = pytest.mark.tampers  # nothing was walked here


def test_there_is_a_golden_set_of_both_procedures():
    assert len(FROZEN) >= 2


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem[:12])
def test_a_frozen_history_replays_to_the_same_states(app, path):
    cases = make.load(path)
    found = list(replay_cases())
    assert len(found) == cases >= 4 and [one for one in found if one.state != "equal"] == []


@pytest.mark.parametrize("path", FROZEN[:1], ids=lambda path: path.stem[:12])
def test_a_build_that_decides_otherwise_is_found_out(app, path, monkeypatch):
    make.load(path)
    real = replay.engine.complete

    def otherwise(process, state, task, outcome, facts):
        step = real(process, state, task, outcome, facts)
        return real(process, state, task, outcome, type(facts)(now=facts.now, seed=facts.seed + "x", forms=facts.forms, case=facts.case, actor=facts.actor, task=facts.task)) if step.open_tasks else step

    monkeypatch.setattr(replay.engine, "complete", otherwise)
    assert any(one.difference for one in replay_cases())
