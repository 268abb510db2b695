"""One page with all ballots of a person: cast one by one or together, once each, and nothing told of what was chosen."""
import re

import pytest

from app import ballots
from app.operations.voting import cast_papers, number_of_papers, papers_of
from app.store import session
from app.store.models import Draft, IdempotencyKey, KeptPage, Task
from tests.support import builders, hall

VOTERS = ["v1", "v2", "v3"]
YES, NO, ABSTAIN = "#000", "#001", "#002"


@pytest.fixture
def cases(app, clock):
    hall.publish(VOTERS, clock)
    return [hall.put(question, clock) for question in ("甲的议题", "乙的议题", "丙的议题")]


def _browser(app, person):
    client = app.test_client()
    builders.sign_in(client, person)
    return client


def _inputs(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="(choice\.[^"]+)"', page)))


def _post(client, **data):
    return client.post("/votes", data={"csrf_token": builders.csrf_token(client), **data})


def test_the_page_lists_every_ballot_in_the_order_of_case_numbers_with_nothing_chosen(app, cases):
    page = _browser(app, "v2").get("/votes")
    places = [page.text.index(words) for words in ("甲的议题", "乙的议题", "丙的议题")]
    assert places == sorted(places) and len(_inputs(page.text)) == 3
    assert " checked" not in page.text and page.headers["Cache-Control"] == "no-store"
    assert 'href="/votes"' in page.text


def test_one_ballot_is_cast_by_its_own_button_and_the_others_stay(app, clock, cases):
    client = _browser(app, "v1")
    first, second, _third = _inputs(client.get("/votes").text)
    answer = _post(client, **{first: YES, second: NO, "do": f"one:{first.removeprefix('choice.')}"})
    assert answer.status_code == 303
    page = client.get("/votes").text
    assert first not in _inputs(page) and second in _inputs(page) and page.count("已投</span>") == 1
    assert [row.cast for row in ballots.turnout_of([case.id for case in cases]).values()] == [1, 0, 0]


def test_all_chosen_ballots_are_cast_together_and_counted(app, clock, cases):
    client = _browser(app, "v1")
    names = _inputs(client.get("/votes").text)
    _post(client, **dict(zip(names, (YES, NO, ABSTAIN))), do="all")
    assert number_of_papers(builders.actor("v1")) == 0
    counts = [hall.end(case, clock) for case in cases]
    assert [(c["yes"], c["no"], c["abstain"]) for c in counts] == [(1, 0, 2), (0, 1, 2), (0, 0, 3)]


def test_a_page_sent_twice_votes_once_and_says_the_same(app, cases):
    client = _browser(app, "v1")
    names = _inputs(client.get("/votes").text)
    sent = dict.fromkeys(names, YES)
    once, again = _post(client, **sent, do="all"), _post(client, **sent, do="all")
    assert once.status_code == again.status_code == 303
    assert [row.cast for row in ballots.turnout_of([case.id for case in cases]).values()] == [1, 1, 1]


def test_nothing_chosen_is_said_and_changes_nothing(app, cases):
    client = _browser(app, "v1")
    answer = _post(client, do="all")
    assert answer.status_code == 422 and "还没有选择" in answer.text


def test_anothers_ballot_cannot_be_cast_nor_an_unknown_one(app, clock, cases):
    others = [paper.task.id for paper in papers_of(builders.actor("v2"), clock)]
    told = cast_papers(dict.fromkeys([*others, "no-such"], YES), actor=builders.actor("v1"), clock=clock)
    assert told.cast == 0 and len(told.refused) == 4
    assert not any(row.cast for row in ballots.turnout_of([case.id for case in cases]).values())


def test_a_vote_after_the_end_is_refused_and_the_others_are_cast(app, clock, cases):
    client = _browser(app, "v1")
    names = _inputs(client.get("/votes").text)
    hall.end(cases[1], clock)
    _post(client, **dict.fromkeys(names, YES), do="all")
    assert [row.cast for row in ballots.turnout_of([case.id for case in cases]).values()] == [1, 0, 1]
    assert ballots.counts_of(session().query(ballots.Ballot).filter_by(case_id=cases[1].id).one().id)["cast"] == 0


def test_a_connection_lost_before_the_vote_is_taken_up_again(app, cases):
    first = _inputs(_browser(app, "v1").get("/votes").text)
    assert _inputs(_browser(app, "v1").get("/votes").text) == first


def test_the_answer_is_the_same_to_the_byte_whatever_was_chosen(app, cases):
    lengths = set()
    for voter, mark in zip(VOTERS, (YES, NO, ABSTAIN)):
        client = _browser(app, voter)
        names = _inputs(client.get("/votes").text)
        answer = _post(client, **dict.fromkeys(names, mark), do="all")
        lengths.add((answer.status_code, len(answer.data), len(client.get("/votes").data)))
    assert len(lengths) == 1


def test_nothing_of_a_vote_is_kept_beside_the_voter(app, cases):
    client = _browser(app, "v1")
    names = _inputs(client.get("/votes").text)
    _post(client, **dict.fromkeys(names, NO), do="all")
    assert session().query(Draft).count() == session().query(IdempotencyKey).count() == session().query(KeptPage).count() == 0


def test_a_page_sent_after_the_sign_in_ended_is_not_kept_aside(app, cases):
    client = _browser(app, "v1")
    names, token = _inputs(client.get("/votes").text), builders.csrf_token(client)
    client.delete_cookie("session")
    answer = client.post("/votes", data={"csrf_token": token, **dict.fromkeys(names, NO), "do": "all"})
    assert answer.status_code in (302, 303, 400, 401, 403) and session().query(KeptPage).count() == 0
    assert session().query(Task).filter_by(state="open", assignee="v1").count() == 3


def test_who_has_no_ballot_is_told_so_and_has_no_such_place(app, cases):
    page = _browser(app, "asker").get("/votes").text
    assert "现在没有等您投的选票" in page and "choice." not in page
    assert 'href="/votes"' not in page
