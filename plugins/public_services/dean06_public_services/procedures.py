"""A procedure that could be done online from the first step to the last, and since when it can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, since_beginning

_DAYS: Final = ("eligible_since", "published_on")


class Procedure(Record):
    """One procedure, once, under the unit that answers for it; the figure is the province's.

    It is eligible for a full-process service up to, not including,
    ``eligible_until``; the service is offered to the public since ``published_on``.
    """

    __tablename__ = "public_services_procedure"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="public_services")
    __table_args__ = (
        sa.UniqueConstraint("code"),
        *(sa.CheckConstraint(f"{day} >= '{BEGINNING}'", name=f"{day}_not_too_early") for day in _DAYS),
        sa.CheckConstraint("eligible_until is null or eligible_until >= eligible_since", name="eligible_until_last"),
        sa.Index("ix_public_services_procedure_unit_key", "unit_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    """The procedure's code in the national database of procedures."""
    name: Mapped[str]
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    eligible_since: Mapped[date]
    eligible_until: Mapped[date | None]
    published_on: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, *_DAYS)
    in_order(values, "eligible_since", "eligible_until")


PROCEDURES: Final = RecordImport(record=Procedure, key=("code",), check=check)
