"""A period is named by its code alone, and larger periods are made of smaller ones only where these tile exactly."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_core.errors import BadInput
from dean06_core.periods import Period, PeriodType, containing

LENGTHS = list(PeriodType)
"""From a day to a year, the shorter first."""

days = st.dates(date(1901, 1, 7), date(2198, 12, 20))
recent_days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
types = st.sampled_from(PeriodType)


@pytest.mark.parametrize(
    ("code", "starts", "ends", "type_"),
    [
        pytest.param("2025-07-28", date(2025, 7, 28), date(2025, 7, 29), PeriodType.DAY, id="a day"),
        pytest.param("2024-02-29", date(2024, 2, 29), date(2024, 3, 1), PeriodType.DAY, id="a leap day"),
        pytest.param("2025-W30", date(2025, 7, 21), date(2025, 7, 28), PeriodType.WEEK, id="a week"),
        pytest.param("2026-W01", date(2025, 12, 29), date(2026, 1, 5), PeriodType.WEEK, id="a week begun last year"),
        pytest.param("2026-W53", date(2026, 12, 28), date(2027, 1, 4), PeriodType.WEEK, id="a 53rd week"),
        pytest.param("2025-07", date(2025, 7, 1), date(2025, 8, 1), PeriodType.MONTH, id="a month"),
        pytest.param("2025-12", date(2025, 12, 1), date(2026, 1, 1), PeriodType.MONTH, id="a December"),
        pytest.param("2025-Q3", date(2025, 7, 1), date(2025, 10, 1), PeriodType.QUARTER, id="a quarter"),
        pytest.param("2025-Q4", date(2025, 10, 1), date(2026, 1, 1), PeriodType.QUARTER, id="a last quarter"),
        pytest.param("2025-H1", date(2025, 1, 1), date(2025, 7, 1), PeriodType.HALF, id="a first half"),
        pytest.param("2025-H2", date(2025, 7, 1), date(2026, 1, 1), PeriodType.HALF, id="a second half"),
        pytest.param("2025", date(2025, 1, 1), date(2026, 1, 1), PeriodType.YEAR, id="a year"),
        pytest.param("1900", date(1900, 1, 1), date(1901, 1, 1), PeriodType.YEAR, id="the first year"),
        pytest.param("2199-12", date(2199, 12, 1), date(2200, 1, 1), PeriodType.MONTH, id="the last month"),
    ],
)
def test_a_code_names_its_days(code: str, starts: date, ends: date, type_: PeriodType) -> None:
    period = Period.parse(code)

    assert period == Period(starts, ends, code, type_)
    assert str(period) == code
    assert period.last_day == ends - timedelta(days=1)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="nothing"),
        pytest.param(" ", id="a blank"),
        pytest.param("tháng 7", id="words"),
        pytest.param("1899", id="a year before the first"),
        pytest.param("2200-01", id="a month after the last"),
        pytest.param("0001", id="a year long ago"),
        pytest.param("2025-13", id="a thirteenth month"),
        pytest.param("2025-00", id="a month zero"),
        pytest.param("2025-7", id="a month of one digit"),
        pytest.param("2025-W54", id="a week that no year has"),
        pytest.param("2025-W53", id="a 53rd week of a year of 52"),
        pytest.param("2025-W00", id="a week zero"),
        pytest.param("2025-w30", id="a small letter"),
        pytest.param("2025-Q5", id="a fifth quarter"),
        pytest.param("2025-Q0", id="a quarter zero"),
        pytest.param("2025-H3", id="a third half"),
        pytest.param("2025-02-30", id="30 February"),
        pytest.param("2025-02-29", id="a leap day of a common year"),
        pytest.param("2025-06-31", id="31 June"),
        pytest.param("28-07-2025", id="the day first"),
        pytest.param("2025/07", id="a slash"),
        pytest.param("202507", id="no hyphen"),
        pytest.param("2025-07 ", id="a blank behind"),
        pytest.param(" 2025-07", id="a blank before"),
        pytest.param("2025-07\n", id="a line break behind"),
        pytest.param("٢٠٢٥-٠٧", id="Arabic digits"),
        pytest.param("２０２５-０７", id="wide digits"),
        pytest.param("2025–07", id="a dash for the hyphen"),
        pytest.param("-2025", id="a negative year"),
        pytest.param("20255", id="a year of five digits"),
        pytest.param("0000", id="a year zero"),
        pytest.param("0000-01", id="a month of the year zero"),
        pytest.param("0000-W01", id="a week of the year zero"),
        pytest.param("9999", id="the year after which there is none"),
        pytest.param("9999-12-31", id="the day after which there is none"),
        pytest.param("9999-W52", id="a week that ends after the last day"),
    ],
)
def test_what_is_no_code_is_refused_with_the_codes_that_are(code: str) -> None:
    with pytest.raises(BadInput) as refused:
        Period.parse(code)

    assert refused.value.code == "PERIOD_INVALID"
    assert refused.value.field == ("period",)
    assert refused.value.message == (
        f"Kỳ “{code}” không hợp lệ. Hãy ghi ngày 2025-07-28, tuần 2025-W30, tháng 2025-07, quý 2025-Q3, "
        "nửa năm 2025-H1 hoặc năm 2025."
    )


@given(days, types)
def test_the_period_around_a_day_is_the_one_its_code_names(day: date, type_: PeriodType) -> None:
    period = containing(day, type_)

    assert period.starts <= day < period.ends
    assert period.type is type_
    assert Period.parse(period.code) == period


@given(days)
def test_the_month_of_a_day_is_the_month_around_it(day: date) -> None:
    assert Period.month_of(day) == containing(day, PeriodType.MONTH)


@given(st.dates(date(1902, 1, 1), date(2197, 12, 31)), types)
def test_previous_and_next_undo_each_other_and_leave_no_gap(day: date, type_: PeriodType) -> None:
    period = containing(day, type_)

    assert period.next().starts == period.ends
    assert period.previous().ends == period.starts
    assert period.next().previous() == period == period.previous().next()
    assert period.next().type is period.previous().type is type_


@pytest.mark.parametrize(
    ("code", "before"),
    [
        pytest.param("2025-07-28", "2024-07-28", id="a day"),
        pytest.param("2025-W30", "2024-W30", id="a week"),
        pytest.param("2025-Q3", "2024-Q3", id="a quarter"),
        pytest.param("2025", "2024", id="a year"),
        pytest.param("2024-02-29", None, id="a leap day has none"),
        pytest.param("2026-W53", None, id="a 53rd week has none"),
        pytest.param("1900", None, id="nothing is before the first year"),
    ],
)
def test_a_year_before(code: str, before: str | None) -> None:
    assert Period.parse(code).year_before() == (before and Period.parse(before))


@given(recent_days, recent_days, types, types)
def test_one_period_is_within_another_exactly_when_all_its_days_are(
    day: date, other_day: date, type_: PeriodType, other_type: PeriodType
) -> None:
    for other in (containing(other_day, other_type), containing(day, other_type)):
        period = containing(day, type_)
        assert period.is_within(other) is (days_of(period) <= days_of(other))


@given(recent_days, types)
def test_inside_a_period_lie_the_shorter_ones_that_do_not_cross_its_ends(day: date, type_: PeriodType) -> None:
    period = containing(day, type_)
    shorter = LENGTHS[: LENGTHS.index(type_)]

    by_hand = {containing(each, part) for each in days_of(period) for part in shorter}
    assert set(period.inside()) == {part for part in by_hand if part.is_within(period)}
    assert len(period.inside()) == len(set(period.inside()))


@given(recent_days, types)
def test_all_but_weeks_tile_what_is_longer(day: date, type_: PeriodType) -> None:
    period = containing(day, type_)
    for part in {part.type for part in period.inside()} - {PeriodType.WEEK}:
        parts = [each for each in period.inside() if each.type is part]
        assert (parts[0].starts, parts[-1].ends) == (period.starts, period.ends)
        assert all(earlier.ends == later.starts for earlier, later in pairwise(parts))


@pytest.mark.parametrize(
    ("code", "inside"),
    [
        pytest.param("2025-07-28", {}, id="nothing in a day"),
        pytest.param("2025-W30", {"DAY": 7}, id="days in a week"),
        pytest.param("2025-07", {"WEEK": 3, "DAY": 31}, id="a month cuts its first and last week"),
        pytest.param("2021-02", {"WEEK": 4, "DAY": 28}, id="a February that weeks tile by chance"),
        pytest.param("2025", {"HALF": 2, "QUARTER": 4, "MONTH": 12, "WEEK": 51, "DAY": 365}, id="a year"),
    ],
)
def test_the_longest_come_first(code: str, inside: dict[str, int]) -> None:
    found = Period.parse(code).inside()

    assert Counter(part.type for part in found) == inside
    assert list(dict.fromkeys(part.type for part in found)) == list(inside)


def test_periods_sort_by_their_first_day() -> None:
    codes = ["2025-Q3", "2025-06", "2025-W30", "2024"]

    assert [period.code for period in sorted(map(Period.parse, codes))] == ["2024", "2025-06", "2025-Q3", "2025-W30"]


def days_of(period: Period) -> set[date]:
    return {period.starts + timedelta(days=n) for n in range((period.ends - period.starts).days)}
