"""How days, moments and exact numbers are written in the API. One spelling each; everything else is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import strawberry
from strawberry.types.scalar import ScalarDefinition

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)

T = TypeVar("T")


def _spelled(pattern: re.Pattern[str], read: Callable[[str], T], hint: str) -> Callable[[Any], T]:
    def parse(value: Any) -> T:
        if isinstance(value, str) and pattern.fullmatch(value):
            try:
                return read(value)
            except ValueError:
                pass
        raise ValueError(hint)

    return parse


def _decimal(value: Any) -> Decimal:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return _read_decimal(str(value) if is_whole else value)


_read_decimal: Final = _spelled(_NUMBER, Decimal, 'Hãy ghi số trong ngoặc kép, dấu chấm thập phân: "99.5".')

SCALARS: Final[dict[object, ScalarDefinition]] = {
    date: strawberry.scalar(
        name="Date",
        description="Ngày, viết 2025-07-28",
        serialize=date.isoformat,
        parse_value=_spelled(_DAY, date.fromisoformat, "Hãy ghi ngày theo dạng 2025-07-28."),
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="Thời điểm có múi giờ, viết 2025-07-28T08:00:00+07:00",
        serialize=datetime.isoformat,
        parse_value=_spelled(
            _MOMENT, datetime.fromisoformat, "Hãy ghi thời điểm kèm múi giờ theo dạng 2025-07-28T08:00:00+07:00."
        ),
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='Số chính xác, viết trong ngoặc kép với dấu chấm thập phân: "99.44"',
        serialize=lambda value: f"{value:f}",
        parse_value=_decimal,
    ),
}
