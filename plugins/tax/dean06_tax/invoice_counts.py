"""How many e-invoices a business made on cash registers in a month, under one symbol."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Period, Record, RecordImport, new_id
from dean06_core.rows import ref
from dean06_tax.einvoice_symbols import InvoiceSymbol, cash_register_symbol


class InvoiceCount(Record):
    """One month of one symbol of one business; of a month that is not over, what was made so far.

    ``business_ref`` is the ``ref`` of the business, which need not be known:
    somebody who is not obliged makes such invoices too.
    """

    __tablename__ = "tax_invoice_count"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="tax")
    __table_args__ = (
        sa.UniqueConstraint("business_ref", "symbol", "month"),
        sa.CheckConstraint("substr(symbol, 5, 1) = 'M'", name="made_on_a_cash_register"),
        sa.CheckConstraint(f"month >= '{BEGINNING}'", name="made_since_counting_began"),
        sa.CheckConstraint("counted_until >= month", name="counted_in_its_month"),
        sa.CheckConstraint("invoices >= 0", name="no_fewer_than_none"),
        sa.Index("ix_tax_invoice_count_unit_key_month", "unit_key", "month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune where they were made."""
    business_ref: Mapped[str]
    symbol: Mapped[str]
    month: Mapped[date]
    """Its first day."""
    counted_until: Mapped[date]
    """The last day in the count."""
    invoices: Mapped[int]


def month(cell: Any) -> date:
    """The first day of a month written 2025-07."""
    written = str(cell).strip()
    try:
        starts = Period.parse(written).starts
    except BadInput:
        starts = None
    if starts is None or written != f"{starts:%Y-%m}":
        raise BadInput("MONTH_INVALID", f"“{written}” không phải là tháng. Hãy ghi như 2025-07.")
    return starts


def _check(values: Mapping[str, Any]) -> None:
    """A symbol is of 2000 or later, so that no month before counting began has one of its year."""
    of_month, until, symbol = values["month"], values["counted_until"], InvoiceSymbol.parse(values["symbol"])
    if symbol.year != of_month.year:
        raise BadInput(
            "SYMBOL_OF_ANOTHER_YEAR",
            f"Ký hiệu “{symbol}” là của năm {symbol.year}, dòng này là của tháng {of_month:%m/%Y}. "
            "Hãy sửa ký hiệu hoặc tháng.",
            field=("symbol",),
        )
    if (until.year, until.month) != (of_month.year, of_month.month):
        raise BadInput(
            "COUNTED_IN_ANOTHER_MONTH",
            f"Ngày đếm đến {until:%d/%m/%Y} không nằm trong tháng {of_month:%m/%Y}. "
            "Hãy ghi ngày cuối cùng của tháng đó đã được đếm.",
            field=("counted_until",),
        )
    if values["invoices"] < 0:
        raise BadInput(
            "INVOICES_NEGATIVE",
            f"Số hóa đơn {values['invoices']} nhỏ hơn 0. Hãy ghi số hóa đơn đã lập.",
            field=("invoices",),
        )


INVOICE_COUNTS: Final = RecordImport(
    record=InvoiceCount,
    key=("business_ref", "symbol", "month"),
    on="month",
    parse={"business_ref": ref, "symbol": cash_register_symbol, "month": month},
    check=_check,
)
