"""Samples in a walk: a scenario's answers are a beginning, whatever else that scenario had set up."""
from app.scenarios.standins import filled_where_known
from tests.support import builders


def test_answers_that_speak_of_cases_a_walk_has_not_are_left_to_the_person(app, clock):
    builders.publish(clock=clock)
    case = builders.start_case(clock=clock)
    answers = {"title": "请示", "members": ["${case:han}", "${case:main}"], "of": "${case:main}", "fee": "${vars:other.fee.amount}"}
    assert filled_where_known(answers, {"main": case.id}) == {"title": "请示", "of": case.number}
