"""A pension or benefit that somebody receives, without a word about who."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Record, RecordImport, new_id
from dean06_core.rows import ref
from dean06_social_insurance.insurance_numbers import bhxh_number


class Benefit(StrEnum):
    """What is paid. ALLOWANCE: a monthly allowance of social insurance, reported together with pensions."""

    PENSION = "PENSION"
    ALLOWANCE = "ALLOWANCE"
    UNEMPLOYMENT = "UNEMPLOYMENT"
    ASSISTANCE = "ASSISTANCE"


class Beneficiary(Record):
    """One benefit of one person in one commune; somebody with two benefits is two records.

    ``ended_on`` is the first day on which nothing is paid any more,
    ``cashless_since`` the first on which it is not paid in cash; both are null
    while that is not so. Whoever moves to another commune, or goes back to
    cash, ends here and begins as another record, so that the past can be
    measured again. A pension may have begun long before counting did.
    """

    __tablename__ = "social_insurance_beneficiary"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="social_insurance")
    __table_args__ = (
        sa.UniqueConstraint("benefit", "ref"),
        sa.CheckConstraint("ended_on is null or ended_on > started_on", name="ended_after_start"),
        sa.CheckConstraint("cashless_since is null or cashless_since >= started_on", name="cashless_once_started"),
        sa.CheckConstraint(
            "cashless_since is null or ended_on is null or cashless_since < ended_on", name="cashless_before_end"
        ),
        sa.CheckConstraint(
            f"cashless_since is null or cashless_since >= '{BEGINNING}'", name="cashless_since_counting_began"
        ),
        sa.Index("ix_social_insurance_beneficiary_unit_key_started_on", "unit_key", "started_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune, as it is called today, or the province."""
    benefit: Mapped[Benefit] = mapped_column(sa.Enum(Benefit, native_enum=False, length=16))
    ref: Mapped[str]
    """The row's number in the system that it comes from; systems differ by benefit."""
    started_on: Mapped[date] = mapped_column(index=True)
    ended_on: Mapped[date | None]
    cashless_since: Mapped[date | None]


def check(row: Mapping[str, Any]) -> None:
    """Refuse days that cannot follow one another, in words for whoever keeps the file."""
    started, ended, cashless = row["started_on"], row["ended_on"], row["cashless_since"]
    if ended is not None and ended <= started:
        raise BadInput(
            "ENDED_BEFORE_START",
            f"Ngày thôi hưởng {ended:%d/%m/%Y} không sau ngày bắt đầu hưởng {started:%d/%m/%Y}. "
            "Hãy ghi ngày đầu tiên không còn hưởng, hoặc bỏ dòng này nếu chưa hưởng ngày nào.",
            field=("ended_on",),
        )
    if cashless is None:
        return
    if cashless < BEGINNING:
        raise BadInput(
            "CASHLESS_TOO_EARLY",
            f"Ngày bắt đầu nhận không dùng tiền mặt {cashless:%d/%m/%Y} trước {BEGINNING:%d/%m/%Y}. "
            f"Hãy sửa ngày; nếu đã nhận như vậy từ trước thì ghi {BEGINNING:%d/%m/%Y}.",
            field=("cashless_since",),
        )
    if cashless < started:
        raise BadInput(
            "CASHLESS_BEFORE_START",
            f"Ngày bắt đầu nhận không dùng tiền mặt {cashless:%d/%m/%Y} trước ngày bắt đầu hưởng "
            f"{started:%d/%m/%Y}. Hãy sửa một trong hai; nhận như vậy từ đầu thì ghi cùng một ngày.",
            field=("cashless_since",),
        )
    if ended is not None and cashless >= ended:
        raise BadInput(
            "CASHLESS_AFTER_END",
            f"Ngày bắt đầu nhận không dùng tiền mặt {cashless:%d/%m/%Y} không trước ngày thôi hưởng "
            f"{ended:%d/%m/%Y}. Hãy sửa một trong hai, hoặc để trống cashless_since nếu chưa từng nhận như vậy.",
            field=("cashless_since",),
        )


BENEFICIARIES: Final = RecordImport(
    record=Beneficiary,
    key=("benefit", "ref"),
    parse={"ref": ref},
    checked={"bhxh_number": bhxh_number},
    check=check,
)
"""The unit is looked up on the day of the import: a pension of 1987 is paid by a commune of today."""
