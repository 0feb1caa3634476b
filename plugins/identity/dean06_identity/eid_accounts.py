"""Who may hold an e-ID account, and what has become of the account, without a word about who it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import in_order, ref, since_beginning
from dean06_identity.personal_ids import personal_id


class HolderKind(StrEnum):
    CITIZEN = "CITIZEN"
    FOREIGNER = "FOREIGNER"
    ORGANISATION = "ORGANISATION"


class EidAccount(Record):
    """One person or organisation that may hold an account, and the account.

    It may from ``eligible_from`` up to, not including, ``eligible_until``. Of
    people only an account of level 2 counts: with one of level 1, or none,
    ``issued_on`` is null. ``closed_on`` is the first day without the account;
    a holder who is given another one has its days in the same row.
    """

    __tablename__ = "identity_eid_account"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="identity")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        sa.CheckConstraint(f"eligible_from >= '{BEGINNING}'", name="eligible_since_counting_began"),
        sa.CheckConstraint("eligible_until is null or eligible_until > eligible_from", name="eligible_for_a_day"),
        sa.CheckConstraint("issued_on is null or issued_on >= eligible_from", name="issued_once_eligible"),
        sa.CheckConstraint(
            "activated_on is null or (issued_on is not null and activated_on >= issued_on)",
            name="activated_once_issued",
        ),
        sa.CheckConstraint(
            "closed_on is null or (issued_on is not null and closed_on >= issued_on)", name="closed_once_issued"
        ),
        sa.CheckConstraint(
            "activated_on is null or closed_on is null or activated_on <= closed_on", name="activated_before_closed"
        ),
        sa.Index("ix_identity_eid_account_unit_key_kind", "unit_key", "kind"),
        sa.Index("ix_identity_eid_account_unit_key_issued_on", "unit_key", "issued_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The row's number in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune where the holder lives or has its seat."""
    kind: Mapped[HolderKind] = mapped_column(sa.Enum(HolderKind, native_enum=False, length=16))
    eligible_from: Mapped[date] = mapped_column(index=True)
    eligible_until: Mapped[date | None]
    issued_on: Mapped[date | None]
    activated_on: Mapped[date | None]
    closed_on: Mapped[date | None]


def _check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "eligible_from")
    in_order(values, "eligible_from", "eligible_until", same_day=False)
    in_order(values, "eligible_from", "issued_on")
    in_order(values, "issued_on", "activated_on")
    in_order(values, "issued_on", "closed_on")
    if values["activated_on"] is not None:
        in_order(values, "activated_on", "closed_on")


EID_ACCOUNTS: Final = RecordImport(
    record=EidAccount,
    key=("ref",),
    parse={"ref": ref},
    checked={"personal_id": personal_id},
    check=_check,
)
