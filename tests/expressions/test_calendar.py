"""Working days: requirements part F and D-01, faults C-07."""
from datetime import date

import pytest

from app.expressions import Calendar, calendar_known, workdays_after, workdays_between, workdays_following
from app.expressions.calendar import is_workday

VECTORS = [
    ("2021-09-24", "2021-09-29", "2021-09-30"), ("2021-12-29", "2022-01-05", "2022-01-06"),
    ("2022-01-26", "2022-01-30", "2022-02-07"), ("2022-04-29", "2022-05-09", "2022-05-10"),
    ("2024-04-28", "2024-05-07", "2024-05-08"), ("2024-09-27", "2024-10-09", "2024-10-10"),
    ("2024-10-08", "2024-10-12", "2024-10-14"), ("2025-01-22", "2025-01-27", "2025-02-05"),
    ("2025-04-28", "2025-05-07", "2025-05-08"), ("2025-09-26", "2025-10-09", "2025-10-10"),
    ("2026-01-04", "2026-01-08", "2026-01-09"), ("2026-02-11", "2026-02-24", "2026-02-25"),
    ("2026-04-30", "2026-05-09", "2026-05-11"), ("2026-09-23", "2026-09-30", "2026-10-08"),
]


@pytest.mark.parametrize("start, counted, not_counted", VECTORS)
def test_five_working_days_with_the_first_day_counted_and_not(start, counted, not_counted):
    assert workdays_after(start, 5) == date.fromisoformat(counted)
    assert workdays_following(start, 5) == date.fromisoformat(not_counted)
    assert workdays_between(start, counted) == 5


@pytest.mark.parametrize("start, end", [("2025-04-28", "2025-05-07"), ("2026-02-13", "2026-02-26")])
def test_a_publicity_period_crosses_a_week_with_moved_days(start, end):
    assert workdays_after(start, 5) == date.fromisoformat(end)


@pytest.mark.parametrize("day", ["2026-02-28", "2026-01-04", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_a_weekend_may_be_worked(day):
    assert is_workday(day)


def test_the_sample_of_the_manual_has_sixteen_working_days():
    assert workdays_between("2021-12-08", "2021-12-29") == 16


def test_leap_day_and_year_end():
    assert workdays_following("2024-02-28", 1) == date(2024, 2, 29)
    assert workdays_following("2024-02-29", 1) == date(2024, 3, 1)
    assert workdays_following("2025-12-31", 1) == date(2026, 1, 4)      # 1 to 3 January off, Sunday the 4th worked


def test_counting_from_a_day_off_starts_at_the_next_working_day():
    assert workdays_after("2026-02-15", 1) == date(2026, 2, 24)
    assert workdays_after("2026-02-15", 0) == date(2026, 2, 15)
    assert workdays_between("2026-03-09", "2026-03-02") == 0


def test_a_year_without_a_plan_has_weekends_and_says_so():
    assert calendar_known(2026) and calendar_known(2004)
    assert not calendar_known(2027) and not calendar_known(2003)
    assert workdays_after("2031-10-01", 5) == date(2031, 10, 7)         # Wednesday; the holidays are not known
    assert workdays_between("1990-01-01", "1990-01-07") == 5


def test_administration_data_complete_a_year():
    calendar = Calendar()
    calendar.add_days_off([date(2027, 1, 1), "2027-10-01"])
    calendar.add_workdays(["2027-10-09"])
    assert calendar.known(2027) and not calendar.known(2028)
    assert not calendar.is_workday("2027-10-01") and calendar.is_workday("2027-10-09")
    calendar.clear()
    assert not calendar.known(2027) and calendar.is_workday("2027-10-01")


def test_a_count_that_makes_no_sense_is_refused():
    for count in (-1, 10**9):
        with pytest.raises(ValueError):
            workdays_following("2026-01-01", count)
