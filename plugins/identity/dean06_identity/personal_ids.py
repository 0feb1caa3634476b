"""The number by which the state tells people apart is read to be checked, and no record keeps it.

It has 12 digits: the province or country where the birth was registered, the
century and sex, the year of birth, then six at random (Decree 137/2015/NĐ-CP,
article 13; Circular 07/2016/TT-BCA, article 7). There is no check digit, and
provinces that were merged live on in the numbers of the living, so that
nothing more than the form can be checked. No message repeats the number.
"""

from __future__ import annotations

import re
from typing import Any, Final

from dean06_core import BadInput

_FORM: Final = re.compile(r"\d{12}", re.ASCII)


def personal_id(cell: Any) -> str:
    """The number as it is written, without blanks around it; PERSONAL_ID_INVALID if it cannot be one."""
    if not isinstance(cell, str):
        raise _invalid("không phải là chữ. Hãy định dạng cột này là văn bản để giữ chữ số 0 ở đầu.")
    written = cell.strip()
    if not _FORM.fullmatch(written):
        raise _invalid(
            f"có {len(written)} ký tự hoặc có ký tự không phải chữ số; số đúng có 12 chữ số viết liền. "
            "Hãy đối chiếu với thẻ căn cước, hoặc để trống ô này."
        )
    return written


def _invalid(what: str) -> BadInput:
    return BadInput("PERSONAL_ID_INVALID", f"Số định danh cá nhân {what}", field=("personal_id",))
