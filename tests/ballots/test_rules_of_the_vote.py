"""Quorum and two thirds by the real decision tables, against whole numbers and the vectors of the requirements (D-98, D-99, C-009)."""
from functools import lru_cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.ballots import box, operations
from app.engine.tables import read_tables
from app.expressions import compile_expression
from tests.support.builders import ROOT

FOLDER = ROOT / "processes" / "title-review"
SIZES = st.integers(min_value=0, max_value=199)


@lru_cache(maxsize=1)
def _tables():
    return read_tables({path.name: path.read_bytes() for path in FOLDER.glob("*-rule.dmn")})


def _decided(name: str, **variables) -> dict:
    def evaluate(expression, **more):
        expression = compile_expression(expression) if isinstance(expression, str) else expression
        return expression.evaluate({"vars": variables, **more})

    return _tables()[name].decide(evaluate)


def _passes(yes: int, attending: int) -> bool:
    return _decided("pass-rule", tally={"yes": yes, "attending": attending})["passed"]


def _quorum(present: int, members: int, voters: int) -> bool:
    return _decided("quorum-rule", present=present, members=members, voters=list(range(voters)))["quorum"]


@pytest.mark.parametrize(("attending", "yes", "passed"), [(21, 14, True), (21, 13, False), (18, 12, True), (20, 13, False), (20, 14, True)])
def test_the_vectors_of_two_thirds(attending, yes, passed):
    assert _passes(yes, attending) is passed


@pytest.mark.parametrize(("members", "present", "quorum"), [(25, 16, False), (25, 17, True)])
def test_the_vectors_of_the_quorum(members, present, quorum):
    assert _quorum(present, members, present) is quorum


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SIZES, SIZES)
@example(2, 3)
@example(133, 199)
def test_passing_is_two_thirds_of_those_attending_in_whole_numbers(yes, attending):
    yes = min(yes, attending)
    assert _passes(yes, attending) is (attending >= 3 and 3 * yes >= 2 * attending)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SIZES, SIZES, SIZES)
def test_a_sitting_is_held_with_two_thirds_of_the_members_and_three_who_may_vote(present, members, recused):
    voters = max(0, present - recused)
    assert _quorum(present, members, voters) is (3 * present >= 2 * members and voters >= 3)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["yes", "no", "abstain", None]), min_size=1, max_size=60))
def test_a_count_equals_counting_by_hand_and_adds_up(said):
    options = ["yes", "no", "abstain"]
    slots = bytes(len(said))
    for choice in filter(None, said):
        slots = box.put_choice(slots, options.index(choice) + 1)
    ballot = operations.Ballot(options=options, members=len(said))
    counts = operations._count(ballot, slots)
    assert counts == {
        "members": len(said), "attending": len(said), "cast": sum(one is not None for one in said), "yes": said.count("yes"),
        "no": said.count("no"), "abstain": said.count("abstain") + said.count(None)}
    assert counts["yes"] + counts["no"] + counts["abstain"] == counts["attending"]
