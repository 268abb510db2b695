"""K-01, G-11: a whole review with its vote; nothing that is left anywhere links a person to a choice."""
import contextlib
import gzip
import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import ballots
from app.ballots.models import Ballot, BallotTurnout
from app.extensions import db
from app.proof.heads import write_heads
from app.operations.drafts import save_draft
from app.operations.replay import replay_case
from app.people import actor_with_id
from app.store import session, transaction
from app.store.models import Answers, Case, Draft, Event, IdempotencyKey
from tests.faults.invariants import all_broken, dump, unpacked
from tests.support import builders
from tests.whole.walks import ISSUED, Walk, perform

VOTES = {"expert1": "yes", "expert2": "yes", "expert3": "no"}
CHOICES = {"yes", "no", "abstain", "同意", "不同意", "弃权", "choice"}


@pytest.fixture
def voted(app, clock, caplog):
    """The walk after its end; every voter saved a draft with the choice first, as a page might do by mistake."""
    caplog.set_level(logging.DEBUG)
    builders.publish(builders.ROOT, clock=clock)
    walk = Walk(ISSUED, clock).start()
    for command in walk.commands():
        if command.element == "cast_ballot":
            save_draft(command.target, command.answers, actor=actor_with_id(command.actor), clock=clock)
            assert session().get(Draft, (command.target, command.actor)).data.keys() & {"choice"} == set()
        perform(command, clock)
        walk.settle()
    write_heads(clock)
    return walk


def _leaves(value):
    """All words of a value, keys too; text that holds JSON or packed data is opened."""
    value = unpacked(value)
    if isinstance(value, dict):
        for key, member in _without_sums(value).items():
            yield str(key)
            yield from _leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    elif value is not None:
        yield str(value)


def _without_sums(value: dict) -> dict:
    """Without what is no choice of one person: who was present, and how many of all voted how (numbers only)."""
    sums = {key for key in ("yes", "no", "abstain") if "attending" in value and type(value.get(key)) is int}
    return {key: member for key, member in value.items() if key not in sums and not (key == "present" and "ref" in value)}


def _rows():
    for table, rows in dump().items():
        if table not in ("release_file", "person", "person_role"):  # what an analyst wrote, and who there is
            yield from ((table, row, list(_leaves(row))) for row in rows)


def _linkable() -> list[tuple]:
    """(table, voters, choices) of every row that holds both."""
    found = []
    for table, row, words in _rows():
        voters = {voter for voter in VOTES if {voter, f"person:{voter}"} & set(words)}
        choices = CHOICES & set(words)
        found += [(table, voters, choices)] if voters and choices else []
    return found


@pytest.mark.both_stores
def test_no_row_of_any_table_holds_a_voter_and_a_choice(voted):
    assert _linkable() == []
    assert session().query(BallotTurnout).one().voted == dict.fromkeys(VOTES, True)


def test_a_row_that_holds_both_would_be_noticed(voted, clock):
    """The control: without it an empty list above would prove little."""
    with transaction():
        session().add(Draft(task_id="t", person_id="expert1", case_id=voted.case().id, saved_at=clock(), data={"choice": "yes"}))
    assert _linkable() == [("draft", {"expert1"}, {"choice", "yes"})]


@pytest.mark.both_stores
def test_the_vote_left_empty_answers_no_fingerprint_and_equal_events(voted):
    case = voted.case()
    stored = session().scalars(sa.select(Answers).where(Answers.case_id == case.id, Answers.form == "ballot")).all()
    assert [row.data for row in stored] == [{}] * 3
    cast = session().scalars(sa.select(Event).where(Event.case_id == case.id, Event.element == "cast_ballot").order_by(Event.seq)).all()
    assert [sorted(event.details) for event in cast] == [sorted(cast[0].details)] * 3
    keys = session().scalars(sa.select(IdempotencyKey).where(IdempotencyKey.person_id.in_(VOTES))).all()
    unsaid = [key for key in keys if key.fingerprint == ""]
    assert len(unsaid) == 3 and all(CHOICES.isdisjoint(_leaves(key.answer)) for key in keys)
    assert session().query(Draft).count() == 0


class TakenBack(Exception):
    """Ends a vote that is only tried."""


def test_the_database_after_a_vote_is_the_same_whatever_was_chosen(app, clock, one_salt):
    builders.publish(builders.ROOT, clock=clock)
    vote = Walk(ISSUED, clock).start().walk(until=lambda command: command.element == "cast_ballot")
    seen = []  # on SQLite: the other takes no number back that it gave, so that three tries differ by their turn
    for choice in ("yes", "no", "abstain"):
        with contextlib.suppress(TakenBack), transaction():
            perform(replace(vote, answers={"choice": choice}), clock, key="one-and-the-same")
            session().flush()
            seen.append(_dump_inside())
            raise TakenBack
    assert seen[0] == seen[1] == seen[2]


def _dump_inside() -> dict[str, list]:
    """Every table within the open transaction; the sealed box only by its length."""
    found = {table.name: [tuple(row) for row in session().execute(sa.text(f"SELECT * FROM {table.name}"))] for table in db.metadata.sorted_tables}
    return found | {"ballot_box": [(ballot, len(sealed)) for ballot, sealed in found["ballot_box"]]}


def test_logs_anchors_files_and_backups_hold_no_choice(voted, app, caplog, tmp_path):
    said = caplog.text
    for voter in VOTES:
        for line in said.splitlines():
            assert not (voter in line and any(f"'{word}'" in line or f'"{word}"' in line for word in CHOICES)), line
    backup = tmp_path / "backup.db"
    shutil.copyfile(tmp_path / "test.db", backup)
    for path in [*Path(app.config["VAR"]).rglob("*"), backup]:
        if path.is_file():
            raw = path.read_bytes()
            raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
            for voter in VOTES:
                for choice in CHOICES:
                    assert f'"{voter}": "{choice}"'.encode() not in raw and f'"{voter}":"{choice}"'.encode() not in raw, path
    assert list(Path(app.config["KEYS"]).glob("ballot-*")) == [], "the key of the box is gone with the count"


def test_the_box_is_empty_and_only_sums_are_known(voted):
    ballot = session().query(Ballot).one()
    counts = ballots.counts_of(ballot.id)
    assert counts == {"members": counts["members"], "attending": 3, "cast": 3, "yes": 2, "no": 1, "abstain": 0}
    sealed = session().scalar(sa.text("SELECT sealed FROM ballot_box"))
    assert set(bytes(sealed)) == {0}


@pytest.mark.both_stores
def test_an_auditors_replay_reaches_the_final_state_and_shows_no_ballot(voted, caplog):
    caplog.clear()
    for case in session().query(Case).all():
        replayed = replay_case(case)
        assert replayed.difference == "" and replayed.events == case.events
        assert CHOICES.isdisjoint(_leaves(vars(replayed)))
    assert all_broken() == [] and caplog.text == ""
