"""What resolvers measure, and how two ways of measuring the same are compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from dean06_core.measuring import Measurement, Span
from dean06_core.periods import Period, PeriodType, Window, containing
from dean06_core.testing import faults

NATION: Final = range(1, 3504)
"""As many unit keys as there are provinces, communes and what lies between in the whole country."""
SPANS: Final = tuple(
    Span.of(Period.parse(code), window) for code in ("2024-12", "2025-W27", "2025-06", "2025-07") for window in Window
)


def a_year_of_spans() -> list[Span]:
    weeks = [containing(date(2025, 1, 6) + timedelta(weeks=number), PeriodType.WEEK) for number in range(51)]
    return [Span.of(period, window) for period in (*weeks, Period.parse("2025")) for window in Window]


def compare(code: str, found: Iterable[Measurement], expected: Iterable[Measurement], counted: str) -> None:
    """Break the promise of a resolver at the first unit and span of which the two do not say the same."""
    measured, right = ({(each.unit, each.period, each.window): each for each in side} for side in (found, expected))
    for cell in sorted(measured.keys() | right.keys()):
        if measured.get(cell) != right.get(cell):
            faults.tell(
                f"The resolver of '{code}' measures {_told(measured.get(cell))} where {counted} gives "
                f"{_told(right.get(cell))}: unit {cell[0]}, {cell[1]}, {cell[2]}."
            )


def _told(measured: Measurement | None) -> str:
    if measured is None:
        return "nothing"
    below = "" if measured.denominator is None else f" of {measured.denominator}"
    parts = ", ".join(f"{code} {count}" for code, count in measured.parts)
    return f"{measured.numerator}{below}{parts and f' ({parts})'} as of {measured.as_of}"
