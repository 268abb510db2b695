"""One of several options, listed or from a code table."""
from tests.rendering.builders import field_of, judged, page, read, schema

OPTIONS = [{"value": "a", "label": "甲", "label_en": "A"}, {"value": "b", "label": "乙"}]


def test_only_an_option_is_taken():
    assert judged(field_of("choice", options=OPTIONS), "a") == ("a", "")
    assert judged(field_of("choice", options=OPTIONS), "c") == (None, "请从列出的选项中选择")
    assert judged(field_of("choice", options=OPTIONS), ["a"])[1]


def test_an_expired_code_is_readable_but_cannot_be_chosen_anew():
    field = field_of("choice", code_table="colour")
    assert judged(field, "old")[1] == "“旧色”已停用，请另选一项"
    assert "旧色" in read(field, "old") and "旧色" in page(field, "old") and "旧色" not in page(field)


def test_few_options_are_radios_and_a_style_decides():
    assert page(field_of("choice", options=OPTIONS), "b").count('type="radio"') == 2
    html = page(field_of("choice", options=OPTIONS, style="select"), "b")
    assert "<select" in html and '<option value="b" selected>乙' in html


def test_words_schema_and_english():
    field = field_of("choice", options=OPTIONS)
    assert "甲" in read(field, "a") and '<dd class="mb-0">A\n' in read(field, "a", language="en")
    assert schema(field)["enum"] == ["a", "b"]
