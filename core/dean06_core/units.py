"""A unit is whoever reports, leads or is counted: a province, a department, a commune, a hospital.

Its key and id never change and are never reused. Everything that does change
(name, level, parent, codes) is a version with half-open validity; commune codes
were given to other communes in 2025, so a code is not a key.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import DIRECTORY
from dean06_core.records import Record, new_id


class UnitLevel(StrEnum):
    COUNTRY = "COUNTRY"
    REGION = "REGION"
    PROVINCE = "PROVINCE"
    DISTRICT = "DISTRICT"
    DEPARTMENT = "DEPARTMENT"
    COMMUNE = "COMMUNE"
    FACILITY = "FACILITY"
    BRANCH = "BRANCH"
    ENTERPRISE = "ENTERPRISE"
    VILLAGE = "VILLAGE"


class Tier(StrEnum):
    """The level at which targets are assigned: a land-registry branch is PROVINCIAL though its level is BRANCH."""

    CENTRAL = "CENTRAL"
    PROVINCIAL = "PROVINCIAL"
    DISTRICT = "DISTRICT"
    COMMUNE = "COMMUNE"


class CodeScheme(StrEnum):
    """Who gave a code: NSO the statistics office, SLUG ourselves, QD20 the electronic codes of agencies."""

    NSO = "NSO"
    SLUG = "SLUG"
    QD20 = "QD20"
    BHXH = "BHXH"
    TMS = "TMS"
    FACILITY = "FACILITY"


class SuccessionKind(StrEnum):
    RENAME = "RENAME"
    MERGE = "MERGE"
    SPLIT = "SPLIT"
    ABSORB = "ABSORB"


class UnitRow(Record):
    """The unit itself: a key for rows, an id for the world, and the province it belongs to for ever."""

    __tablename__ = "unit"
    __access__ = DIRECTORY

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)


class UnitVersion(Record):
    """What a unit was called and where it stood for some days; versions of one unit never overlap."""

    __tablename__ = "unit_version"
    __access__ = DIRECTORY
    __table_args__ = (
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name="validity_is_not_empty"),
        sa.UniqueConstraint("unit_key", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    name: Mapped[str]
    level: Mapped[UnitLevel] = mapped_column(sa.Enum(UnitLevel, native_enum=False, length=16))
    tier: Mapped[Tier] = mapped_column(sa.Enum(Tier, native_enum=False, length=16))
    parent_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.key"), index=True)
    basis: Mapped[str | None]


class UnitCode(Record):
    """A code given to a unit for some days; within a scheme no two units hold one code on one day."""

    __tablename__ = "unit_code"
    __access__ = DIRECTORY
    __table_args__ = (
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name="validity_is_not_empty"),
        sa.UniqueConstraint("scheme", "code", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), index=True)
    scheme: Mapped[CodeScheme] = mapped_column(sa.Enum(CodeScheme, native_enum=False, length=16))
    code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitGroupRow(Record):
    """Units that are addressed together, such as all communes of a province."""

    __tablename__ = "unit_group"
    __access__ = DIRECTORY

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    within_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))


class UnitGroupMember(Record):
    __tablename__ = "unit_group_member"
    __access__ = DIRECTORY

    group_key: Mapped[int] = mapped_column(sa.ForeignKey("unit_group.key"), primary_key=True, autoincrement=False)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]


class UnitArea(Record):
    """An agency serves a unit that it does not contain, as a regional social-insurance office serves a province."""

    __tablename__ = "unit_area"
    __access__ = DIRECTORY

    agency_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), primary_key=True, autoincrement=False)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]


class UnitSuccession(Record):
    """One unit took over from another, wholly or in part; no figure is moved or deleted by it.

    ``share`` is the part of the predecessor that went to the successor, in
    millionths; null where nobody stated it.
    """

    __tablename__ = "unit_succession"
    __access__ = DIRECTORY
    __table_args__ = (
        sa.UniqueConstraint("predecessor_key", "successor_key", "effective_on"),
        sa.CheckConstraint("share is null or (share > 0 and share <= 1000000)", name="share_is_a_part"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    predecessor_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), index=True)
    successor_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), index=True)
    kind: Mapped[SuccessionKind] = mapped_column(sa.Enum(SuccessionKind, native_enum=False, length=16))
    effective_on: Mapped[date]
    share: Mapped[int | None]
    basis: Mapped[str | None]


class UnitClosure(Record):
    """Every unit above a unit, itself included at depth 0, with the days on which that held. Derived."""

    __tablename__ = "unit_closure"
    __access__ = DIRECTORY
    __table_args__ = (sa.Index("ix_unit_closure_descendant", "descendant_key", "depth"),)

    ancestor_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), primary_key=True, autoincrement=False)
    descendant_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    depth: Mapped[int]
