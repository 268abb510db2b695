"""K-02 … K-08, A-03, A-06: what an attacker with the files, the clock, a second device or a kill could learn or do of a vote."""
import os
import random
import re
import shutil
import sqlite3
import time
from collections import Counter

import pytest
import sqlalchemy as sa

from app import ballots
from app.ballots import Ballot, BallotBox, BallotTurnout, box, cast, open_ballot
from app.operations.voting import cast_papers, papers_of
from app.store import session
from app.store.models import Event
from tests.connectors.bare import bare_case
from tests.faults.invariants import all_broken, dump
from tests.faults.racing import race
from tests.support import builders, hall
from tests.whole.walks import Command

ROUNDS = int(os.environ.get("VOTE_ROUNDS", "60"))  # 500 takes some minutes
TIMED = int(os.environ.get("VOTE_SAMPLES", "400"))
YES, NO = "#000", "#001"


def _slots_in_order(ballot_id: str, choices: list[int]) -> bytes:
    """The box after these choices were put in one by one, opened: what somebody with the key file would see."""
    sealed = box.seal(ballot_id, bytes(len(choices)))
    for choice in choices:
        sealed = box.seal(ballot_id, box.put_choice(box.unseal(ballot_id, sealed), choice))
    return box.unseal(ballot_id, sealed)


def test_no_rule_links_the_opened_box_to_the_order_of_voting_better_than_chance(app):
    """1,000 ballots of 40 voters, half of them yes: an attacker with the key, the turnout log and three rules to guess by."""
    guesses, votes, order = Counter(), 0, random.Random(7)
    for sitting in range(1_000):
        said = [1] * 20 + [2] * 20
        order.shuffle(said)
        slots = _slots_in_order(f"sitting{sitting % 5}", said)
        votes += len(said)
        for name, seen in (("as they came", slots), ("backwards", slots[::-1]), ("every second", slots[::2] + slots[1::2])):
            guesses[name] += sum(one == other for one, other in zip(seen, said))
    assert votes == 40_000
    assert {name: hits for name, hits in guesses.items() if abs(hits / votes - 0.5) > 0.01} == {}  # four standard deviations


@pytest.mark.both_stores
def test_what_a_backup_before_and_one_after_a_vote_differ_in_is_the_same_for_every_choice(app, clock):
    """K-03: the rows that a single vote touches, and how long each becomes, do not depend on it."""
    hall.publish(["v1", "v2", "v3"], clock)
    hall.put("甲", clock)
    shapes = []
    for voter, choice in (("v1", YES), ("v2", NO)):
        before = _sizes()
        paper, = papers_of(builders.actor(voter), clock)
        cast_papers({paper.task.id: choice}, actor=builders.actor(voter), clock=clock)
        session().rollback()
        after = _sizes()
        shapes.append({table: (len(after[table]) - len(before[table])) for table in after if after[table] != before[table]})
    assert shapes[0] == shapes[1] and shapes[0]["event"] == 1 and "ballot_box" not in shapes[0]


def _sizes() -> dict[str, list]:
    """table -> its rows, the sealed box only by its length."""
    found = dump()
    found["ballot_box"] = [len(str(row)) > 0 for row in found["ballot_box"]]
    return {table: [str(row) for row in rows] for table, rows in found.items()}


def test_backups_made_between_votes_cannot_be_opened_after_the_count_nor_their_wal(app, clock, tmp_path):
    hall.publish(["v1", "v2", "v3"], clock)
    case = hall.put("甲", clock)
    backups = []
    for voter, choice in (("v1", YES), ("v2", NO)):
        paper, = papers_of(builders.actor(voter), clock)
        cast_papers({paper.task.id: choice}, actor=builders.actor(voter), clock=clock)
        session().rollback()
        folder = tmp_path / f"backup-{voter}"
        folder.mkdir()
        for path in tmp_path.glob("test.db*"):
            shutil.copyfile(path, folder / path.name)
        backups.append(folder)
    ballot = session().scalar(sa.select(Ballot.id))
    hall.end(case, clock)
    boxes = []
    for folder in backups:
        with sqlite3.connect(folder / "test.db") as connection:
            boxes.append(connection.execute("SELECT sealed FROM ballot_box").fetchone()[0])
        raw = b"".join(path.read_bytes() for path in folder.iterdir())
        assert YES.encode() not in raw and NO.encode() not in raw
    assert len({len(sealed) for sealed in boxes}) == 1 and boxes[0] != boxes[1]
    for sealed in boxes:
        with pytest.raises(box.BoxDamaged):
            box.unseal(ballot, sealed)


def test_how_long_a_vote_takes_does_not_tell_it(app, clock):
    """K-04: the area under the curve of a guess by time, within four standard deviations of chance for so many samples."""
    case, voters = bare_case(), [f"v{n:05d}" for n in range(100)]
    taken: dict[str, list[float]] = {"yes": [], "no": []}
    for sitting in range(TIMED // 100):
        ballot = open_ballot(f"call-{sitting}", case.id, voters, 100, "议题", clock=clock).id
        said = ["yes", "no"] * 50
        random.shuffle(said)
        for voter, choice in zip(voters, said):
            began = time.perf_counter()
            cast(ballot, voter, choice)
            taken[choice].append(time.perf_counter() - began)
    area, spread = _area(taken["yes"], taken["no"])
    print(f"votes timed: {TIMED}, AUC {area:.4f}, standard deviation {spread:.4f}")
    assert abs(area - 0.5) < max(0.05, 4 * spread)


def _area(ones: list[float], others: list[float]) -> tuple[float, float]:
    """(chance that a vote of the first kind took longer than one of the second, its standard deviation if they are alike)."""
    ranked = sorted([(value, 1) for value in ones] + [(value, 0) for value in others])
    ranks = sum(place for place, (_value, kind) in enumerate(ranked, 1) if kind)
    n, m = len(ones), len(others)
    return (ranks - n * (n + 1) / 2) / (n * m), ((n + m + 1) / (12 * n * m)) ** 0.5


@pytest.mark.both_stores
def test_of_two_devices_that_cast_the_same_ballot_at_once_one_counts(app, clock):
    """A-03, D-97: two windows, two choices; one vote, and the other device hears that it has been cast."""
    voters = [f"v{n}" for n in range(5)]
    hall.publish(voters, clock)
    done = 0
    while done < ROUNDS:
        case = hall.put(f"第 {done} 项", clock)
        for voter in voters:
            who = builders.actor(voter)
            paper, = (paper for paper in papers_of(who, clock) if not paper.cast)
            works = [lambda choice=choice, who=who, task=paper.task.id: cast_papers({task: choice}, actor=who, clock=clock) for choice in (YES, NO)]
            told = race(app, *works)
            assert [one.cast for one in told] == [1, 1] and not any(one.refused for one in told), told
            done += 1
        counts = hall.counted(case, clock)
        assert counts["cast"] == 5 == counts["yes"] + counts["no"] and counts["abstain"] == 0
        events = session().scalar(sa.select(sa.func.count()).where(Event.case_id == case.id, Event.element == "vote", Event.kind == "complete"))
        assert events == 5
    assert all_broken() == []


@pytest.mark.both_stores
def test_everybody_who_votes_at_the_same_moment_is_counted(app, clock):
    """A-06: nine voters let go at once, each with all their ballots."""
    voters = [f"v{n}" for n in range(9)]
    hall.publish(voters, clock)
    cases = [hall.put(f"第 {n} 项", clock) for n in range(3)]
    works = []
    for place, voter in enumerate(voters):
        who = builders.actor(voter)
        chosen = {paper.task.id: YES if place < 6 else NO for paper in papers_of(who, clock)}
        works.append(lambda who=who, chosen=chosen: cast_papers(chosen, actor=who, clock=clock))
    told = race(app, *works)
    assert [one.cast for one in told] == [3] * 9
    assert [(c["yes"], c["no"], c["cast"]) for c in (hall.counted(case, clock) for case in cases)] == [(6, 3, 9)] * 3
    assert all_broken() == []


@pytest.mark.both_stores
@pytest.mark.timeout(120)
def test_a_process_killed_at_a_vote_leaves_vote_and_turnout_both_or_neither(app, clock, driver):
    """K-06: the box is opened after each kill; its filled slots are as many as have voted."""
    hall.publish(["v1", "v2", "v3"], clock)
    hall.put("甲", clock)
    paper, = papers_of(builders.actor("v1"), clock)
    command = Command("complete", paper.task.id, "v1", "submit", {"said": YES}, element="vote")
    session().rollback()
    sent = driver()
    for point, voted in (("after-read", 0), ("after-engine", 0), ("after-event", 0), ("before-commit", 0), ("after-commit", 1)):
        assert sent.perform(command, clock(), point) == {"killed": True}
        session().rollback()
        ballot = session().scalar(sa.select(Ballot.id))
        turnout = session().scalar(sa.select(BallotTurnout.voted))
        slots = box.unseal(ballot, session().scalar(sa.select(BallotBox.sealed)))
        assert len(slots) - slots.count(box.EMPTY) == sum(turnout.values()) == voted, point
    assert sent.perform(command, clock())["answer"], "the client that asks again hears that it is done"
    assert ballots.turnout_of([paper.case.id])[paper.case.id].cast == 1
    assert all_broken() == []


READERS = {"auditor": "auditor", "administrator": "administrator", "analyst": "analyst", "clerk": "clerk@house", "asker": ""}


def test_whoever_reads_all_they_may_reads_the_same_whoever_voted_which_way(store, clock, tmp_path):
    """K-08: two houses in which the same sums came about by other voters; all pages of all readers are equal, word by word."""
    app = builders.make_app(tmp_path / "first", f"sqlite:///{tmp_path}/test.db", clock)
    with app.app_context():
        hall.publish(["v1", "v2", "v3"], clock)
        for role in ("auditor", "administrator", "analyst"):
            builders.person(role, role, clock=clock)
        hall.put("甲", clock)
        _let_go()
    read = []
    for name, choices in (("one", (YES, NO, NO)), ("other", (NO, NO, YES))):
        folder = tmp_path / name
        shutil.copytree(tmp_path / "first", folder)
        shutil.copyfile(tmp_path / "test.db", folder / "test.db")
        copy = builders.make_app(folder, clock=clock)
        with copy.app_context():
            open_vote, after = _vote(choices, copy, clock)
            read.append((open_vote, after))
            _let_go()
    assert len(read[0][0]) > 40 and len(read[0][1]) > 40
    for one, other in zip(*read):
        assert one.keys() == other.keys()
        for address in one:
            assert one[address] == other[address], address


def _vote(choices, app, clock) -> tuple[dict, dict]:
    """What can be read while the vote is open, two of three having voted, and after its count."""
    case_id = session().scalar(sa.select(Ballot.case_id))
    for voter, choice in zip(("v1", "v2"), choices):
        _cast(voter, choice, clock)
    during = _read_everything(app, case_id)
    _cast("v3", choices[2], clock)
    from app.store.models import Case

    assert hall.counted(session().get(Case, case_id), clock)["yes"] == 1
    return during, _read_everything(app, case_id)


def _cast(voter: str, choice: str, clock) -> None:
    who = builders.actor(voter)
    paper, = (paper for paper in papers_of(who, clock) if not paper.cast)
    assert cast_papers({paper.task.id: choice}, actor=who, clock=clock).cast == 1


def _read_everything(app, case_id: int) -> dict[tuple, str]:
    found = {}
    for reader in READERS:
        if session().get(builders.people.Person, reader) is None:
            continue
        client = app.test_client()
        builders.sign_in(client, reader)
        waiting = ["/", "/desk", "/my", f"/cases/{case_id}", f"/cases/{case_id}/form", f"/api/v1/cases/{case_id}", f"/api/v1/cases/{case_id}/events", "/releases", "/audit"]
        begun = len(found)
        while waiting and len(found) < begun + 18:
            address = waiting.pop(0).replace("&amp;", "&").split("#")[0]
            if (reader, address) in found or not address.startswith("/") or address.startswith(("/static", "/sign-", "/people", "/registers", "/me/")) or "lang=" in address or address.count("=") > 1:
                continue
            answer = client.get(address)
            found[reader, address] = _steady(answer.text if answer.mimetype in ("text/html", "application/json") else str(answer.status_code))
            waiting += re.findall(r'href="(/[^"]*)"', answer.text if answer.mimetype == "text/html" else "")
    return found


def _steady(text: str) -> str:
    """A page without what differs every time: tokens, keys of a page, seals, times of the machine."""
    text = re.sub(r'(csrf[_-]token"[^>]*(?:content|value)=)"[^"]*"', r"\1", text)
    text = re.sub(r'name="(?:key|who|question)" value="[^"]*"', "", text)
    text = re.sub(r'"csrf_token": ?"[^"]*"', "", text)
    return re.sub(r"[0-9a-f]{32,}", "", text)


def _let_go() -> None:
    from app.extensions import db

    db.session.remove()
    db.engine.dispose()
