"""What every row of a sector's records has to keep: a number that tells no person, and days that can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from dean06_core.errors import BadInput
from dean06_core.measuring import BEGINNING

_TELLS_WHO: Final = re.compile(
    r"(?!000)\d{12}"  # a personal ID: the province or country of birth first (137/2015/NĐ-CP, article 13)
    r"|(?!00)\d{9,10}"  # an old identity card, or a tax code
    r"|\d{10}-?\d{3}"  # the tax code of a dependent unit (TT 86/2024/TT-BTC)
    r"|[A-Z]{2}[1-5]\d{12}",  # a health-insurance card (1351/QĐ-BHXH)
    re.ASCII,
)


def ref(cell: Any) -> str:
    """The row's number in the source system. What looks like a person's number is refused and not repeated."""
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise BadInput("CELL_INVALID", f"“{cell}” phải là chữ hoặc số. Hãy sửa ô này.")
    written = str(cell).strip()
    if _TELLS_WHO.fullmatch("".join(written.upper().split())):
        raise BadInput(
            "REF_OF_A_PERSON",
            "Ô này có dạng số định danh cá nhân, số chứng minh nhân dân, mã số thuế hoặc số thẻ bảo hiểm. "
            "Hãy ghi số thứ tự của dòng trong hệ thống nguồn.",
        )
    return written


def since_beginning(values: Mapping[str, Any], *days: str) -> None:
    """DAY_TOO_EARLY for a day that no span reaches back to."""
    for name in days:
        day = values[name]
        if day is not None and day < BEGINNING:
            raise BadInput(
                "DAY_TOO_EARLY",
                f"“{name}” {day:%d/%m/%Y} trước {BEGINNING:%d/%m/%Y}. "
                f"Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi {BEGINNING}.",
                field=(name,),
            )


def in_order(values: Mapping[str, Any], earlier: str, later: str, *, same_day: bool = True) -> None:
    """DAYS_OUT_OF_ORDER where something ended before it began, or on the same day where it may not.

    DAY_MISSING where it ended and never began.
    """
    first, last = values[earlier], values[later]
    if last is None:
        return
    if first is None:
        raise BadInput(
            "DAY_MISSING",
            f"Có “{later}” {last:%d/%m/%Y} mà không có “{earlier}”. Hãy ghi “{earlier}” hoặc bỏ “{later}”.",
            field=(later,),
        )
    if last < first or (last == first and not same_day):
        how = "trước" if same_day else "không sau"
        raise BadInput(
            "DAYS_OUT_OF_ORDER",
            f"“{later}” {last:%d/%m/%Y} {how} “{earlier}” {first:%d/%m/%Y}. Hãy sửa một trong hai ngày.",
            field=(later,),
        )
