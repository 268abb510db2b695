"""The turnout of secret ballots: sums alone."""
from app.ballots import Turnout
from app.rendering import render_section
from tests.rendering.builders import CONTEXT, URLS, SomeChoices, field_of, form_of, schema

FIELD = field_of("turnout", cases='["001", "002", "003"]')


class Votes(SomeChoices):
    def __init__(self, *rows):
        super().__init__()
        self.rows = rows

    def turnout(self, cases):
        assert cases == ["001", "002", "003"]
        return self.rows


def _page(*rows):
    form = form_of(FIELD)
    return str(render_section(form, form.sections[0], {}, {}, CONTEXT, URLS, Votes(*rows)))


def test_it_says_how_many_have_voted_and_no_more():
    html = _page(Turnout(5, 3, True), Turnout(4, 4, True), Turnout(5, 5, False))
    assert "7 / 9" in html and "2 项表决进行中，其中 1 项已投齐" in html


def test_before_and_after_the_vote_it_says_so():
    assert "还没有开始投票" in _page()
    assert "1 项表决都已结束投票" in _page(Turnout(5, 5, False))


def test_it_asks_for_no_answer():
    form = form_of(FIELD)
    assert 'name="it"' not in _page(Turnout(5, 3, True)) and list(form.fields())[0].key == "it"
    try:
        schema(FIELD)
    except KeyError:
        return
    assert schema(FIELD) is None
