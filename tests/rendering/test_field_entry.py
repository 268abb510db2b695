"""Choosing an entry of a register: filled by itself, refreshed, refused when gone."""
import pytest

from app.definitions import load_form
from app.rendering import Entry, render_section, validate
from tests.rendering import builders
from tests.rendering.builders import CONTEXT, URLS, SomeChoices, form_of

FIELD = {
    "key": "it", "type": "entry", "register": "offices", "required": True, "filter": "row.town == answers.town", "prefer": "row.open == true",
    "empty_text": "这里没有办事处，请问市局",
}
TOWN = {"key": "town", "type": "text"}
NORTH = Entry("n", "北办事处", {"town": "甲", "open": True, "phone": "1"}, ("phone",))
SOUTH = Entry("s", "南办事处", {"town": "甲", "open": True, "phone": "2"}, ("phone",))
SHUT = Entry("x", "旧办事处", {"town": "甲", "open": False, "phone": "3"}, ("phone",))
LONE = Entry("l", "乙办事处", {"town": "乙", "open": False, "phone": "4"}, ("phone",))


class Offices(SomeChoices):
    def __init__(self, *entries):
        super().__init__()
        self.there = entries

    def entries(self, register):
        return [entry for entry in self.there if register == "offices"]


ALL = Offices(NORTH, SOUTH, SHUT, LONE)


def judged(value, town, choices=ALL, partial=False):
    answers = {"town": town} | ({"it": value} if value is not None else {})
    clean, errors = validate(form_of(TOWN, FIELD), answers, CONTEXT, choices, partial=partial)
    return clean.get("it"), errors.get("it", "")


def page(answers, choices=ALL):
    form = form_of(TOWN, FIELD)
    return str(render_section(form, form.sections[0], answers, {}, CONTEXT, URLS, choices))


def test_the_only_entry_that_fits_is_filled_in_with_what_answers_keep_of_it():
    assert judged(None, "乙") == ({"key": "l", "name": "乙办事处", "phone": "4"}, "")
    assert "乙办事处" in page({"town": "乙"}) and 'value="l"' in page({"town": "乙"})


def test_of_several_one_is_chosen_and_the_preferred_ones_are_offered():
    assert judged(None, "甲") == (None, "请选择it")
    assert judged("s", "甲")[0]["phone"] == "2"
    html = page({"town": "甲"})
    assert "北办事处" in html and "南办事处" in html and "旧办事处" not in html


def test_one_chosen_before_stays_as_long_as_it_fits():
    assert judged({"key": "x"}, "甲")[0] == {"key": "x", "name": "旧办事处", "phone": "3"}
    assert "旧办事处" in page({"town": "甲", "it": {"key": "x"}})


def test_what_is_kept_follows_the_register_and_never_the_request():
    assert judged({"key": "l", "name": "假", "phone": "9"}, "乙")[0] == {"key": "l", "name": "乙办事处", "phone": "4"}


def test_a_submitted_choice_that_is_gone_is_refused_and_nothing_takes_its_place():
    value, message = judged({"key": "gone", "name": "撤销了的"}, "乙")
    assert value["key"] == "gone" and "“撤销了的”已不能选择" in message


def test_while_one_types_a_choice_that_no_longer_fits_gives_way():
    assert judged({"key": "n"}, "乙", partial=True)[0]["key"] == "l"
    assert judged({"key": "n"}, "丙", partial=True)[0] is None


def test_nothing_to_choose_says_whom_to_ask():
    assert "这里没有办事处，请问市局" in page({"town": "丙"}) and judged(None, "丙") == (None, "请选择it")


@pytest.mark.parametrize("value", [["n"], 7, {"key": 5}])
def test_anything_but_a_key_is_refused(value):
    assert judged(value, "乙")[1]


def test_read_and_described():
    form = form_of(TOWN, FIELD)
    shown = str(builders.render_readonly(form, {"town": "乙", "it": {"key": "l", "name": "乙办事处"}}, CONTEXT, ALL, urls=URLS))
    assert "乙办事处" in shown
    assert builders.json_schema(form, ALL)["properties"]["it"]["type"] == ["string", "object"]


def test_an_entry_needs_a_register():
    with pytest.raises(Exception, match="register"):
        load_form("title: 表\nsections:\n  - {key: a, title: 节, fields: [{key: it, type: entry, label: 办事处}]}\n", "forms/x/y.yml")
