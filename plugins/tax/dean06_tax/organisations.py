"""An organisation that is registered for tax, and whether its legal representative is a known person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order
from dean06_tax.tax_codes import organisation_tax_code


class Organisation(Record):
    """One organisation, told by its public tax code; who represents it does not stand here.

    It may have been registered before anything was counted: what counts is
    whether it is registered at the end of a span.
    """

    __tablename__ = "tax_organisation"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="tax")
    __table_args__ = (
        sa.UniqueConstraint("tax_code"),
        sa.CheckConstraint(
            "representative_matched_on is null or representative_matched_on >= registered_on",
            name="matched_after_registration",
        ),
        sa.CheckConstraint("closed_on is null or closed_on >= registered_on", name="closed_after_registration"),
        sa.Index("ix_tax_organisation_unit_key_registered_on", "unit_key", "registered_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune of its seat."""
    tax_code: Mapped[str]
    registered_on: Mapped[date]
    representative_matched_on: Mapped[date | None]
    """Of who represents it now; null again when somebody else does and is not matched yet."""
    closed_on: Mapped[date | None]
    """From that day it is no longer registered."""


def _check(values: Mapping[str, Any]) -> None:
    in_order(values, "registered_on", "representative_matched_on")
    in_order(values, "registered_on", "closed_on")


ORGANISATIONS: Final = RecordImport(
    record=Organisation, key=("tax_code",), parse={"tax_code": organisation_tax_code}, check=_check
)
