"""How the numbers are written under which the insured are known. They are looked at, never kept and never repeated.

Decision 1351/QĐ-BHXH of 2015 gives the insurance number ten digits and the card
fifteen characters: two letters of the group, the benefit from 1 to 5, two digits
of the province, then the insurance number. Neither has a check digit that is
public, so only the form is known. Cards printed since 2021 bear the insurance
number alone, and since 1/9/2026 the personal ID stands in for it (notice
6877/TB-BHXH).
"""

from __future__ import annotations

import re
from typing import Any, Final

from dean06_core import BadInput

_INSURANCE_NUMBER: Final = re.compile(r"\d{10}", re.ASCII)
_CARD: Final = re.compile(r"[A-Z]{2}[1-5]\d{12}", re.ASCII)
_PERSONAL_ID: Final = re.compile(r"(?!000)\d{12}", re.ASCII)
_BLANKS: Final = re.compile(r"\s+")


def bhxh_number(cell: Any) -> str:
    """Ten digits, or the twelve of a personal ID; BHXH_NUMBER_INVALID otherwise."""
    written = _written(cell)
    if _INSURANCE_NUMBER.fullmatch(written) or _PERSONAL_ID.fullmatch(written):
        return written
    raise BadInput(
        "BHXH_NUMBER_INVALID",
        f"Mã số BHXH phải có 10 chữ số, hoặc 12 chữ số của số định danh cá nhân; ô này có {len(written)} ký tự. "
        "Hãy sửa, ghi dưới dạng chữ để không mất số 0 ở đầu, hoặc bỏ cột này.",
        field=("bhxh_number",),
    )


def bhyt_card(cell: Any) -> str:
    """Fifteen characters in capitals, with or without blanks; BHYT_CARD_INVALID otherwise."""
    written = _written(cell).upper()
    if _CARD.fullmatch(written):
        return written
    remedy = "Hãy sửa, hoặc bỏ cột này."
    if _INSURANCE_NUMBER.fullmatch(written):
        remedy = "Thẻ in từ năm 2021 chỉ có 10 số cuối: hãy ghi ở cột bhxh_number."
    raise BadInput(
        "BHYT_CARD_INVALID",
        "Số thẻ BHYT phải có 15 ký tự: 2 chữ cái, 1 chữ số từ 1 đến 5, rồi 12 chữ số; "
        f"ô này có {len(written)} ký tự không như vậy. {remedy}",
        field=("bhyt_card",),
    )


def _written(cell: Any) -> str:
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise BadInput("CELL_INVALID", "Ô này phải là chữ hoặc số. Hãy sửa ô này.")
    return _BLANKS.sub("", str(cell))
