"""A period is a half-open run of days with a code; a window says how far back a figure of it reaches.

Codes: ``2025-07-28`` a day, ``2025-W30`` an ISO week, ``2025-07`` a month,
``2025-Q3`` a quarter, ``2025-H1`` half a year, ``2025`` a year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from dean06_core.errors import BadInput

_CODE: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})(?:-(?P<day>\d{2}))?|W(?P<week>\d{2})|Q(?P<quarter>[1-4])|H(?P<half>[12])))?",
    re.ASCII,
)


_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199


class PeriodType(StrEnum):
    """From the shortest to the longest."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    HALF = "HALF"
    YEAR = "YEAR"


class Window(StrEnum):
    """PERIOD within it; YEAR_TO_DATE since 1 January; TO_DATE since the work began.

    Of a stock every window is the latest state inside, so a stock is kept under PERIOD only.
    """

    PERIOD = "PERIOD"
    YEAR_TO_DATE = "YEAR_TO_DATE"
    TO_DATE = "TO_DATE"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``starts`` up to, not including, ``ends``."""

    starts: date
    ends: date
    code: str
    type: PeriodType

    @staticmethod
    def parse(code: str) -> Period:
        """The period that a code names; PERIOD_INVALID if there is none."""
        return _parse(code)

    @staticmethod
    def month_of(day: date) -> Period:
        return containing(day, PeriodType.MONTH)

    @property
    def last_day(self) -> date:
        return self.ends - timedelta(days=1)

    def previous(self) -> Period:
        """The period of the same type that ends where this one starts."""
        return containing(self.starts - timedelta(days=1), self.type)

    def next(self) -> Period:
        return containing(self.ends, self.type)

    def year_before(self) -> Period | None:
        """The same period one year earlier; None for the 53rd week and 29 February where that year has none."""
        try:
            return _parse(f"{int(self.code[:4]) - 1:04d}{self.code[4:]}")
        except BadInput:
            return None

    def is_within(self, other: Period) -> bool:
        return other.starts <= self.starts and self.ends <= other.ends

    def inside(self) -> tuple[Period, ...]:
        """The periods of smaller types that lie wholly in this one, the longest first."""
        return _inside(self)

    def __str__(self) -> str:
        return self.code


def containing(day: date, type_: PeriodType) -> Period:
    """The period of a type in which a day lies."""
    match type_:
        case PeriodType.DAY:
            return _parse(day.isoformat())
        case PeriodType.WEEK:
            year, week, _ = day.isocalendar()
            return _parse(f"{year:04d}-W{week:02d}")
        case PeriodType.MONTH:
            return _parse(f"{day.year:04d}-{day.month:02d}")
        case PeriodType.QUARTER:
            return _parse(f"{day.year:04d}-Q{(day.month - 1) // 3 + 1}")
        case PeriodType.HALF:
            return _parse(f"{day.year:04d}-H{(day.month - 1) // 6 + 1}")
        case PeriodType.YEAR:
            return _parse(f"{day.year:04d}")


@lru_cache(maxsize=1024)
def _inside(period: Period) -> tuple[Period, ...]:
    found: list[Period] = []
    for type_ in reversed(list(PeriodType)[: list(PeriodType).index(period.type)]):
        part = containing(period.starts, type_)
        if part.starts < period.starts:
            part = part.next()
        while part.ends <= period.ends:
            found.append(part)
            part = part.next()
    return tuple(found)


@lru_cache(maxsize=4096)
def _parse(code: str) -> Period:
    found = _CODE.fullmatch(code)
    if found is None:
        raise _invalid(code)
    try:
        starts, ends, type_ = _bounds({name: int(part) for name, part in found.groupdict().items() if part})
    except ValueError:
        raise _invalid(code) from None
    return Period(starts, ends, code, type_)


def _bounds(parts: dict[str, int]) -> tuple[date, date, PeriodType]:
    year = parts["year"]
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    if "day" in parts:
        day = date(year, parts["month"], parts["day"])
        return day, day + timedelta(days=1), PeriodType.DAY
    if "week" in parts:
        monday = date.fromisocalendar(year, parts["week"], 1)
        return monday, monday + timedelta(days=7), PeriodType.WEEK
    for name, length, type_ in (
        ("month", 1, PeriodType.MONTH),
        ("quarter", 3, PeriodType.QUARTER),
        ("half", 6, PeriodType.HALF),
    ):
        if name in parts:
            first = (parts[name] - 1) * length + 1
            return date(year, first, 1), _first_of_month_after(year, first + length - 1), type_
    return date(year, 1, 1), date(year + 1, 1, 1), PeriodType.YEAR


def _first_of_month_after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _invalid(code: str) -> BadInput:
    return BadInput(
        "PERIOD_INVALID",
        f"Kỳ “{code}” không hợp lệ. Hãy ghi ngày 2025-07-28, tuần 2025-W30, tháng 2025-07, quý 2025-Q3, "
        "nửa năm 2025-H1 hoặc năm 2025.",
        field=("period",),
    )
