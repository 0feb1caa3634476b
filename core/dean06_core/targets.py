"""The level that was assigned for an indicator, to whom, by which document, and when it is to be judged."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import Access, DataClass
from dean06_core.records import Record, new_id
from dean06_core.units import Tier


class Comparator(StrEnum):
    GE = "GE"
    GT = "GT"
    LE = "LE"
    LT = "LT"
    EQ = "EQ"


class TargetKind(StrEnum):
    FLOOR = "FLOOR"
    ASSIGNED = "ASSIGNED"
    ASPIRATION = "ASPIRATION"


class TargetCheck(StrEnum):
    """EACH_PERIOD: every period is judged. LINEAR: the level grows evenly to a deadline. AT_DEADLINE: not before it."""

    EACH_PERIOD = "EACH_PERIOD"
    LINEAR = "LINEAR"
    AT_DEADLINE = "AT_DEADLINE"


class TargetRule(StrEnum):
    """To whom a target speaks, the most specific first; the first that speaks to a unit is the one that applies."""

    UNIT_PERIOD = "UNIT_PERIOD"
    UNIT = "UNIT"
    GROUP = "GROUP"
    TIER = "TIER"
    PROVINCE = "PROVINCE"
    NATIONAL = "NATIONAL"


class Target(Record):
    """``value_scaled`` is in millionths of the indicator's unit of measure.

    ``within_key`` is the unit that the target covers: the unit itself for UNIT
    rules, else the province (or country) in which the group or tier is.
    ``addressee_key`` is set for UNIT rules only and binds who may see the row.
    """

    __tablename__ = "target"
    __access__ = Access(DataClass.AGGREGATE, unit="addressee_key", sector="sector", unit_optional=True)
    __table_args__ = (
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name="validity_is_not_empty"),
        sa.CheckConstraint("\"check\" = 'EACH_PERIOD' or due_on is not null", name="deadline_needs_a_day"),
        sa.Index("ix_target_indicator_key_valid_from", "indicator_key", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    indicator_key: Mapped[int] = mapped_column(sa.ForeignKey("indicator.key"))
    sector: Mapped[str]
    rule: Mapped[TargetRule] = mapped_column(sa.Enum(TargetRule, native_enum=False, length=16))
    within_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    addressee_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.key"))
    tier: Mapped[Tier | None] = mapped_column(sa.Enum(Tier, native_enum=False, length=16))
    group_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit_group.key"))
    period: Mapped[str | None]
    value_scaled: Mapped[int]
    comparator: Mapped[Comparator] = mapped_column(sa.Enum(Comparator, native_enum=False, length=16))
    kind: Mapped[TargetKind] = mapped_column(sa.Enum(TargetKind, native_enum=False, length=16))
    check: Mapped[TargetCheck] = mapped_column(sa.Enum(TargetCheck, native_enum=False, length=16))
    due_on: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    basis_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("legal_document.id"), index=True)
