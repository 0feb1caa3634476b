"""A procedure on the list of those that ask for a criminal-record certificate, and whether it still has to be paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, since_beginning


class Procedure(Record):
    """One procedure of the national list, once, under the unit that answers for it; the figure is the province's.

    Paper is asked for up to, not including, ``paper_needed_until``.
    """

    __tablename__ = "justice_procedure"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="justice")
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.CheckConstraint(f"listed_on >= '{BEGINNING}'", name="listed_on_not_too_early"),
        sa.CheckConstraint(
            "paper_needed_until is null or paper_needed_until >= listed_on", name="paper_dropped_after_listing"
        ),
        sa.Index("ix_justice_procedure_unit_key", "unit_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    """The procedure's code in the national database of procedures."""
    name: Mapped[str]
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    listed_on: Mapped[date]
    paper_needed_until: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "listed_on")
    in_order(values, "listed_on", "paper_needed_until")


PROCEDURES: Final = RecordImport(record=Procedure, key=("code",), check=check)
