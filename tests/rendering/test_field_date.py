"""Days."""
import pytest
from tests.rendering.builders import field_of, judged, page, read, schema


@pytest.mark.parametrize("typed, kept", [("2026-03-02", "2026-03-02"), ("2026/3/2", "2026-03-02"), ("2026年3月2日", "2026-03-02"), ("", None)])
def test_days_become_iso(typed, kept):
    assert judged(field_of("date"), typed) == (kept, "")


@pytest.mark.parametrize("typed", ["2026-13-01", "2025-02-29", "昨天", "20260302", 20260302])
def test_what_is_no_day_is_refused_with_an_example(typed):
    assert judged(field_of("date"), typed) == (None, "请填写有效的日期，如 2026-03-02")


def test_bounds_are_expressions():
    field = field_of("date", not_before='"2020-01-01"', not_after="today")
    assert judged(field, "2019-12-31")[1] == "不能早于2020年1月1日"
    assert judged(field, "2026-03-03")[1] == "不能晚于2026年3月2日" and judged(field, "2026-03-02")[1] == ""


def test_a_wrong_day_stays_visible_to_be_corrected():
    assert 'type="date"' in page(field_of("date"), "2026-03-02") and 'type="text" value="2026-13-01"' in page(field_of("date"), "2026-13-01")


def test_reading_is_chinese_and_masks_a_birthday():
    assert "2026年3月2日" in read(field_of("date"), "2026-03-02")
    assert "1988年**月" in read(field_of("date", personal="identity"), "1988-06-14", mask=True)
    assert schema(field_of("date"))["format"] == "date"
