"""A birth or a death that was registered, without a word about whose it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import BEGINNING, Access, DataClass, Record, RecordImport, new_id
from dean06_core.rows import ref, since_beginning
from dean06_identity.personal_ids import personal_id


class RegistrationKind(StrEnum):
    BIRTH = "BIRTH"
    DEATH = "DEATH"


class Registration(Record):
    """One registration for which the linked procedures are open.

    Decree 63/2024/NĐ-CP links a birth with the child's residence and health
    insurance, a death with the end of residence and the funeral allowance;
    Decree 301/2026/NĐ-CP adds the ID card of a child from 1 September 2026.
    ``linked`` is said by the rule in force on ``registered_on``.
    """

    __tablename__ = "identity_registration"
    __access__ = Access(DataClass.RECORD, unit="unit_key", sector_is="identity")
    __table_args__ = (
        sa.UniqueConstraint("ref"),
        sa.CheckConstraint(f"registered_on >= '{BEGINNING}'", name="registered_since_counting_began"),
        sa.Index("ix_identity_registration_unit_key_registered_on", "unit_key", "registered_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str]
    """The row's number in the source system."""
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The commune that registered it."""
    kind: Mapped[RegistrationKind] = mapped_column(sa.Enum(RegistrationKind, native_enum=False, length=16))
    registered_on: Mapped[date] = mapped_column(index=True)
    linked: Mapped[bool]


def _check(values: Mapping[str, Any]) -> None:
    since_beginning(values, "registered_on")


REGISTRATIONS: Final = RecordImport(
    record=Registration,
    key=("ref",),
    on="registered_on",
    parse={"ref": ref},
    checked={"personal_id": personal_id},
    check=_check,
)
