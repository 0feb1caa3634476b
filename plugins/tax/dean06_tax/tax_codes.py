"""Tax codes: what they look like, and the one digit that follows from the nine before it.

The structure is that of Circular 105/2020/TT-BTC, article 5, which 86/2024 and,
since 1/7/2026, 90/2026 carry on: two digits of the range, a serial of seven from
0000001, the check digit; behind a hyphen, 001 to 999 for a dependent unit. The
weights are ascribed to the annex of 105/2020, and public implementations agree
on them. Since 1/7/2025 the twelve digits of the personal ID stand for the code of
a person or household business; they have no check digit (Circular 86/2024/TT-BTC).
"""

from __future__ import annotations

import re
from typing import Any, Final

from dean06_core import BadInput

_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_ORGANISATION: Final = re.compile(r"(\d{10})(?:-?(\d{3}))?", re.ASCII)
_PERSONAL_ID: Final = re.compile(r"0(?:0[1-9]|[1-9]\d)\d{9}", re.ASCII)
"""Twelve digits, of which the first three are the province of birth, 001 to 099."""


def check_digit(prefix: str) -> int | None:
    """The tenth digit after these nine; None after nine that no code begins with.

    Every single wrong digit shows, and so do two neighbours that changed places:
    modulo 11 no weight is 0, and no two neighbours weigh the same. The second and
    the seventh digit weigh the same, and so do the third and the check digit; that
    these two changed places does not show.
    """
    remainder = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, prefix, strict=True)) % 11
    return 10 - remainder if remainder and prefix[2:] != "0000000" else None


def tax_code(cell: Any) -> str:
    """Anybody's tax code: ten digits, thirteen written 0100233488-001, or the twelve of a personal ID."""
    written = str(cell).strip()
    return written if _PERSONAL_ID.fullmatch(written) else _checked(written)


def organisation_tax_code(cell: Any) -> str:
    """An organisation's tax code, which is public; a personal ID in its place is refused and not repeated."""
    written = str(cell).strip()
    if _PERSONAL_ID.fullmatch(written):
        raise BadInput(
            "TAX_CODE_PERSONAL",
            "Ô này có 12 chữ số của số định danh cá nhân, không phải mã số thuế của tổ chức. "
            "Hãy ghi mã số thuế 10 hoặc 13 chữ số của tổ chức.",
        )
    return _checked(written)


def _checked(written: str) -> str:
    found = _ORGANISATION.fullmatch(written)
    if found is None:
        raise BadInput(
            "TAX_CODE_INVALID",
            f"“{written}” không phải là mã số thuế. Hãy ghi đủ 10 chữ số, hoặc 13 chữ số như 0100233488-001; "
            "nếu bảng tính đã bỏ số 0 ở đầu, hãy định dạng cột là văn bản.",
        )
    main, dependent = found.groups()
    expected = check_digit(main[:9])
    if expected is None:
        raise BadInput(
            "TAX_CODE_NEVER_ISSUED",
            f"Không có mã số thuế nào bắt đầu bằng “{main[:9]}”. Hãy đối chiếu với giấy chứng nhận đăng ký thuế.",
        )
    if main[9] != str(expected):
        raise BadInput(
            "TAX_CODE_CHECK_DIGIT",
            f"Mã số thuế “{written}” sai chữ số kiểm tra: sau “{main[:9]}” phải là {expected}. "
            "Hãy đối chiếu với giấy chứng nhận đăng ký thuế.",
        )
    if dependent == "000":
        raise BadInput(
            "TAX_CODE_DEPENDENT",
            f"Mã số thuế “{written}” có số thứ tự 000. Hãy ghi số thứ tự của đơn vị phụ thuộc, từ 001 đến 999.",
        )
    return main if dependent is None else f"{main}-{dependent}"
