"""An adult's year: whether somebody of 18 or more used an online service in it, without a word about who."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning

_DAYS: Final = ("counted_since", "first_online_on")


class AdultYear(Record):
    """One adult in one commune in the calendar year of ``counted_since``; who moves has another row there.

    It starts on 1 January, on the day of turning 18 or of moving in;
    ``counted_until`` is the first day without, at the latest 1 January of the
    next year. Of all that the person did online only the first day of the year is
    kept.
    """

    __tablename__ = "public_services_adult_year"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="public_services")
    __table_args__ = (
        sa.UniqueConstraint("ref", "counted_since"),
        *(sa.CheckConstraint(f"{day} >= '{BEGINNING}'", name=f"{day}_not_too_early") for day in _DAYS),
        sa.CheckConstraint("counted_until >= counted_since", name="counted_until_last"),
        sa.Index("ix_public_services_adult_year_unit_key_counted_since", "unit_key", "counted_since"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The number of the person's row in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune."""
    counted_since: Mapped[date]
    counted_until: Mapped[date]
    first_online_on: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, *_DAYS)
    in_order(values, "counted_since", "counted_until")
    year, until, used = values["counted_since"].year, values["counted_until"], values["first_online_on"]
    if until > date(year + 1, 1, 1):
        raise BadInput(
            "DAY_OUTSIDE_YEAR",
            f"“counted_until” {until:%d/%m/%Y} sau năm {year} của “counted_since”. "
            f"Hãy ghi {year + 1}-01-01 và thêm một dòng cho năm {year + 1}.",
            field=("counted_until",),
        )
    if used is not None and used.year != year:
        raise BadInput(
            "DAY_OUTSIDE_YEAR",
            f"“first_online_on” {used:%d/%m/%Y} không thuộc năm {year} của “counted_since”. "
            f"Hãy để trống nếu trong năm {year} không có, và ghi ngày này ở dòng của năm {used.year}.",
            field=("first_online_on",),
        )


ADULTS: Final = RecordImport(record=AdultYear, key=("ref", "counted_since"), parse={"ref": ref}, check=check)
