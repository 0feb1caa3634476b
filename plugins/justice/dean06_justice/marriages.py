"""An entry about a marriage that has to agree with the population database, without a word about who married."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning


class Marriage(Record):
    """One entry of one commune's register that was put on the list to be cleaned.

    ``due_on`` is the last day of the campaign in which it is to be cleaned,
    ``cleaned_on`` the day since which it agrees with the population database.
    """

    __tablename__ = "justice_marriage"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="justice")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        sa.CheckConstraint(f"found_on >= '{BEGINNING}'", name="found_on_not_too_early"),
        sa.CheckConstraint("due_on is null or due_on >= found_on", name="due_after_it_was_found"),
        sa.CheckConstraint("cleaned_on is null or cleaned_on >= found_on", name="cleaned_after_it_was_found"),
        sa.Index("ix_justice_marriage_unit_key_found_on", "unit_key", "found_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The number of the row in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune that keeps the register."""
    found_on: Mapped[date]
    due_on: Mapped[date | None]
    """Null where no campaign asks for it."""
    cleaned_on: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "found_on")
    in_order(values, "found_on", "due_on")
    in_order(values, "found_on", "cleaned_on")


MARRIAGES: Final = RecordImport(record=Marriage, key=("ref",), parse={"ref": ref}, check=check)
