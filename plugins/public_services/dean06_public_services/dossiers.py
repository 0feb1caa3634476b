"""A dossier that a unit received and resolves, without a word about who handed it in."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, new_id


class Channel(StrEnum):
    """How the dossier was handed in."""

    ONLINE = "ONLINE"
    DIRECT = "DIRECT"
    POST = "POST"


class Dossier(Record):
    """One dossier of one procedure; it holds nothing by which whoever handed it in could be told.

    ``due_on`` is the last day on which resolving it is on time. ``resolved_on``
    is null until it is resolved.
    """

    __tablename__ = "public_services_dossier"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="public_services")
    __table_args__ = (
        sa.CheckConstraint(f"received_on >= '{BEGINNING}'", name="received_since_counting_began"),
        sa.CheckConstraint("due_on >= received_on", name="due_after_receipt"),
        sa.CheckConstraint("resolved_on is null or resolved_on >= received_on", name="resolved_after_receipt"),
        sa.CheckConstraint("not full_process or channel = 'ONLINE'", name="full_process_is_online"),
        sa.CheckConstraint("has_fee or not paid_online", name="only_a_fee_is_paid"),
        sa.CheckConstraint("resolved_on is not null or not result_digitised", name="only_a_result_is_digitised"),
        sa.Index("ix_public_services_dossier_unit_key_received_on", "unit_key", "received_on"),
        sa.Index("ix_public_services_dossier_unit_key_resolved_on", "unit_key", "resolved_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The unit that resolves it."""
    received_on: Mapped[date] = mapped_column(index=True)
    due_on: Mapped[date]
    resolved_on: Mapped[date | None]
    channel: Mapped[Channel] = mapped_column(sa.Enum(Channel, native_enum=False, length=16))
    full_process: Mapped[bool | None]
    """Null where the procedure has no full-process service."""
    has_fee: Mapped[bool]
    paid_online: Mapped[bool]
    returns_paper_result: Mapped[bool]
    """A fact of the procedure: its result is, or used to be, a paper."""
    result_digitised: Mapped[bool]
    components_digitised: Mapped[bool]
    data_reused: Mapped[bool]
    personal_id_linked: Mapped[bool | None]
    """Null for a dossier of an organisation."""
    identity_verified: Mapped[bool]
