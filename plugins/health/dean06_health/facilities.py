"""A facility for examination and treatment: its beds, its EMR, what it sends to social insurance, its kiosks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, since_beginning

MOST_BEDS: Final = 9999
_CODE: Final = re.compile(r"[0-9A-Z]{5}", re.ASCII)
_GLN: Final = re.compile(r"\d{13}", re.ASCII)
_DAYS: Final = (
    "counted_since",
    "counted_until",
    "emr_due_on",
    "emr_published_on",
    "data_sent_since",
    "data_sent_until",
    "kiosk_since",
    "kiosk_until",
)
_SPELLS: Final = (
    ("counted_since", "counted_until"),
    ("data_sent_since", "data_sent_until"),
    ("kiosk_since", "kiosk_until"),
)


class Facility(Record):
    """One facility under one code; a unit that runs two has two rows.

    What lasts does so from ``..._since`` up to, not including, ``..._until``:
    being in operation, sending data to social insurance, having a kiosk that
    works. ``emr_published_on`` is the day on which it announced that EMR take
    the place of paper, ``emr_due_on`` the last day to do so.
    """

    __tablename__ = "health_facility"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="health")
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.CheckConstraint("length(code) = 5", name="code_has_5_signs"),
        sa.CheckConstraint("gln is null or length(gln) = 13", name="gln_has_13_digits"),
        sa.CheckConstraint(f"beds between 0 and {MOST_BEDS}", name="beds_can_be"),
        *(sa.CheckConstraint(f"{day} >= '{BEGINNING}'", name=f"{day}_not_too_early") for day in _DAYS),
        *(
            sa.CheckConstraint(f"{until} is null or ({since} is not null and {until} >= {since})", name=f"{until}_last")
            for since, until in _SPELLS
        ),
        sa.Index("ix_health_facility_unit_key", "unit_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    """5 signs, as 384/QĐ-BYT gives them."""
    gln: Mapped[str | None]
    """13 digits, as 1551/QĐ-BYT gives them."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    counted_since: Mapped[date]
    counted_until: Mapped[date | None]
    beds: Mapped[int]
    emr_due_on: Mapped[date | None]
    emr_published_on: Mapped[date | None]
    data_sent_since: Mapped[date | None]
    data_sent_until: Mapped[date | None]
    kiosk_since: Mapped[date | None]
    kiosk_until: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    if not 0 <= values["beds"] <= MOST_BEDS:
        raise BadInput(
            "BEDS_INVALID", f"Số giường {values['beds']} phải từ 0 đến {MOST_BEDS}. Hãy sửa số.", field=("beds",)
        )
    since_beginning(values, *_DAYS)
    for since, until in _SPELLS:
        in_order(values, since, until)


def facility_code(cell: Any) -> str:
    written = str(cell).strip().upper()
    if not _CODE.fullmatch(written):
        raise BadInput(
            "FACILITY_CODE_INVALID",
            f"“{written}” không phải mã cơ sở khám, chữa bệnh: mã có 5 chữ số hoặc chữ cái. Hãy sửa mã.",
        )
    return written


def gln(cell: Any) -> str:
    written = str(cell).strip()
    if not _GLN.fullmatch(written):
        raise BadInput("GLN_INVALID", f"“{written}” không phải mã GLN: mã có 13 chữ số. Hãy sửa mã hoặc để trống.")
    return written


FACILITIES: Final = RecordImport(record=Facility, key=("code",), parse={"code": facility_code, "gln": gln}, check=check)
