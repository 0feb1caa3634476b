"""The symbol of an e-invoice, such as 1C26MYY: what kind of invoice it is, of which year, and how it was made.

Source: Circular 91/2026/TT-BTC, article 4 and annex I, in force since 1/7/2026
under Decree 254/2026/NĐ-CP. Circular 32/2025/TT-BTC, under Decree 70/2025/NĐ-CP,
had the same but for the letter F.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final

from dean06_core import BadInput

_SYMBOL: Final = re.compile(r"([1-9])([CK])(\d{2})([TDLMNBGHXF])([A-Z]{2})", re.ASCII)
_CENTURY: Final = 2000


class Form(IntEnum):
    """The first digit: what document it is."""

    VALUE_ADDED = 1
    SALE = 2
    PUBLIC_ASSET = 3
    NATIONAL_RESERVE = 4
    TICKET = 5
    DELIVERY_NOTE = 6
    COMMERCIAL = 7
    VALUE_ADDED_WITH_FEE_RECEIPT = 8
    SALE_WITH_FEE_RECEIPT = 9


class Use(StrEnum):
    """The letter behind the year: by whom or for what the invoice is made."""

    REGISTERED = "T"
    PUBLIC_OR_SPECIAL = "D"
    ISSUED_ONCE_BY_THE_AUTHORITY = "L"
    CASH_REGISTER = "M"
    INTERNAL_DELIVERY = "N"
    CONSIGNMENT = "B"
    VALUE_ADDED_TICKET = "G"
    SALE_TICKET = "H"
    COMMERCIAL = "X"
    TAX_REFUND = "F"


@dataclass(frozen=True, slots=True)
class InvoiceSymbol:
    """``str`` writes it as ``parse`` reads it. ``series`` are the seller's own two letters, YY where he needs none."""

    form: Form
    has_authority_code: bool
    year: int
    use: Use
    series: str

    @staticmethod
    def parse(written: str) -> InvoiceSymbol:
        """SYMBOL_INVALID for what is no symbol; small letters are read as capitals."""
        found = _SYMBOL.fullmatch(written.strip().upper())
        if found is None:
            raise BadInput(
                "SYMBOL_INVALID",
                f"“{written}” không phải là ký hiệu hóa đơn điện tử. Hãy ghi đủ 7 ký tự như 1C25MYY: "
                "ký hiệu mẫu số, C hoặc K, hai số cuối của năm, chữ chỉ loại, hai chữ do người bán đặt.",
            )
        form, coded, year, use, series = found.groups()
        return InvoiceSymbol(Form(int(form)), coded == "C", _CENTURY + int(year), Use(use), series)

    def __str__(self) -> str:
        coded = "C" if self.has_authority_code else "K"
        return f"{self.form.value}{coded}{self.year - _CENTURY:02d}{self.use.value}{self.series}"


def cash_register_symbol(cell: Any) -> str:
    """A symbol whose invoices are made on a cash register: its fifth character is M."""
    symbol = InvoiceSymbol.parse(str(cell))
    if symbol.use is not Use.CASH_REGISTER:
        raise BadInput(
            "SYMBOL_NOT_CASH_REGISTER",
            f"Ký hiệu “{symbol}” không phải của hóa đơn khởi tạo từ máy tính tiền: ký tự thứ năm là "
            f"{symbol.use.value}. Hãy chỉ nhập số hóa đơn của ký hiệu có ký tự thứ năm là M.",
        )
    return str(symbol)
