"""The proof that no robot asks: the browser's puzzle and the sum (S1-039, D-120)."""
from datetime import timedelta

import altcha
import pytest

from app.errors import ProofNeeded
from app.people import proofs


def solved(clock) -> str:
    challenge = altcha.Challenge.from_dict(proofs.new_puzzle(clock))
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


@pytest.mark.both_stores
def test_a_solved_puzzle_counts_once(app, clock):
    proof = solved(clock)
    proofs.ensure_human({"proof": proof}, clock)
    with pytest.raises(ProofNeeded):
        proofs.ensure_human({"proof": proof}, clock)


def test_a_puzzle_goes_stale(app, clock):
    proof = solved(clock)
    clock.move_to(clock() + timedelta(minutes=21))
    with pytest.raises(ProofNeeded):
        proofs.ensure_human({"proof": proof}, clock)


def test_a_puzzle_of_ones_own_making_counts_nothing(app, clock):
    mine = altcha.create_challenge("PBKDF2/SHA-256", 1, data={"until": 2**40}, hmac_secret="mine")
    forged = altcha.Payload(mine, altcha.solve_challenge(mine)).to_base64()
    for bad in (forged, "", "not base64!", "e30=", "bnVsbA=="):
        with pytest.raises(ProofNeeded):
            proofs.ensure_human({"proof": bad}, clock)


@pytest.mark.parametrize("write", [str, lambda total: "零一二三四五六七八九十"[total] if total <= 10 else "十" + "零一二三四五六七八九十"[total - 10]])
def test_a_sum_is_answered_in_figures_or_in_words(app, clock, write):
    words, token = proofs.new_question(clock)
    total = sum(proofs.NUMERALS.index(word) for word in words.split("加"))
    proofs.ensure_human({"question": token, "sum": write(total)}, clock)


def test_a_wrong_sum_or_a_forged_question_counts_nothing(app, clock):
    _words, token = proofs.new_question(clock)
    for form in ({"question": token, "sum": "99"}, {"question": "x", "sum": "5"}, {"question": token, "sum": ""}, {}):
        with pytest.raises(ProofNeeded):
            proofs.ensure_human(form, clock)
