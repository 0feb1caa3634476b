"""The business day is the day in Vietnam, wherever the server stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dean06_server.clock import business_day, now


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(datetime(2025, 7, 27, 16, 59, tzinfo=UTC), date(2025, 7, 27), id="a minute before midnight"),
        pytest.param(datetime(2025, 7, 27, 17, 0, tzinfo=UTC), date(2025, 7, 28), id="midnight"),
        pytest.param(
            datetime(2025, 7, 27, 20, 0, tzinfo=timezone(timedelta(hours=-4))), date(2025, 7, 28), id="told from afar"
        ),
    ],
)
def test_the_day_begins_at_midnight_in_vietnam(moment: datetime, day: date) -> None:
    assert business_day(moment) == day


def test_the_moment_knows_its_zone() -> None:
    assert now().tzinfo is UTC
