"""A dossier for an ID card, without a word about whose card it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning
from dean06_identity.personal_ids import personal_id


class CardDossier(Record):
    """One dossier that was collected, for a first card, an exchange or a replacement.

    ``issued_on`` is null until the card is issued.
    """

    __tablename__ = "identity_card_dossier"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="identity")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        sa.CheckConstraint(f"received_on >= '{BEGINNING}'", name="received_since_counting_began"),
        sa.CheckConstraint("issued_on is null or issued_on >= received_on", name="issued_after_receipt"),
        sa.Index("ix_identity_card_dossier_unit_key_received_on", "unit_key", "received_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The row's number in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune."""
    received_on: Mapped[date] = mapped_column(index=True)
    issued_on: Mapped[date | None]


def _check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "received_on")
    in_order(values, "received_on", "issued_on")


CARD_DOSSIERS: Final = RecordImport(
    record=CardDossier,
    key=("ref",),
    on="received_on",
    parse={"ref": ref},
    checked={"personal_id": personal_id},
    check=_check,
)
