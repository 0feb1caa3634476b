"""A grant as it is kept: proposed and approved, or given by an operator, and perhaps revoked; its state follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth.duties import Duty
from dean06_auth.people import Person
from dean06_core.access import DataClass, within
from dean06_core.audit.changes import CODE
from dean06_core.records import Record, new_id
from dean06_core.units import UnitGroupRow, UnitRow


class ReachKind(StrEnum):
    """SUBTREE: a unit and all below it. GROUP: a group's members. AREA: what an agency serves without containing it."""

    SUBTREE = "SUBTREE"
    GROUP = "GROUP"
    AREA = "AREA"


class Reach(Protocol):
    """Knows which units stand where, as ``dean06_core.directory.Directory`` does."""

    def subtree(self, unit_key: int, /) -> frozenset[int]: ...

    def members(self, group_key: int, on: date, /) -> frozenset[int]: ...

    def area(self, unit_key: int, on: date, /) -> frozenset[int]: ...


@dataclass(frozen=True, slots=True)
class UnitsOf:
    """Units that are granted together; ``key`` is a unit's, or of a GROUP the group's."""

    reach: ReachKind
    key: int

    def reached(self, reach: Reach, on: date) -> frozenset[int]:
        match self.reach:
            case ReachKind.SUBTREE:
                return reach.subtree(self.key)
            case ReachKind.GROUP:
                return reach.members(self.key, on)
            case ReachKind.AREA:
                return reach.area(self.key, on)


class GrantState(StrEnum):
    """ACTIVE counts on its days, from the first of which it may still be far."""

    PROPOSED = "PROPOSED"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    REVOKED = "REVOKED"


class GrantRow(Record):
    """What it names is in ``GrantSector`` and ``GrantUnits`` unless it names every one.

    ``data_classes`` holds the letters of the classes, sorted: ``AR``. ``basis``
    is the decision, which a proposal has not yet. A grant was proposed on a
    duty by one person and approved by another, for a third (``subject_id``);
    ``..._for_id`` is the person in whose place one of them acted. Or an
    operator gave it, ``given_by``, to begin with. ``reviewed_on`` is the last day on
    which a review kept it.
    """

    __tablename__ = "account_grant"
    __access__ = within("account_id", "account", DataClass.GOVERNANCE)
    __table_args__ = (
        sa.CheckConstraint("ends > starts", name="days_are_not_empty"),
        sa.CheckConstraint("julianday(ends) - julianday(starts) <= 366", name="at_most_twelve_months").ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint("ends - starts <= 366", name="at_most_twelve_months").ddl_if(dialect="postgresql"),
        sa.CheckConstraint("data_classes <> ''", name="names_a_data_class"),
        sa.ForeignKeyConstraint(
            ["account_id", "subject_id"], ["account.id", "account.person_id"], name="fk_account_grant_subject"
        ),
        sa.ForeignKeyConstraint(
            ["duty_id", "account_id"], ["duty.id", "duty.account_id"], name="fk_account_grant_duty"
        ),
        sa.CheckConstraint("(given_by is null) = (proposer_id is not null)", name="given_or_proposed"),
        sa.CheckConstraint("proposer_id is null or duty_id is not null", name="proposed_on_a_duty"),
        sa.CheckConstraint("approver_id is null or proposer_id is not null", name="approved_once_proposed"),
        sa.CheckConstraint(
            "(proposer_id is null) = (proposed_at is null) and (approver_id is null) = (approved_at is null)",
            name="each_act_has_its_moment",
        ),
        sa.CheckConstraint(
            "basis is not null or (given_by is null and approver_id is null)", name="in_force_by_a_decision"
        ),
        sa.CheckConstraint(
            "proposer_id <> subject_id and approver_id <> subject_id and approver_id <> proposer_id",
            name="three_people",
        ),
        sa.CheckConstraint(
            "proposer_for_id <> subject_id and approver_for_id <> subject_id and approver_for_id <> proposer_id "
            "and approver_id <> proposer_for_id and approver_for_id <> proposer_for_id",
            name="nobody_through_a_stand_in",
        ),
        sa.CheckConstraint("(revoked_on is null) = (revoke_reason is null)", name="revoked_for_a_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(info=CODE)
    every_sector: Mapped[bool]
    every_unit: Mapped[bool]
    data_classes: Mapped[str] = mapped_column(info=CODE)
    starts: Mapped[date]
    ends: Mapped[date]
    basis: Mapped[str | None]
    subject_id: Mapped[UUID]
    duty_id: Mapped[UUID | None] = mapped_column(index=True)
    given_by: Mapped[str | None]
    proposed_by: Mapped[str | None]
    proposer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(Person.id))
    proposer_for_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(Person.id))
    proposed_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approver_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(Person.id))
    approver_for_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(Person.id))
    approved_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revoked_on: Mapped[date | None]
    revoke_reason: Mapped[str | None]
    reviewed_on: Mapped[date | None]

    @property
    def is_approved(self) -> bool:
        return self.given_by is not None or self.approver_id is not None

    def days(self, duty: Duty | None) -> tuple[date, date]:
        """From which day on it counts, and the first without it, be it within its duty; none where both are one."""
        starts = self.starts if duty is None else max(self.starts, duty.starts)
        ends = min(self.ends, self.revoked_on or self.ends, self.ends if duty is None else duty.over)
        return starts, max(starts, ends)

    def state(self, duty: Duty | None, on: date) -> GrantState:
        if self.revoked_on is not None:
            return GrantState.REVOKED
        if self.days(duty)[1] <= on:
            return GrantState.ENDED
        return GrantState.ACTIVE if self.is_approved else GrantState.PROPOSED


class GrantSector(Record):
    __tablename__ = "account_grant_sector"
    __access__ = within("grant_id", "account_grant", DataClass.GOVERNANCE)

    grant_id: Mapped[UUID] = mapped_column(sa.ForeignKey(GrantRow.id), primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True, info=CODE)


class GrantUnits(Record):
    """One ``UnitsOf`` of a grant: a group where the reach is GROUP, else a unit."""

    __tablename__ = "account_grant_units"
    __access__ = within("grant_id", "account_grant", DataClass.GOVERNANCE)
    __table_args__ = (
        sa.CheckConstraint("(reach = 'GROUP') = (group_key is not null)", name="group_is_named"),
        sa.CheckConstraint("(reach = 'GROUP') = (unit_key is null)", name="unit_is_named"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    grant_id: Mapped[UUID] = mapped_column(sa.ForeignKey(GrantRow.id), index=True)
    reach: Mapped[ReachKind] = mapped_column(sa.Enum(ReachKind, native_enum=False, length=16))
    unit_key: Mapped[int | None] = mapped_column(sa.ForeignKey(UnitRow.key))
    group_key: Mapped[int | None] = mapped_column(sa.ForeignKey(UnitGroupRow.key))


def in_force() -> sa.ColumnElement[bool]:
    """That a row was approved, or given."""
    return sa.or_(GrantRow.given_by.is_not(None), GrantRow.approver_id.is_not(None))


def units_row(grant: GrantRow, named: UnitsOf) -> GrantUnits:
    if named.reach is ReachKind.GROUP:
        return GrantUnits(grant_id=grant.id, reach=named.reach, group_key=named.key)
    return GrantUnits(grant_id=grant.id, reach=named.reach, unit_key=named.key)
