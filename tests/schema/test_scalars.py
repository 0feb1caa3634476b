"""Days, moments and exact numbers have one spelling each, read and written alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dean06_schema.scalars import SCALARS


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        pytest.param(date, "2025-07-28", date(2025, 7, 28), id="a day"),
        pytest.param(datetime, "2025-07-28T02:00:00+00:00", datetime(2025, 7, 28, 2, tzinfo=UTC), id="a moment"),
        pytest.param(Decimal, "99.50", Decimal("99.50"), id="an exact number"),
        pytest.param(Decimal, "-0.000001", Decimal("-0.000001"), id="a small one"),
        pytest.param(Decimal, "100", Decimal(100), id="a whole one"),
    ],
)
def test_reading_undoes_writing(kind: Any, written: str, value: Any) -> None:
    scalar = SCALARS[kind]
    assert scalar.parse_value is not None
    assert scalar.serialize is not None
    assert (scalar.serialize(value), scalar.parse_value(written)) == (written, value)


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        pytest.param(datetime, "2025-07-28T02:00Z", datetime(2025, 7, 28, 2, tzinfo=UTC), id="UTC in short"),
        pytest.param(Decimal, 100, Decimal(100), id="a whole number without quotes"),
    ],
)
def test_a_shorter_spelling_is_read(kind: Any, written: Any, value: Any) -> None:
    parse = SCALARS[kind].parse_value
    assert parse is not None
    assert parse(written) == value


def test_a_number_is_never_written_with_an_exponent() -> None:
    serialize = SCALARS[Decimal].serialize
    assert serialize is not None
    assert [serialize(Decimal(text)) for text in ("1E+2", "1E-7")] == ["100", "0.0000001"]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        pytest.param(date, "20250728", id="a day without hyphens"),
        pytest.param(date, "2025-W31-1", id="a day by its week"),
        pytest.param(date, "28/07/2025", id="a day as in reports"),
        pytest.param(date, "2025-02-30", id="a day that does not exist"),
        pytest.param(date, "٢٠٢٥-07-28", id="other digits"),
        pytest.param(date, 20250728, id="a number for a day"),
        pytest.param(datetime, "2025-07-28T02:00:00", id="a moment of no time zone"),
        pytest.param(datetime, "2025-07-28", id="a day for a moment"),
        pytest.param(Decimal, "NaN", id="no number"),
        pytest.param(Decimal, "1e5", id="an exponent"),
        pytest.param(Decimal, "99,5", id="a decimal comma"),
        pytest.param(Decimal, 99.5, id="a binary fraction"),
        pytest.param(Decimal, True, id="a truth"),
        pytest.param(Decimal, "1" * 19, id="more digits than a count has"),
        pytest.param(Decimal, "", id="nothing"),
    ],
)
def test_another_spelling_is_refused(kind: Any, written: Any) -> None:
    parse = SCALARS[kind].parse_value
    assert parse is not None
    with pytest.raises(ValueError, match="Hãy ghi"):
        parse(written)
