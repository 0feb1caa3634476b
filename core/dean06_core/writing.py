"""How figures are written for officials: decimal comma, dots between thousands, a word before an inexact one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Final

from dean06_core.figures import Figure, Status
from dean06_core.observations import Qualifier

_QUALIFIERS: Final = {
    Qualifier.EXACT: "",
    Qualifier.ABOUT: "khoảng ",
    Qualifier.MORE_THAN: "hơn ",
    Qualifier.LESS_THAN: "dưới ",
    Qualifier.PROVISIONAL: "ước ",
}
_WITHOUT_VALUE: Final = {
    Status.NO_DATA: "chưa báo cáo",
    Status.NO_ACTIVITY: "không phát sinh",
    Status.ZERO_DENOMINATOR: "không phát sinh",
    Status.NOT_AGGREGABLE: "không cộng được",
}


def number(value: Decimal | int) -> str:
    """1158663 is written 1.158.663 and 99.44 is written 99,44; zeros that say nothing are left out."""
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def with_unit(value: Decimal, unit_of_measure: str) -> str:
    return f"{number(value)}%" if unit_of_measure == "%" else f"{number(value)} {unit_of_measure}"


def figure(found: Figure) -> str:
    """The figure with its unit and qualifier, or why there is none.

    A rate that is not whole is never written 100%: that is kept for numerator =
    denominator.
    """
    value, exact = found.value, found.exact
    if value is None or exact is None:
        return _WITHOUT_VALUE.get(found.status, "chưa báo cáo")
    if found.indicator.unit_of_measure == "%" and value == 100 and exact < 100:
        value = _floor(exact, found.indicator.decimals)
    return _QUALIFIERS[found.qualifier] + with_unit(value, found.indicator.unit_of_measure)


def _floor(exact: Fraction, decimals: int) -> Decimal:
    return Decimal(floor(exact * 10**decimals)).scaleb(-decimals)
