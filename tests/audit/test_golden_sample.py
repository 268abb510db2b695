"""A-13: a new version of engine or service replays a stored sample before it starts, and does not start where it decides otherwise."""
from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.audit.replays import badges, golden
from app.audit.replays.models import ReplayCheck, ReplayMember
from app.audit.replays.versions import Versions, versions
from app.errors import SampleDiffers
from app.operations import replay
from app.store import append_only, session, transaction
from app.store.models import Event
from tests.audit.desk_cases import lent
from tests.support.builders import publish

pytestmark = [pytest.mark.both_stores, pytest.mark.tampers]


@pytest.fixture
def library(app, clock):
    publish(clock=clock)
    for steps in (0, 1, 1, 2, 3, 3, 3):
        lent(clock, steps)
    return app


@pytest.fixture
def upgraded(monkeypatch):
    """Another version of the service is at work."""
    def upgrade(service="9.9.9+other"):
        for module in (golden, badges):
            monkeypatch.setattr(module, "versions", lambda: Versions(versions().engine, service))

    return upgrade


def otherwise(monkeypatch):
    """The new version decides otherwise: it sends a case along another way."""
    real = replay.engine.complete
    monkeypatch.setattr(replay.engine, "complete", lambda process, state, task, outcome, facts: real(process, state, task, "refuse" if outcome == "lend" else outcome, facts))


def members():
    session().rollback()
    return session().scalars(sa.select(ReplayMember.case_id).order_by(ReplayMember.case_id)).all()


def test_the_sample_is_spread_over_lengths_and_drawn_again_the_same_by_its_seed(library, clock):
    assert golden.refresh_sample(clock, size=3, seed="one") == 3
    first = members()
    lengths = session().scalars(sa.select(ReplayMember.events).order_by(ReplayMember.events)).all()
    assert lengths[0] < lengths[-1]
    golden.refresh_sample(clock, size=3, seed="one")
    assert members() == first and session().scalars(sa.select(ReplayMember.seed)).first() == "one"


def test_a_version_that_decides_the_same_starts_and_the_next_start_does_not_replay_again(library, clock, upgraded):
    golden.check_sample(clock, size=3)
    upgraded()
    check = golden.check_sample(clock, size=3)
    assert (check.state, check.cases, check.service) == ("good", 3, "9.9.9+other")
    assert golden.check_sample(clock, size=3).id == check.id


def test_a_version_that_decides_otherwise_does_not_start_and_the_first_difference_is_named(library, clock, upgraded, monkeypatch):
    golden.check_sample(clock, size=5)
    upgraded()
    otherwise(monkeypatch)
    with pytest.raises(SampleDiffers) as refused:
        golden.check_sample(clock, size=5)
    assert refused.value.seq and refused.value.number in refused.value.message and "不予出借" in refused.value.message
    assert session().scalars(sa.select(ReplayCheck.state).order_by(ReplayCheck.id)).all() == ["good", "refused"]
    with pytest.raises(SampleDiffers):
        golden.check_sample(clock, size=5)


def test_starting_all_the_same_needs_a_reason_that_is_kept(library, clock, upgraded, monkeypatch):
    golden.check_sample(clock, size=5)
    upgraded()
    otherwise(monkeypatch)
    check = golden.check_sample(clock, size=5, override="新版本修正了借阅期限的算法")
    assert (check.state, check.reason) == ("overridden", "新版本修正了借阅期限的算法") and check.words


def test_a_history_that_was_spoilt_before_is_no_measure_for_a_new_version(library, clock):
    with transaction() as store:
        append_only.drop(store.connection())
        store.execute(sa.update(Event).where(Event.outcome == "lend", Event.case_id == 4).values(outcome="refuse"))
    golden.refresh_sample(clock, size=7)
    assert 4 not in members() and len(members()) == 6
    assert golden.check_sample(clock, size=7).state == "good"


def test_an_empty_database_starts(app, clock):
    assert golden.check_sample(clock, size=5).cases == 0


def test_the_command_says_what_it_replayed(library):
    said = library.test_cli_runner().invoke(args=["replay-sample", "--refresh", "--seed", "one"])
    assert said.exit_code == 0 and "样本 5 件" in said.output, said.output
