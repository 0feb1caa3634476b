"""One of the 25 essential services of the programme, and since when it is on the National Public Service Portal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, since_beginning


class EssentialService(Record):
    """One service, once, under the unit that answers for it; the figure is the province's."""

    __tablename__ = "public_services_essential_service"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="public_services")
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.CheckConstraint(f"listed_on >= '{BEGINNING}'", name="listed_on_not_too_early"),
        sa.CheckConstraint("integrated_on is null or integrated_on >= listed_on", name="integrated_after_listing"),
        sa.Index("ix_public_services_essential_service_unit_key", "unit_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    listed_on: Mapped[date]
    """The day on which the programme named it as essential."""
    integrated_on: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "listed_on")
    in_order(values, "listed_on", "integrated_on")


ESSENTIAL_SERVICES: Final = RecordImport(record=EssentialService, key=("code",), check=check)
