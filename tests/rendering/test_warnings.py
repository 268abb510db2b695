"""What warns: told beside the field and to readers, never in the way. And look-ups that leave what was typed alone."""
from app.rendering import filled, not_found, render_readonly, render_section, scene_of, sealed, validate, warnings
from tests.rendering.builders import CHOICES, CONTEXT, URLS, SomeChoices, form_of

AGE = {"key": "age", "type": "number", "warn_when": [{"rule": "answers.age == null || answers.age >= 16", "message": "只有 {answers.age} 岁，请核对"}]}
WORKS = {
    "key": "works", "type": "table", "row_warn_when": [{"rule": "row.pages == null || row.pages > 1", "message": "页数过少"}],
    "columns": [{"key": "pages", "type": "number"}, {"key": "isbn", "type": "text", "warn_when": [{"rule": "row.isbn == null || isbn_ok(row.isbn)", "message": "书号不对"}]}],
}


def test_a_warning_names_the_place_and_refuses_nothing():
    form, answers = form_of(AGE, WORKS), {"age": 12, "works": [{"pages": 1, "isbn": "1"}, {"pages": 9}]}
    assert warnings(form, answers, CONTEXT) == {"age": "只有 12 岁，请核对", "works.0.isbn": "书号不对", "works.0": "页数过少"}
    assert validate(form, answers, CONTEXT)[1] == {}


def test_what_is_hidden_or_empty_warns_of_nothing():
    form = form_of({**AGE, "shown_when": "false"}, WORKS)
    assert warnings(form, {"age": 12, "works": [{}]}, CONTEXT) == {}


def test_whoever_fills_and_whoever_reads_sees_it_with_a_sign():
    form = form_of(AGE, WORKS)
    page = str(render_section(form, form.sections[0], {"age": 12}, {}, CONTEXT, URLS, CHOICES))
    assert 'class="form-warning"' in page and "只有 12 岁，请核对" in page
    read = str(render_readonly(form, {"age": 12, "works": [{"pages": 1}]}, CONTEXT, CHOICES))
    assert "提示：</span>" not in read and "提示：只有 12 岁" in read and "提示：第 1 行：页数过少" in read


LOOK_UP = {"key": "source", "type": "look_up", "connector": "c", "ask": ["number"], "fills": {"unit": "name", "code": "code"}, "auto": True}
FORM = form_of({"key": "number", "type": "text", "required": True}, LOOK_UP, {"key": "unit", "type": "text"}, {"key": "code", "type": "text"})
FIELD = FORM.field("source")


def page(answers):
    return str(render_section(FORM, FORM.sections[0], answers, {}, CONTEXT, URLS, CHOICES))


def test_a_second_look_up_follows_what_the_first_found_and_leaves_alone_what_a_person_changed():
    first = filled(FIELD, {"number": "1"}, {"name": "甲公司", "code": "A"})
    changed = {**first, "unit": "我公司"}
    second = filled(FIELD, changed, {"name": "乙公司", "code": "B"})
    assert (second["unit"], second["code"], second["source"]["held"]) == ("我公司", "B", {"unit": "乙公司"})
    assert "没有改动您填写的" in page(second) and 'value="look-up:source:replace"' in page(second)
    assert filled(FIELD, second, {"name": "乙公司", "code": "B"}, replace=True)["unit"] == "乙公司"


def test_what_was_not_fetched_is_marked_and_what_was_changed_too():
    nothing = not_found(FIELD, {"number": "1", "unit": "我公司"}, "没有查到", down=False)
    assert nothing["unit"] == "我公司" and nothing["source"]["state"] == "unknown" and "没有查到" in page(nothing)
    assert "未能获取，由本人填写" in str(render_readonly(FORM, nothing, CONTEXT, CHOICES))
    changed = {**filled(FIELD, {"number": "1"}, {"name": "甲公司"}), "unit": "我公司"}
    assert "由系统获取；本人改过：unit" in str(render_readonly(FORM, changed, CONTEXT, CHOICES))


def test_a_page_asks_by_itself_once_and_only_when_it_can():
    assert 'hx-trigger="load"' in page({"number": "1"})
    assert 'hx-trigger="load"' not in page({})  # nothing to ask with
    assert 'hx-trigger="load"' not in page({"number": "1", "unit": "我公司"})
    assert 'hx-trigger="load"' not in page(not_found(FIELD, {"number": "1"}, "没有查到", down=False))


class Sealing(SomeChoices):
    def seal(self, words):
        return f"service:{words}"


def fetched(answers, result):
    return sealed(FIELD, filled(FIELD, answers, result), scene_of(FORM, answers, CONTEXT, Sealing()))


def state_of(answers):
    clean, errors = validate(FORM, answers, CONTEXT, Sealing())
    assert errors == {}, "nobody can mend what the system records: it is never a mistake"
    return clean["source"]["state"]


def test_only_the_service_can_say_that_something_was_fetched_and_only_for_what_was_asked():
    told = fetched({"number": "1"}, {"name": "甲公司", "code": "A"})
    assert state_of(told) == "found" == state_of(told | {"unit": "我公司"}) == state_of(told | {"number": " 1 "})
    assert state_of(told | {"source": {"state": "found", "found": {"unit": "甲公司"}}}) == "stale", "written into the page"
    assert state_of(told | {"source": told["source"] | {"found": {"unit": "乙公司"}}}) == "stale", "changed on its way"
    other = validate(FORM, told | {"number": "2"}, CONTEXT, Sealing())[0]
    assert other["source"]["state"] == "stale" and "没有重新获取" in str(render_readonly(FORM, other, CONTEXT, CHOICES))
    assert state_of(other | {"number": "1"}) == "found", "what was typed by mistake and taken back costs nothing"


def test_a_second_question_without_an_answer_does_not_seal_what_the_first_one_found():
    told = fetched({"number": "1"}, {"name": "甲公司", "code": "A"})
    asked = told | {"number": "2"}
    again = sealed(FIELD, not_found(FIELD, asked, "没有查到", down=False), scene_of(FORM, asked, CONTEXT, Sealing()))
    assert state_of(again) == "stale"


def test_any_text_in_the_place_of_a_look_up_is_read_or_refused_and_breaks_nothing():
    for sent in ({"state": "found", "found": 5, "held": [1]}, {"state": "unknown", "found": {"unit": {"a": 1}}, "at": {}, "seal": 7}):
        clean, _errors = validate(FORM, {"number": "1", "source": sent}, CONTEXT, CHOICES)
        assert clean["source"]["found"] == {} == clean["source"]["held"]


def test_an_organisation_among_a_list_says_why_and_the_first_is_the_default():
    field = {"key": "it", "type": "organisation", "required": True, "empty_text": "请单位先添加您",
             "among": '[{"unit": answers.code, "why": "参保单位"}, {"unit": "org:2", "why": "单位已添加您"}]'}
    form = form_of({"key": "code", "type": "text"}, field)
    clean, errors = validate(form, {"code": "org:1"}, CONTEXT, CHOICES)
    assert clean["it"]["ref"] == "org:1" and errors == {}
    html = str(render_section(form, form.sections[0], {"code": "org:1"}, {}, CONTEXT, URLS, CHOICES))
    assert "甲单位（参保单位）" in html and "乙单位（单位已添加您）" in html
    assert validate(form, {"code": "", "it": "org:1"}, CONTEXT, CHOICES)[1]["it"] == "所选对象不在可选范围内，请重新选择"
    alone = form_of({**field, "among": "[]"})
    assert "请单位先添加您" in str(render_section(alone, alone.sections[0], {}, {}, CONTEXT, URLS, CHOICES))


def test_a_shown_value_may_lead_somewhere_but_only_by_https():
    link = {"key": "it", "type": "read_only", "value": '"查看"', "link": "answers.to"}
    form = form_of({"key": "to", "type": "text"}, link)
    assert 'href="https://a.example/x"' in str(render_readonly(form, {"to": "https://a.example/x"}, CONTEXT, CHOICES))
    assert "javascript" not in str(render_readonly(form_of(link), {"to": "javascript:alert(1)"}, CONTEXT, CHOICES))
