"""Yes or no."""
import pytest
from tests.rendering.builders import field_of, judged, page, read, schema

YES_NO = field_of("yes_no")


@pytest.mark.parametrize("sent, kept", [("true", True), (True, True), ("false", False), (False, False), ("", None), (None, None)])
def test_values_are_booleans(sent, kept):
    assert judged(YES_NO, sent) == (kept, "")


def test_anything_else_is_refused_and_no_is_an_answer():
    assert judged(YES_NO, "maybe")[1] == "请选择“是”或“否”"
    assert judged({**YES_NO, "required": True}, False)[1] == "" and judged({**YES_NO, "required": True}, None)[1] == "请选择it"


def test_screen_words_and_schema():
    assert 'value="false" checked' in page(YES_NO, False) and "checked" not in page(YES_NO)
    assert "否" in read(YES_NO, False) and schema(YES_NO)["type"] == "boolean"
