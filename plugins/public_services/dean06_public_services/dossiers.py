"""A dossier that a unit received and resolves, without a word about who handed it in."""

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


class Channel(StrEnum):
    """How the dossier was handed in."""

    ONLINE = "ONLINE"
    DIRECT = "DIRECT"
    POST = "POST"


class VerificationKind(StrEnum):
    """What was asked of the population database."""

    CITIZEN = "CITIZEN"
    HOUSEHOLD = "HOUSEHOLD"


class VerificationChannel(StrEnum):
    """How the population database was asked, or what it vouches for was read."""

    SERVICE = "SERVICE"
    CARD = "CARD"
    VNEID = "VNEID"


class Dossier(Record):
    """One dossier of one procedure; it holds nothing by which whoever handed it in could be told.

    ``due_on`` is the last day on which finishing it is on time. It is finished
    when it is resolved or refused; both days are null until then.
    """

    __tablename__ = "public_services_dossier"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="public_services")
    __table_args__ = (
        sa.CheckConstraint(f"received_on >= '{BEGINNING}'", name="received_since_counting_began"),
        sa.CheckConstraint("due_on >= received_on", name="due_after_receipt"),
        sa.CheckConstraint("resolved_on is null or resolved_on >= received_on", name="resolved_after_receipt"),
        sa.CheckConstraint("refused_on is null or refused_on >= received_on", name="refused_after_receipt"),
        sa.CheckConstraint("resolved_on is null or refused_on is null", name="resolved_or_refused"),
        sa.CheckConstraint("not full_process or channel = 'ONLINE'", name="full_process_is_online"),
        sa.CheckConstraint("has_fee or not paid_online", name="only_a_fee_is_paid"),
        sa.CheckConstraint("resolved_on is not null or not result_digitised", name="only_a_result_is_digitised"),
        sa.CheckConstraint(
            "identity_verified or (verification_kind is null and verification_channel is null)",
            name="only_what_was_verified_has_a_kind",
        ),
        sa.Index("ix_public_services_dossier_ref", "ref", unique=True),
        sa.Index("ix_public_services_dossier_unit_key_received_on", "unit_key", "received_on"),
        sa.Index("ix_public_services_dossier_unit_key_resolved_on", "unit_key", "resolved_on"),
        sa.Index("ix_public_services_dossier_unit_key_refused_on", "unit_key", "refused_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The number of the row in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The unit that resolves it."""
    received_on: Mapped[date] = mapped_column(index=True)
    due_on: Mapped[date]
    resolved_on: Mapped[date | None]
    refused_on: Mapped[date | None]
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
    verification_kind: Mapped[VerificationKind | None] = mapped_column(
        sa.Enum(VerificationKind, native_enum=False, length=16)
    )
    verification_channel: Mapped[VerificationChannel | None] = mapped_column(
        sa.Enum(VerificationChannel, native_enum=False, length=16)
    )


def check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "received_on")
    for later in ("due_on", "resolved_on", "refused_on"):
        in_order(values, "received_on", later)
    if values["resolved_on"] is not None and values["refused_on"] is not None:
        raise BadInput(
            "RESOLVED_AND_REFUSED",
            "Hồ sơ vừa có “resolved_on” vừa có “refused_on”. Hãy bỏ một trong hai ngày.",
            field=("refused_on",),
        )
    if values["full_process"] and values["channel"] is not Channel.ONLINE:
        raise BadInput(
            "FULL_PROCESS_NOT_ONLINE",
            f"Hồ sơ toàn trình mà “channel” là {values['channel']}. Hãy ghi ONLINE hoặc sửa “full_process”.",
            field=("full_process",),
        )
    if values["paid_online"] and not values["has_fee"]:
        raise BadInput(
            "PAID_WITHOUT_FEE",
            "“paid_online” là có mà “has_fee” là không. Hãy sửa một trong hai ô.",
            field=("paid_online",),
        )
    if values["result_digitised"] and values["resolved_on"] is None:
        raise BadInput(
            "RESULT_BEFORE_RESOLVED",
            "“result_digitised” là có mà chưa có “resolved_on”. Hãy ghi ngày giải quyết xong hoặc sửa ô này.",
            field=("result_digitised",),
        )
    if not values["identity_verified"] and (values["verification_kind"] or values["verification_channel"]):
        raise BadInput(
            "VERIFICATION_WITHOUT_IDENTITY",
            "“identity_verified” là không mà có “verification_kind” hoặc “verification_channel”. "
            "Hãy sửa ô này hoặc bỏ hai ô kia.",
            field=("identity_verified",),
        )


DOSSIERS: Final = RecordImport(record=Dossier, key=("ref",), on="received_on", parse={"ref": ref}, check=check)
