"""A fuel station, and since when each sale at the pump has its own e-invoice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref
from dean06_tax.tax_codes import organisation_tax_code


class FuelStation(Record):
    """One retail station; an organisation may have many under one tax code, so ``ref`` tells them apart."""

    __tablename__ = "tax_fuel_station"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="tax")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        sa.CheckConstraint(
            "per_sale_einvoice_from is null or per_sale_einvoice_from >= opened_on", name="invoices_after_opening"
        ),
        sa.CheckConstraint("closed_on is null or closed_on >= opened_on", name="closed_after_opening"),
        sa.Index("ix_tax_fuel_station_unit_key_opened_on", "unit_key", "opened_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune."""
    ref: Mapped[str]
    tax_code: Mapped[str]
    opened_on: Mapped[date]
    per_sale_einvoice_from: Mapped[date | None]
    """Null while it does not comply."""
    closed_on: Mapped[date | None]
    """From that day it sells no more."""


def _check(values: Mapping[str, Any]) -> None:
    in_order(values, "opened_on", "per_sale_einvoice_from")
    in_order(values, "opened_on", "closed_on")


FUEL_STATIONS: Final = RecordImport(
    record=FuelStation, key=("ref",), parse={"ref": ref, "tax_code": organisation_tax_code}, check=_check
)
