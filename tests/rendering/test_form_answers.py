"""Whole forms: conditions, unknown fields, states, drafts, generated texts, changes (faults H-04, B.1.4, A.1.3)."""
import jsonschema
import pytest
from app.rendering import (
    apply_generated, ballots, changed_fields, defaults, form_schema, json_schema, labels, printed, render_mistakes,
    render_readonly, render_section, render_sections, section_report, section_states, validate,
)
from tests.rendering.builders import CHOICES, CONTEXT, URLS, form_of

TEXT = {"type": "text"}
COUNTRY = form_of(
    {"key": "country", **TEXT, "required": True},
    {"key": "home", **TEXT, "shown_when": 'answers.country == "CHN"', "required_when": 'answers.country == "CHN"'},
    {"key": "people", **TEXT, "shown_when": "answers.home != null"},
    {"key": "email", **TEXT, "format": "email"},
)


def judge(form, answers, **options):
    return validate(form, answers, CONTEXT, CHOICES, **options)


@pytest.mark.parametrize("name", [
    "__builtins__", "__class__", "len", "fee_ok", "approved", "case", "actor", "outcome", "answers", "ｃountry", "countrу", "",
    "country.x", "row.country",
])
def test_a_field_that_the_form_does_not_have_is_refused_and_never_kept(name):
    clean, errors = judge(COUNTRY, {"country": "USA", name: {"a": 1}})
    assert errors == {name[:60]: "表单没有这一栏"} and clean == {"country": "USA"}


def test_an_answer_cannot_shadow_the_vocabulary():
    form = form_of({"key": "x", **TEXT, "shown_when": 'case.number == "mine"'})
    assert judge(form, {"x": "1", "case": {"number": "mine"}})[0] == {}


@pytest.mark.parametrize("answers", [None, [], "x", 3, [{"country": "USA"}]])
def test_answers_that_are_no_map_are_refused(answers):
    assert judge(COUNTRY, answers)[1]


def test_a_condition_makes_a_field_required_and_hides_it_with_its_answer():
    assert judge(COUNTRY, {"country": "CHN"})[1] == {"home": "请填写home"}
    assert judge(COUNTRY, {"country": "USA", "home": "深圳"}) == ({"country": "USA"}, {})


def test_a_hidden_answer_is_null_to_other_conditions():
    clean, errors = judge(COUNTRY, {"country": "USA", "home": "深圳", "people": "汉族"})
    assert clean == {"country": "USA"} and errors == {}


def test_a_mistake_in_a_hidden_field_is_no_mistake():
    form = form_of({"key": "a", **TEXT}, {"key": "b", "type": "date", "shown_when": 'answers.a == "1"'})
    assert judge(form, {"a": "2", "b": "x"}) == ({"a": "2"}, {})


def test_a_hidden_section_hides_its_fields():
    form = form_of({"key": "a", **TEXT, "required": True}, shown_when="case.number == null")
    assert judge(form, {"a": "x"}) == ({}, {}) and section_states(form, {}, CONTEXT) == {}


def test_rules_speak_with_their_message_and_leave_an_empty_field_alone():
    form = form_of({"key": "a", **TEXT, "valid_when": [{"rule": 'answers.a != "无"', "message": "请说明"}]})
    assert judge(form, {"a": "无"})[1] == {"a": "请说明"} and judge(form, {"a": ""})[1] == {}


def test_a_rule_that_stumbles_over_an_answer_counts_as_broken():
    form = form_of({"key": "a", **TEXT, "valid_when": [{"rule": "int(answers.a) > 3", "message": "应为大于 3 的数"}]})
    assert judge(form, {"a": "abc"})[1] == {"a": "应为大于 3 的数"}


def test_a_draft_asks_for_nothing_missing_and_keeps_what_is_wrong_but_readable():
    clean, errors = judge(COUNTRY, {"email": "halb"}, partial=True)
    assert clean == {"email": "halb"} and set(errors) == {"email"}


def test_a_cleared_field_is_kept_as_cleared():
    assert judge(COUNTRY, {"country": "USA", "email": " "})[0] == {"country": "USA", "email": None}


def test_read_only_fields_come_from_before_or_their_default_never_from_the_request():
    form = form_of({"key": "name", **TEXT, "readonly": True, "default": "actor.name"}, {"key": "unit", **TEXT, "readonly": True})
    assert judge(form, {"name": "假", "unit": "假"}, previous={"unit": "真"})[0] == {"name": "李雷", "unit": "真"}
    assert judge(form, {"name": "假"}, previous={"name": "旧名"})[0]["name"] == "旧名"


def test_read_only_generated_texts_are_always_worked_out_here():
    form = form_of({"key": "level", **TEXT}, {"key": "office", **TEXT, "readonly": True, "generated": '"主任办-" + answers.level'})
    assert judge(form, {"level": "高", "office": "假"})[0]["office"] == "主任办-高"


def test_defaults_may_use_those_above_them():
    form = form_of({"key": "name", **TEXT, "default": "actor.name"}, {"key": "day", "type": "date", "default": "today"},
                   {"key": "sentence", **TEXT, "generated": 'answers.name + "同志"'})
    assert defaults(form, CONTEXT) == {"name": "李雷", "day": "2026-03-02", "sentence": "李雷同志"}


GENERATED = form_of({"key": "day", "type": "date"}, {"key": "text", **TEXT, "generated": '"公示期自" + cn_date(answers.day)'})


def test_a_generated_text_follows_its_sources_until_a_person_changes_it():
    before = {"day": "2026-03-02", "text": "公示期自2026年3月2日"}
    followed = apply_generated(GENERATED, {**before, "day": "2026-03-09"}, before, CONTEXT)
    assert followed.answers["text"] == "公示期自2026年3月9日" and followed.outdated == frozenset()
    own = {**before, "text": "自三月二日起公示"}
    kept = apply_generated(GENERATED, {**own, "day": "2026-03-09"}, own, CONTEXT)
    assert kept.answers["text"] == "自三月二日起公示" and kept.outdated == {"text"}
    assert apply_generated(GENERATED, own, own, CONTEXT).outdated == frozenset()


def test_sections_are_empty_incomplete_or_complete_with_a_count():
    assert section_report(COUNTRY, {}, CONTEXT) == {"main": ("empty", 1)}
    assert section_report(COUNTRY, {"country": "CHN"}, CONTEXT) == {"main": ("incomplete", 1)}
    assert section_states(COUNTRY, {"country": "USA"}, CONTEXT) == {"main": "complete"}
    assert section_states(form_of({"key": "n", "type": "note", "text": "x"}), {}, CONTEXT) == {"main": "complete"}


def test_changes_name_fields_rows_and_cells():
    form = form_of({"key": "a", **TEXT}, {"key": "t", "type": "table", "columns": [{"key": "x", **TEXT}]})
    assert changed_fields(form, {"a": "1", "t": [{"x": 1}]}, {"a": "1", "t": [{"x": 1}]}) == {}
    changes = changed_fields(form, {"a": "1", "t": [{"x": 1}, {"x": 2}]}, {"a": None, "t": [{"x": 2}, {"x": 3}, {"x": 4}]})
    assert changes["a"] == ("1", None) and changes["t.1.x"] == (1, 3) and changes["t.2"] == (None, {"x": 4})


def test_the_json_schema_is_one_and_refuses_what_the_form_does_not_know():
    schema = json_schema(COUNTRY)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["required"] == ["country"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"country": "x", "case": 1}, schema)


def test_the_marshmallow_schema_is_made_once_for_a_form():
    assert form_schema(COUNTRY) is form_schema(COUNTRY) and set(form_schema(COUNTRY)().fields) == {"country", "home", "people", "email"}


def test_words_for_reports_are_plain_and_without_hidden_fields():
    form = form_of({"key": "a", "type": "choice", "code_table": "colour"}, {"key": "h", **TEXT, "shown_when": "false"},
                   {"key": "t", "type": "table", "label": "表", "columns": [{"key": "x", "type": "yes_no", "label": "列"}]})
    assert printed(form, {"a": "r", "h": "x", "t": [{"x": True}]}, CONTEXT, CHOICES) == {"a": "红", "t": [{"x": "是"}]}
    assert labels(form)["t.x"] == "列" and ballots(form, {}, CONTEXT) == []


def test_a_field_that_others_depend_on_asks_the_section_anew_and_works_without_a_script():
    html = str(render_section(COUNTRY, COUNTRY.sections[0], {}, {}, CONTEXT, URLS))
    assert html.count('hx-post="/refresh/main"') == 1 and 'hx-include="closest form"' in html and "<noscript>" in html
    assert "f-home" not in html and "f-home" in str(render_section(COUNTRY, COUNTRY.sections[0], {"country": "CHN"}, {}, CONTEXT, URLS))


def test_a_section_shows_what_was_typed_and_the_remarks_of_a_return():
    html = str(render_section(COUNTRY, COUNTRY.sections[0], {"email": "halb"}, {"email": "不完整"}, CONTEXT, URLS, remarks={
        "#main": ["整节请核对"], "email": ["邮箱退信"]}))
    assert 'value="halb"' in html and "整节请核对" in html and "邮箱退信" in html and "有 1 处需要修改" in html


def test_all_mistakes_of_a_form_link_to_their_fields():
    html = str(render_mistakes(COUNTRY, {"home": "请填写", "x<b>": "表单没有这一栏"}, CONTEXT, lambda section: f"/tasks/1/{section}"))
    assert 'href="/tasks/1/main#f-home"' in html and "x&lt;b&gt;" in html


def test_pages_have_no_inline_style_script_or_handler():
    html = "".join(render_sections(COUNTRY, {"country": "CHN"}, {"home": "x"}, CONTEXT, URLS).values())
    html += render_readonly(COUNTRY, {"country": "CHN"}, CONTEXT)
    assert not any(forbidden in html for forbidden in ("style=", "<script", "onclick", "onchange", "javascript:"))


def test_reading_marks_what_changed():
    html = str(render_readonly(COUNTRY, {"country": "USA"}, CONTEXT, changes=changed_fields(COUNTRY, {"country": "CHN"}, {"country": "USA"})))
    assert "已修改" in html and "原为：CHN" in html
