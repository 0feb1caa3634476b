"""A person's tax code that is to be matched with the population database, without the code and without the person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning
from dean06_tax.tax_codes import tax_code


class Taxpayer(Record):
    """One tax code on the list of one phase of the review.

    A code that the first phase left unmatched may stand on the list of the second
    as well: these are two rows. ``matched_on`` is null until the code is matched.
    """

    __tablename__ = "tax_taxpayer"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="tax")
    __table_args__ = (
        sa.UniqueConstraint("ref", "phase"),
        sa.CheckConstraint("phase in (1, 2)", name="phase_is_1_or_2"),
        sa.CheckConstraint(f"listed_on >= '{BEGINNING}'", name="listed_since_counting_began"),
        sa.CheckConstraint("matched_on is null or matched_on >= listed_on", name="matched_after_listing"),
        sa.CheckConstraint("closed_on is null or closed_on >= listed_on", name="closed_after_listing"),
        sa.Index("ix_tax_taxpayer_unit_key_listed_on", "unit_key", "listed_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune."""
    ref: Mapped[str]
    phase: Mapped[int]
    listed_on: Mapped[date]
    """The day on which the code came onto the list of its phase, not the day on which it was issued."""
    matched_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    """The code is void, as of somebody who died or had two; from that day nobody has to match it."""


def _check(values: Mapping[str, Any]) -> None:
    if values["phase"] not in (1, 2):
        raise BadInput(
            "PHASE_UNKNOWN", f"Không có giai đoạn {values['phase']}. Hãy ghi giai đoạn 1 hoặc 2.", field=("phase",)
        )
    since_beginning(values, "listed_on")
    in_order(values, "listed_on", "matched_on")
    in_order(values, "listed_on", "closed_on")


TAXPAYERS: Final = RecordImport(
    record=Taxpayer, key=("ref", "phase"), parse={"ref": ref}, checked={"tax_code": tax_code}, check=_check
)
