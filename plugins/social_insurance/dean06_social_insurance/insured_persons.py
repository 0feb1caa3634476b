"""Somebody's participation in insurance, without a word about who it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Record, RecordImport, new_id
from dean06_core.rows import ref
from dean06_social_insurance.insurance_numbers import bhxh_number, bhyt_card


class InsuredPerson(Record):
    """One stretch in which one person took part; whoever comes back, or moves to another commune, begins another.

    ``left_on`` is the first day without insurance, null while it lasts.
    ``verified_on`` is the day on which the population database confirmed who it
    is; it may be older than the stretch, and stretches older than counting.
    """

    __tablename__ = "social_insurance_insured_person"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="social_insurance")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        sa.CheckConstraint("left_on is null or left_on > joined_on", name="left_after_joining"),
        sa.CheckConstraint("verified_on is null or has_personal_id", name="only_an_id_is_verified"),
        sa.CheckConstraint(f"verified_on is null or verified_on >= '{BEGINNING}'", name="verified_since_beginning"),
        sa.Index("ix_social_insurance_insured_person_unit_key_joined_on", "unit_key", "joined_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune, as it is called today."""
    ref: Mapped[str]
    """The row's number in the system that it comes from."""
    joined_on: Mapped[date] = mapped_column(index=True)
    left_on: Mapped[date | None]
    has_personal_id: Mapped[bool]
    """Whether the source knows a personal number; not the number, nor since when, so the past is told as it is now."""
    verified_on: Mapped[date | None]
    is_armed_forces: Mapped[bool]
    """Of the armed forces, or a relative insured with them: no figure of this sector counts them."""


def check(row: Mapping[str, Any]) -> None:
    """Refuse what cannot be true of one person at once, in words for whoever keeps the file."""
    joined, left, verified = row["joined_on"], row["left_on"], row["verified_on"]
    if left is not None and left <= joined:
        raise BadInput(
            "LEFT_BEFORE_JOINING",
            f"Ngày thôi tham gia {left:%d/%m/%Y} không sau ngày bắt đầu tham gia {joined:%d/%m/%Y}. "
            "Hãy ghi ngày đầu tiên không còn tham gia, hoặc bỏ dòng này nếu chưa tham gia ngày nào.",
            field=("left_on",),
        )
    if verified is None:
        return
    if not row["has_personal_id"]:
        raise BadInput(
            "VERIFIED_WITHOUT_ID",
            f"Đã xác thực ngày {verified:%d/%m/%Y} nhưng ghi là chưa có số định danh cá nhân. "
            "Hãy sửa has_personal_id thành true, hoặc để trống verified_on.",
            field=("has_personal_id",),
        )
    if verified < BEGINNING:
        raise BadInput(
            "VERIFIED_TOO_EARLY",
            f"Ngày xác thực {verified:%d/%m/%Y} trước {BEGINNING:%d/%m/%Y}, khi chưa có gì để xác thực. "
            "Hãy sửa ngày, hoặc để trống verified_on.",
            field=("verified_on",),
        )


INSURED_PERSONS: Final = RecordImport(
    record=InsuredPerson,
    key=("ref",),
    parse={"ref": ref},
    checked={"bhxh_number": bhxh_number, "bhyt_card": bhyt_card},
    check=check,
)
"""The unit is looked up on the day of the import, as that of a beneficiary."""
