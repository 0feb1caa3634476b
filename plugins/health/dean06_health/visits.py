"""A visit to a hospital or health centre, without a word about who came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import ref, since_beginning


class Visit(Record):
    """One visit on one day. It holds nothing by which a patient could be told from another."""

    __tablename__ = "health_visit"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="health")
    __table_args__ = (
        sa.CheckConstraint(f"visited_on >= '{BEGINNING}'", name="visited_since_counting_began"),
        sa.Index("ix_health_visit_unit_key_visited_on", "unit_key", "visited_on"),
        sa.Index("ix_health_visit_ref", "ref", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The number of the row in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The facility."""
    visited_on: Mapped[date]
    paid_cashless: Mapped[bool | None]
    """Null where nothing was to be paid."""
    id_card_found: Mapped[bool | None]
    """Whether the insurance was found by the ID card; null where nobody looked it up."""
    used_health_book: Mapped[bool]
    data_sent: Mapped[bool]
    """The interoperability system has accepted the visit's data."""


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "visited_on")


VISITS: Final = RecordImport(record=Visit, key=("ref",), on="visited_on", parse={"ref": ref}, check=check)
