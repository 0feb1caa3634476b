"""A review is of the grants at one unit: somebody who may propose there says which are kept and which end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import roles
from dean06_auth.grant_rows import GrantRow
from dean06_auth.people import Person
from dean06_auth.profile import Profile
from dean06_auth.standing_days import day_of
from dean06_core.access import Access, DataClass, within
from dean06_core.records import Record, new_id
from dean06_core.units import UnitRow


class AccessReview(Record):
    """``of_reviewers``: of those who review the unit's other grants, so that somebody else decides on theirs.

    A unit has one of each at a time that nobody has decided.
    """

    __tablename__ = "access_review"
    __access__ = Access(DataClass.GOVERNANCE, unit="unit_key")
    __table_args__ = (
        sa.CheckConstraint(
            "(decided_on is null) = (decider_id is null) and (decided_on is null) = (decided_by is null) "
            "and (decided_on is null) = (reason is null)",
            name="decided_by_somebody_for_a_reason",
        ),
        sa.Index(
            "uq_access_review_one_open",
            "unit_key",
            "of_reviewers",
            unique=True,
            sqlite_where=sa.text("decided_on is null"),
            postgresql_where=sa.text("decided_on is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey(UnitRow.key), index=True)
    of_reviewers: Mapped[bool]
    opened_on: Mapped[date]
    opened_by: Mapped[str]
    due_on: Mapped[date]
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None]
    decider_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(Person.id))
    decider_for_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(Person.id))
    reason: Mapped[str | None]


class ReviewedGrant(Record):
    """``kept`` is null until the review is decided, and after it of a grant that was over by then."""

    __tablename__ = "access_review_grant"
    __access__ = within("review_id", "access_review", DataClass.GOVERNANCE)

    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey(AccessReview.id), primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(sa.ForeignKey(GrantRow.id), primary_key=True, index=True)
    kept: Mapped[bool | None]


def looked_at(row: GrantRow) -> date:
    """The day on which somebody last looked at a grant: reviewed it, approved it, or began it as an operator."""
    if row.reviewed_on is not None:
        return row.reviewed_on
    return row.starts if row.approved_at is None else day_of(row.approved_at)


def due(row: GrantRow, profile: Profile, *, since: date | None = None) -> date:
    """The day by which a grant is to be reviewed again, as it stands or had it been looked at on ``since``."""
    return due_on(since or looked_at(row), classes(row), profile)


def lapses(row: GrantRow, profile: Profile, *, since: date | None = None) -> date:
    """The first day on which it counts for nothing."""
    return due(row, profile, since=since) + timedelta(days=profile.review_grace_days + 1)


def classes(row: GrantRow) -> frozenset[DataClass]:
    """The data classes that it gives today: no more than its role may hold."""
    role = roles.ROLES.get(row.role)
    return frozenset() if role is None else role.data_classes & {DataClass(letter) for letter in row.data_classes}


def due_on(since: date, data_classes: Collection[DataClass], profile: Profile) -> date:
    """So many months later, on the month's last day where it has no such day."""
    is_identified = DataClass.IDENTIFIED in data_classes
    months = profile.review_months_identified if is_identified else profile.review_months
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))
