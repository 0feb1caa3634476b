"""Figures are written as Vietnamese reports write them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from dean06_core import writing
from dean06_core.figures import Cell, Figure, Status
from dean06_core.indicators import IndicatorKind
from dean06_core.observations import Qualifier
from dean06_core.periods import Window
from tests.core.worlds import JULY, RATE

CELL = Cell(1, 1, JULY, Window.PERIOD)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(Decimal("99.44"), "99,44", id="decimal comma"),
        pytest.param(Decimal("42.90"), "42,9", id="no zero that says nothing"),
        pytest.param(Decimal(100), "100", id="a whole number keeps its zeros"),
        pytest.param(1_158_663, "1.158.663", id="dots between thousands"),
        pytest.param(Decimal("-27.96"), "-27,96", id="below nought"),
        pytest.param(Decimal("1234.50"), "1.234,5", id="both"),
    ],
)
def test_a_number_is_written(value: Decimal | int, written: str) -> None:
    assert writing.number(value) == written


@pytest.mark.parametrize(
    ("found", "written"),
    [
        pytest.param(Figure(CELL, RATE, Status.OK, numerator=11_670, denominator=11_736), "99,44%", id="a rate"),
        pytest.param(
            Figure(CELL, RATE, Status.OK, bare=31_000_000, qualifier=Qualifier.MORE_THAN), "hơn 31%", id="more than"
        ),
        pytest.param(
            Figure(CELL, RATE, Status.OK, bare=600_000_000, qualifier=Qualifier.ABOUT), "khoảng 600%", id="about"
        ),
        pytest.param(
            Figure(CELL, RATE, Status.OK, numerator=99_999, denominator=100_000),
            "99,99%",
            id="not quite all is not 100%",
        ),
        pytest.param(Figure(CELL, RATE, Status.OK, numerator=5, denominator=5), "100%", id="all"),
        pytest.param(
            Figure(CELL, RATE, Status.ZERO_DENOMINATOR, numerator=0, denominator=0),
            "không phát sinh",
            id="nothing of nothing",
        ),
        pytest.param(Figure(CELL, RATE, Status.NO_DATA), "chưa báo cáo", id="nobody said anything"),
        pytest.param(
            Figure(CELL, RATE, Status.NOT_AGGREGABLE, reported=3), "không cộng được", id="bare percents below"
        ),
    ],
)
def test_a_figure_is_written(found: Figure, written: str) -> None:
    assert writing.figure(found) == written


def test_a_count_is_written_with_what_it_counts() -> None:
    count = replace(RATE, kind=IndicatorKind.COUNT, denominator=None, unit_of_measure="hồ sơ", decimals=0)
    assert writing.figure(Figure(CELL, count, Status.OK, numerator=20_505)) == "20.505 hồ sơ"
