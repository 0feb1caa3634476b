"""A criminal-record certificate's dossier, without a word about whose record it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, BadInput, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning

FORMS: Final = (1, 2)


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
        sa.Index("ix_justice_certificate_ref", "ref", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The number of the row in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune."""
    form: Mapped[int]
    channel: Mapped[Channel] = mapped_column(sa.Enum(Channel, native_enum=False, length=16))
    received_on: Mapped[date]
    issued_on: Mapped[date | None]


def check(values: Mapping[str, Any]) -> None:
    if values["form"] not in FORMS:
        raise BadInput(
            "FORM_INVALID", f"Không có Phiếu lý lịch tư pháp số {values['form']}. Hãy ghi 1 hoặc 2.", field=("form",)
        )
    since_beginning(values, "received_on")
    in_order(values, "received_on", "issued_on")


CERTIFICATES: Final = RecordImport(record=Certificate, key=("ref",), on="received_on", parse={"ref": ref}, check=check)
