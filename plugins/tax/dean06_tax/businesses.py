"""A business that has to make its e-invoices on a cash register, and since when it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning
from dean06_tax.tax_codes import organisation_tax_code


class Owner(StrEnum):
    """Whose business it is."""

    ORGANISATION = "ORGANISATION"
    HOUSEHOLD = "HOUSEHOLD"


class Trade(StrEnum):
    """The trades that sell directly to consumers, as Decree 70/2025/NĐ-CP lists them."""

    SHOPPING_CENTRE = "SHOPPING_CENTRE"
    SUPERMARKET = "SUPERMARKET"
    RETAIL = "RETAIL"
    FOOD_AND_DRINK = "FOOD_AND_DRINK"
    HOTEL = "HOTEL"
    PASSENGER_TRANSPORT = "PASSENGER_TRANSPORT"
    ROAD_TRANSPORT_SUPPORT = "ROAD_TRANSPORT_SUPPORT"
    ARTS_AND_RECREATION = "ARTS_AND_RECREATION"
    CINEMA = "CINEMA"
    PERSONAL_SERVICES = "PERSONAL_SERVICES"


class RevenueGroup(StrEnum):
    """Revenue of a year; from 1 billion dong a household is obliged (Decree 70/2025/NĐ-CP)."""

    BELOW_1_BILLION = "BELOW_1_BILLION"
    FROM_1_BILLION = "FROM_1_BILLION"


class Business(Record):
    """One place of business that is, or was, under the obligation.

    A household's tax code is somebody's personal ID, so only an organisation's
    stands here. Whoever began before he had to has ``pos_einvoice_from`` before
    ``obliged_from``, and counts from the latter on.
    """

    __tablename__ = "tax_business"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="tax")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        sa.CheckConstraint("(owner = 'HOUSEHOLD') = (tax_code is null)", name="only_organisations_have_a_tax_code"),
        sa.CheckConstraint(f"obliged_from >= '{BEGINNING}'", name="obliged_since_counting_began"),
        sa.CheckConstraint("ended_on is null or ended_on >= obliged_from", name="ended_after_it_began"),
        sa.Index("ix_tax_business_unit_key_obliged_from", "unit_key", "obliged_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune where it sells."""
    ref: Mapped[str]
    owner: Mapped[Owner] = mapped_column(sa.Enum(Owner, native_enum=False, length=16))
    tax_code: Mapped[str | None]
    trade: Mapped[Trade] = mapped_column(sa.Enum(Trade, native_enum=False, length=32))
    revenue_group: Mapped[RevenueGroup] = mapped_column(sa.Enum(RevenueGroup, native_enum=False, length=16))
    obliged_from: Mapped[date]
    pos_einvoice_from: Mapped[date | None]
    """Since when its invoices are made on a cash register that is connected to the tax authority."""
    ended_on: Mapped[date | None]
    """From that day it trades no more, or is no longer obliged."""


def _check(values: Mapping[str, Any]) -> None:
    is_household = values["owner"] is Owner.HOUSEHOLD
    if is_household and values["tax_code"] is not None:
        raise BadInput(
            "TAX_CODE_PERSONAL",
            "Mã số thuế của hộ kinh doanh gắn với một cá nhân nên không lưu ở đây. Hãy để trống ô này.",
            field=("tax_code",),
        )
    if not is_household and values["tax_code"] is None:
        raise BadInput(
            "TAX_CODE_MISSING",
            f"Cơ sở “{values['ref']}” của tổ chức nhưng thiếu mã số thuế. Hãy ghi mã số thuế của tổ chức.",
            field=("tax_code",),
        )
    since_beginning(values, "obliged_from")
    in_order(values, "obliged_from", "ended_on")


BUSINESSES: Final = RecordImport(
    record=Business, key=("ref",), parse={"ref": ref, "tax_code": organisation_tax_code}, check=_check
)
