"""Secret ballots: one vote each, counts only at the end, and nothing in the database that tells who chose what."""
import random
import threading

import pytest
import sqlalchemy as sa

from app import ballots
from app.ballots import BallotBox, BallotTurnout, box, cast, close_ballot, counts_of, open_ballot
from app.errors import BallotRefused
from app.store import session, transaction
from tests.connectors.bare import bare_case

VOTERS = [f"e{n}" for n in range(1, 8)]


@pytest.fixture
def case(app):
    return bare_case()


def _open(case, clock, voters=VOTERS, members=9, call="call-1", **more):
    return open_ballot(call, case.id, voters, members, "议题", clock=clock, **more).id


def _sealed(ballot):
    session().rollback()
    return session().scalar(sa.select(BallotBox.sealed).where(BallotBox.ballot_id == ballot))


def test_who_attended_and_did_not_cast_counts_as_abstaining(case, clock):
    ballot = _open(case, clock)
    for voter, choice in zip(VOTERS, ["yes", "yes", "yes", "no", "abstain"]):
        cast(ballot, voter, choice)
    assert close_ballot(ballot, clock=clock) == {
        "members": 9, "attending": 7, "cast": 5, "yes": 3, "no": 1, "abstain": 3}
    assert counts_of(ballot)["yes"] == 3


def test_opening_twice_for_the_same_request_is_one_ballot(case, clock):
    assert _open(case, clock) == _open(case, clock)


def test_closing_again_gives_the_same_counts(case, clock):
    ballot = _open(case, clock)
    cast(ballot, "e1", "no")
    assert close_ballot(ballot, clock=clock) == close_ballot(ballot, clock=clock)


def test_a_second_vote_a_stranger_an_unknown_choice_and_a_late_vote_are_refused_and_count_nothing(case, clock):
    ballot = _open(case, clock)
    cast(ballot, "e1", "yes")
    for person, choice in [("e1", "no"), ("stranger", "yes"), ("e2", "maybe"), ("e2", "")]:
        with pytest.raises(BallotRefused):
            cast(ballot, person, choice)
    counts = close_ballot(ballot, clock=clock)
    assert (counts["cast"], counts["yes"], counts["no"]) == (1, 1, 0)
    with pytest.raises(BallotRefused):
        cast(ballot, "e3", "yes")
    with pytest.raises(BallotRefused):
        cast("no-such-ballot", "e3", "yes")


def test_counts_before_the_end_are_refused(case, clock):
    ballot = _open(case, clock)
    cast(ballot, "e1", "yes")
    with pytest.raises(BallotRefused):
        counts_of(ballot)
    assert session().get(ballots.Ballot, ballot).counts is None


def test_a_sitting_below_its_quorum_cannot_vote(case, clock):
    with pytest.raises(BallotRefused):
        _open(case, clock, voters=VOTERS[:3], quorum=6)
    with pytest.raises(BallotRefused):
        _open(case, clock, voters=VOTERS, members=3)
    with pytest.raises(BallotRefused):
        _open(case, clock, options=["yes"])


def test_options_are_any_words_and_silence_is_the_last_of_them(case, clock):
    ballot = _open(case, clock, options=["甲", "乙", "都不"])
    cast(ballot, "e1", "乙")
    counts = close_ballot(ballot, clock=clock)
    assert (counts["甲"], counts["乙"], counts["都不"]) == (0, 1, 6)


def test_vote_and_turnout_are_both_kept_or_neither(case, clock):
    ballot = _open(case, clock)
    before = _sealed(ballot)
    with pytest.raises(RuntimeError):
        with transaction():
            cast(ballot, "e1", "yes")
            raise RuntimeError("the rest of the command fails")
    assert _sealed(ballot) == before
    assert ballots.has_voted(ballot, "e1") is False
    cast(ballot, "e1", "yes")
    assert ballots.has_voted(ballot, "e1") is True
    assert close_ballot(ballot, clock=clock)["yes"] == 1


def test_the_box_has_the_same_length_whatever_is_chosen_and_how_many_have_voted(case, clock):
    ballot = _open(case, clock)
    lengths = {len(_sealed(ballot))}
    for number, voter in enumerate(VOTERS):
        assert cast(ballot, voter, ["yes", "no", "abstain"][number % 3]) is None
        lengths.add(len(_sealed(ballot)))
    assert lengths == {12 + len(VOTERS) + 16}


def test_refusals_do_not_depend_on_the_choice(case, clock):
    ballot = _open(case, clock)
    cast(ballot, "e1", "yes")
    messages = set()
    for choice in ("yes", "no", "abstain"):
        with pytest.raises(BallotRefused) as refusal:
            cast(ballot, "e1", choice)
        messages.add(refusal.value.message)
    assert len(messages) == 1


def test_a_box_put_back_to_an_earlier_state_is_noticed(case, clock):
    ballot = _open(case, clock)
    cast(ballot, "e1", "no")
    earlier = _sealed(ballot)
    cast(ballot, "e2", "no")
    with transaction():
        session().get(BallotBox, ballot).sealed = earlier
    with pytest.raises(box.BoxDamaged):
        cast(ballot, "e3", "no")
    with transaction():
        session().get(BallotBox, ballot).sealed = earlier[:-1] + bytes([earlier[-1] ^ 1])
    with pytest.raises(box.BoxDamaged):
        close_ballot(ballot, clock=clock)


def test_after_the_count_no_state_the_box_ever_had_can_be_opened(case, clock):
    ballot = _open(case, clock)
    cast(ballot, "e1", "no")
    earlier = _sealed(ballot)
    assert box.unseal(ballot, earlier).count(box.EMPTY) == len(VOTERS) - 1
    close_ballot(ballot, clock=clock)
    assert not any(_sealed(ballot))
    with pytest.raises(box.BoxDamaged):
        box.unseal(ballot, earlier)


def test_the_database_has_no_row_per_vote_and_no_pair_of_voter_and_choice(case, clock):
    ballot = _open(case, clock)
    choices = {voter: random.choice(["yes", "no", "abstain"]) for voter in VOTERS}
    for voter, choice in choices.items():
        cast(ballot, voter, choice)
    rows = [row for table in (BallotBox, BallotTurnout) for row in session().execute(sa.select(table.__table__))]
    assert len(rows) == 2, "one row for all choices, one for all turnout"
    dump = _dump()
    for line in dump:
        assert not (any(f'"{choice}"' in line for choice in ("yes", "no", "abstain")) and any(f'"{v}"' in line for v in VOTERS))
    assert box.EMPTY not in box.unseal(ballot, _sealed(ballot))


def test_a_thousand_votes_leave_no_order_to_link_them_by(case, clock):
    """The place of the n-th choice in the opened box is as good as random, and turnout is kept in the order of names."""
    voters = [f"v{n:04d}" for n in range(100)]
    hits = 0
    for sitting in range(10):
        ballot = _open(case, clock, voters=voters, members=100, call=f"call-{sitting}")
        order = random.sample(voters, len(voters))
        with transaction():
            for place, voter in enumerate(order):
                cast(ballot, voter, "yes" if place < 50 else "no")
        slots = box.unseal(ballot, _sealed(ballot))
        # The best a reader of the open box could do: guess that slots follow the order of voting.
        hits += sum((slot == 1) == (place < 50) for place, slot in enumerate(slots))
        assert list(session().get(BallotTurnout, ballot).voted) == sorted(voters)
    assert 0.42 < hits / 1000 < 0.58  # five standard deviations


@pytest.mark.both_stores
def test_votes_at_the_same_moment_are_all_counted(app, clock):
    case = bare_case()
    voters = [f"v{n}" for n in range(12)]
    ballot = _open(case, clock, voters=voters, members=12)
    failures = []

    def vote(voter):
        with app.app_context():
            try:
                cast(ballot, voter, "yes")
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=vote, args=(voter,)) for voter in voters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert close_ballot(ballot, clock=clock)["yes"] == 12


@pytest.mark.both_stores
def test_no_system_column_of_the_database_tells_one_voter_from_another(app, clock):
    case = bare_case()
    ballot = _open(case, clock)
    for voter in random.sample(VOTERS, 5):
        cast(ballot, voter, "yes")
    columns = "xmin::text, ctid::text" if session().get_bind().dialect.name == "postgresql" else "rowid"
    for table in ("ballot_box", "ballot_turnout"):
        assert len(session().execute(sa.text(f"SELECT {columns} FROM {table}")).all()) == 1


def _dump() -> list[str]:
    connection = session().connection().connection.driver_connection
    return list(connection.iterdump())
