"""A criminal-record certificate's dossier, without a word about whose record it is."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, new_id


class Channel(StrEnum):
    """How the dossier was handed in."""

    VNEID = "VNEID"
    PORTAL = "PORTAL"
    DIRECT = "DIRECT"
    POST = "POST"


class Certificate(Record):
    """One dossier of one commune's resident; it holds nothing by which the person or the record could be told.

    ``form`` 1 is for people and agencies, 2 for the person and procedural
    bodies. ``issued_on`` is null until the certificate is issued.
    """

    __tablename__ = "justice_certificate"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="justice")
    __table_args__ = (
        sa.CheckConstraint("form in (1, 2)", name="form_is_1_or_2"),
        sa.CheckConstraint(f"received_on >= '{BEGINNING}'", name="received_since_counting_began"),
        sa.CheckConstraint("issued_on is null or issued_on >= received_on", name="issued_after_receipt"),
        sa.Index("ix_justice_certificate_unit_key_issued_on", "unit_key", "issued_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune."""
    form: Mapped[int]
    channel: Mapped[Channel] = mapped_column(sa.Enum(Channel, native_enum=False, length=16))
    received_on: Mapped[date]
    issued_on: Mapped[date | None]
