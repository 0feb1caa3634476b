"""A resident of a commune and what of his health is on VNeID, without a word about who he is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning

_DAYS: Final = ("counted_since", "book_since", "documents_complete_since")


class Resident(Record):
    """One registered residence of one person; who moves has another row there.

    It counts from ``counted_since`` up to, not including, ``counted_until``.
    ``book_since`` is the day on which a person who had agreed to it got the
    e-health book on VNeID, ``documents_complete_since`` the day since which
    every health document that applies to the person is there.
    """

    __tablename__ = "health_resident"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="health")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        *(sa.CheckConstraint(f"{day} >= '{BEGINNING}'", name=f"{day}_not_too_early") for day in _DAYS),
        sa.CheckConstraint("counted_until is null or counted_until >= counted_since", name="counted_until_last"),
        sa.CheckConstraint(
            "documents_complete_since is null or (book_since is not null and documents_complete_since >= book_since)",
            name="documents_complete_with_the_book",
        ),
        sa.Index("ix_health_resident_unit_key_counted_since", "unit_key", "counted_since"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The number of the row in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune."""
    counted_since: Mapped[date]
    counted_until: Mapped[date | None]
    book_since: Mapped[date | None]
    documents_complete_since: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, *_DAYS)
    in_order(values, "counted_since", "counted_until")
    in_order(values, "book_since", "documents_complete_since")


RESIDENTS: Final = RecordImport(record=Resident, key=("ref",), parse={"ref": ref}, check=check)
