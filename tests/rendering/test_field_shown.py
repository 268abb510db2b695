"""Shown only, and looked up: read_only, note, look_up."""
from app.rendering import filled, validate
from tests.rendering.builders import CONTEXT, field_of, form_of, judged, page, read, schema, sent


def test_a_read_only_field_works_its_value_out_whenever_it_is_shown():
    field = field_of("read_only", value='case.number + "号"')
    assert "0032026030200000001号" in page(field) and "0032026030200000001号" in read(field, None)
    assert "2026年3月2日" in read(field_of("read_only", value="today"), None)


def test_a_note_is_paragraphs_and_its_text_is_inert():
    html = page({"key": "it", "type": "note", "text": "一\n二\n\n<b>三</b>"})
    assert "<p>一<br>二</p>" in html and "&lt;b&gt;三" in html


def test_neither_takes_an_answer():
    for field in (field_of("read_only", value="1"), {"key": "it", "type": "note", "text": "x"}):
        assert judged(field, "x") == (None, "表单没有这一栏") and schema(field) is None and sent(field, [("it", "x")]) is None


def test_a_look_up_is_a_button_and_fills_what_was_found():
    definition = field_of("look_up", connector="c", ask=["number"], fills={"school": "name", "level": "degree"}, button="查询学历")
    others = [{"key": key, "type": "text"} for key in ("number", "school", "level")]
    form = form_of(definition, *others)
    assert 'name="do" value="look-up:it"' in page(definition) and "查询学历" in page(definition)
    answers = filled(form.field("it"), {"number": "1", "level": "本科"}, {"name": "甲大学", "degree": None})
    assert (answers["school"], answers["level"]) == ("甲大学", "本科") and validate(form, answers, CONTEXT)[1] == {}
