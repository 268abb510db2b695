"""Months."""
import pytest
from tests.rendering.builders import field_of, judged, page, read


@pytest.mark.parametrize("typed, kept", [("2026-03", "2026-03"), ("2026年3月", "2026-03"), ("2026/12", "2026-12")])
def test_months_become_iso(typed, kept):
    assert judged(field_of("month"), typed) == (kept, "")


@pytest.mark.parametrize("typed", ["2026-00", "2026-13", "2026", "2026-03-02"])
def test_what_is_no_month_is_refused(typed):
    assert judged(field_of("month"), typed) == (None, "请填写有效的年月，如 2026-03")


def test_bounds_screen_and_print():
    assert judged(field_of("month", not_after="today"), "2026-04")[1] == "不能晚于2026年3月"
    assert 'type="month"' in page(field_of("month")) and "2026年3月" in read(field_of("month"), "2026-03")
