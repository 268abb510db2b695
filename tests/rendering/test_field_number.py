"""Numbers."""
import pytest
from tests.rendering.builders import field_of, judged, page, read, schema


@pytest.mark.parametrize("typed, kept", [("15", 15), (" 1,234 ", 1234), ("１２", 12), (7, 7), ("-3", -3), ("", None)])
def test_what_people_type_as_a_number(typed, kept):
    assert judged(field_of("number"), typed) == (kept, "")


@pytest.mark.parametrize("typed", ["十五", "1a", "NaN", "Infinity", True, [1], "9" * 40])
def test_what_is_no_number_is_refused(typed):
    kept, message = judged(field_of("number"), typed)
    assert kept is None and message


def test_bounds_and_decimals_say_what_is_allowed():
    field = field_of("number", min=0, max=60, unit="年")
    assert judged(field, "-1")[1] == "不能小于 0年" and judged(field, "61")[1] == "不能大于 60年"
    assert judged(field, "1.5")[1] == "请填写整数"
    assert judged(field_of("number", decimals=2), "1.234")[1] == "最多保留 2 位小数"
    assert judged(field_of("number", decimals=2), "1.25") == (1.25, "")


def test_the_unit_stands_beside_the_number():
    assert "input-group-text\">年" in page(field_of("number", unit="年"), 3) and "3年" in read(field_of("number", unit="年"), 3)


def test_json_schema():
    assert schema(field_of("number", min=0)) == {"title": "it", "type": "integer", "minimum": 0}
