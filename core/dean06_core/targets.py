"""The level that was assigned for an indicator, to whom, by which document, and when it is to be judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import Access, Action, DataClass
from dean06_core.catalogue import Catalogue
from dean06_core.documents import LegalDocument
from dean06_core.errors import BadInput
from dean06_core.indicators import Direction, IndicatorRow
from dean06_core.observations import scaled, unscaled
from dean06_core.outcomes import Outcome, Refusals
from dean06_core.periods import Period
from dean06_core.records import Record, new_id
from dean06_core.statements import check_decimal
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
    ``addressee_key`` is set for UNIT rules only and binds who may see the row;
    whoever assigns it needs a right to ``within_key``.
    """

    __tablename__ = "target"
    __access__ = Access(
        DataClass.AGGREGATE,
        unit="addressee_key",
        sector="sector",
        unit_optional=True,
        written_by=Action.ASSIGN,
        written_where=Access(DataClass.AGGREGATE, unit="within_key", sector="sector"),
    )
    __table_args__ = (
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name="validity_is_not_empty"),
        sa.CheckConstraint("\"check\" = 'EACH_PERIOD' or due_on is not null", name="deadline_needs_a_day"),
        sa.Index("ix_target_indicator_key_valid_from", "indicator_key", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    indicator_key: Mapped[int] = mapped_column(sa.ForeignKey(IndicatorRow.key))
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
    basis_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(LegalDocument.id), index=True)


async def listed(
    session: AsyncSession, indicators: Collection[int], *, on: date | None = None
) -> dict[int, list[Target]]:
    """The targets of each indicator, oldest first; only those in force on a day if one is given. One statement."""
    statement = sa.select(Target).where(Target.indicator_key.in_(indicators)).order_by(Target.valid_from, Target.id)
    if on is not None:
        statement = statement.where(Target.valid_from <= on, sa.or_(Target.valid_to.is_(None), Target.valid_to > on))
    found: dict[int, list[Target]] = {}
    for target in await session.scalars(statement):
        found.setdefault(target.indicator_key, []).append(target)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A level as a document assigns it: to a unit, a group or a tier (keys), or to all inside ``within``."""

    indicator: str
    value: Decimal
    comparator: Comparator
    kind: TargetKind
    check: TargetCheck
    within: int
    unit: int | None = None
    group: int | None = None
    tier: Tier | None = None
    is_national: bool = False
    period: Period | None = None
    due_on: date | None = None
    valid_from: date
    valid_to: date | None = None
    basis: UUID | None = None

    @property
    def rule(self) -> TargetRule:
        if self.unit is not None:
            return TargetRule.UNIT if self.period is None else TargetRule.UNIT_PERIOD
        if self.group is not None:
            return TargetRule.GROUP
        if self.tier is not None:
            return TargetRule.TIER
        return TargetRule.NATIONAL if self.is_national else TargetRule.PROVINCE


async def assign(session: AsyncSession, assignment: Assignment, *, catalogue: Catalogue) -> Target:
    """Assign one level."""
    [(target, _)] = await assign_all(session, [assignment], catalogue=catalogue)
    return target


async def assign_all(
    session: AsyncSession, assignments: Sequence[Assignment], *, catalogue: Catalogue
) -> list[tuple[Target, Outcome]]:
    """Assign levels; one already assigned is unchanged, and may be given its last day.

    TARGET_CONFLICT where the same document assigns the same addressee two
    levels from one day on, TARGET_BELOW_FLOOR for one that is easier than a
    floor of the same addressee.
    """
    refusals = Refusals()
    for place, assignment in enumerate(assignments):
        with refusals.of_entry(place):
            _refuse_unless_sound(assignment, catalogue)
    refusals.stop_if_any()
    assigned: list[tuple[Target, Outcome]] = []
    async with session.begin_nested():
        keys = {catalogue.key(assignment.indicator) for assignment in assignments}
        known = {_identity(target): target for targets in (await listed(session, keys)).values() for target in targets}
        for place, assignment in enumerate(assignments):
            target = _target(assignment, catalogue)
            kept = known.setdefault(_identity(target), target)
            if kept is target:
                with refusals.of_entry(place):
                    _refuse_below_a_floor(target, known.values(), catalogue)
                session.add(target)
                assigned.append((target, Outcome.CREATED))
                continue
            with refusals.of_entry(place):
                assigned.append((kept, _restate(kept, assignment, catalogue)))
        refusals.stop_if_any()
        await session.flush()
    return assigned


def _refuse_unless_sound(assignment: Assignment, catalogue: Catalogue) -> None:
    indicator = catalogue.named(assignment.indicator)
    addressees = {
        "unit": assignment.unit is not None,
        "group": assignment.group is not None,
        "tier": assignment.tier is not None,
        "national": assignment.is_national,
    }
    named = [name for name, is_given in addressees.items() if is_given]
    if len(named) > 1:
        raise BadInput(
            "TARGET_TWO_ADDRESSEES",
            f"Mức giao của “{indicator.name}” ghi cả {' và '.join(named)}. Hãy giữ một, phần kia ghi thành mức khác.",
            field=(named[1],),
        )
    if assignment.period is not None and assignment.unit is None:
        raise BadInput(
            "TARGET_PERIOD_WITHOUT_UNIT",
            f"Mức giao riêng cho kỳ {assignment.period} phải ghi đơn vị (unit). Hãy ghi đơn vị, hoặc bỏ kỳ.",
            field=("period",),
        )
    if assignment.check is not TargetCheck.EACH_PERIOD and assignment.due_on is None:
        raise BadInput(
            "TARGET_WITHOUT_DEADLINE",
            f"Mức giao của “{indicator.name}” xét theo hạn ({assignment.check}) nhưng không có hạn. "
            "Hãy ghi due_on, hoặc chọn EACH_PERIOD.",
            field=("due_on",),
        )
    if assignment.valid_to is not None and assignment.valid_to <= assignment.valid_from:
        raise BadInput(
            "VALIDITY_EMPTY",
            f"Mức giao hết hiệu lực ngày {assignment.valid_to:%d/%m/%Y}, không sau ngày hiệu lực "
            f"{assignment.valid_from:%d/%m/%Y}. Hãy sửa một trong hai ngày.",
            field=("valid_to",),
        )
    check_decimal(assignment.value, "value")


def _target(assignment: Assignment, catalogue: Catalogue) -> Target:
    indicator = catalogue.named(assignment.indicator)
    return Target(
        id=new_id(),
        indicator_key=catalogue.key(indicator.code),
        sector=indicator.sector,
        rule=assignment.rule,
        within_key=assignment.within if assignment.unit is None else assignment.unit,
        addressee_key=assignment.unit,
        tier=assignment.tier,
        group_key=assignment.group,
        period=None if assignment.period is None else assignment.period.code,
        value_scaled=scaled(assignment.value),
        comparator=assignment.comparator,
        kind=assignment.kind,
        check=assignment.check,
        due_on=assignment.due_on,
        valid_from=assignment.valid_from,
        valid_to=assignment.valid_to,
        basis_id=assignment.basis,
    )


def _identity(target: Target) -> tuple[object, ...]:
    return (*_addressee(target), target.kind, target.comparator, target.valid_from, target.basis_id)


def _refuse_below_a_floor(target: Target, known: Iterable[Target], catalogue: Catalogue) -> None:
    """What is assigned to somebody is no easier than the floor that holds for him at the same time."""
    indicator = catalogue.by_key[target.indicator_key]
    upward = indicator.direction is Direction.HIGHER_IS_BETTER
    for other in known:
        floor, level = (target, other) if target.kind is TargetKind.FLOOR else (other, target)
        if floor.kind is not TargetKind.FLOOR or level.kind is TargetKind.FLOOR:
            continue
        if _addressee(floor) != _addressee(level) or not _overlap(floor, level):
            continue
        if level.value_scaled < floor.value_scaled if upward else level.value_scaled > floor.value_scaled:
            raise BadInput(
                "TARGET_BELOW_FLOOR",
                f"“{indicator.name}”: mức {level.kind} {unscaled(level.value_scaled).normalize():f} dễ hơn mức "
                f"tối thiểu {unscaled(floor.value_scaled).normalize():f} của cùng đơn vị trong cùng thời gian. "
                "Hãy sửa mức, hoặc ghi ngày hết hiệu lực (valid_to) cho mức kia.",
                field=("value",),
            )


def _addressee(target: Target) -> tuple[object, ...]:
    return target.indicator_key, target.rule, target.within_key, target.tier, target.group_key, target.period


def _overlap(one: Target, other: Target) -> bool:
    return (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )


def _restate(kept: Target, assignment: Assignment, catalogue: Catalogue) -> Outcome:
    stated = (scaled(assignment.value), assignment.check, assignment.due_on)
    if stated != (kept.value_scaled, kept.check, kept.due_on):
        raise BadInput(
            "TARGET_CONFLICT",
            f"“{catalogue.named(assignment.indicator).name}” từ ngày {kept.valid_from:%d/%m/%Y} đã được giao "
            f"{_described(unscaled(kept.value_scaled), kept.check, kept.due_on)} theo cùng văn bản, nay lại giao "
            f"{_described(assignment.value, assignment.check, assignment.due_on)}. "
            "Hãy giữ một mức, hoặc ghi văn bản giao mới (basis) và ngày hiệu lực (valid_from).",
            field=("value",),
        )
    if assignment.valid_to in (None, kept.valid_to):
        return Outcome.UNCHANGED
    kept.valid_to = assignment.valid_to
    return Outcome.UPDATED


def _described(value: Decimal, check: TargetCheck, due_on: date | None) -> str:
    by = "" if due_on is None else f", hạn {due_on:%d/%m/%Y}"
    return f"{value.normalize():f} ({check}{by})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a row says of the target that it means; nothing said means any."""

    indicator: str
    value: Decimal | None = None
    kind: TargetKind | None = None
    tier: Tier | None = None
    unit: int | None = None
    basis: UUID | None = None

    def fits(self, target: Target) -> bool:
        return all(
            wanted in (None, kept)
            for wanted, kept in (
                (None if self.value is None else scaled(self.value), target.value_scaled),
                (self.kind, target.kind),
                (self.tier, target.tier),
                (self.unit, target.addressee_key),
                (self.basis, target.basis_id),
            )
        )


@dataclass(frozen=True, slots=True)
class Assigned:
    """Every target by the indicator that it is about, to be found by what a row says of it."""

    by_indicator: Mapping[int, Sequence[Target]]
    catalogue: Catalogue

    @staticmethod
    async def load(session: AsyncSession, catalogue: Catalogue) -> Assigned:
        """Read all targets; one statement."""
        return Assigned(await listed(session, catalogue.by_key), catalogue)

    def named(self, description: Description) -> UUID:
        """The one target that fits; TARGET_UNKNOWN, or TARGET_AMBIGUOUS with what would tell them apart."""
        indicator = self.catalogue.named(description.indicator)
        fitting = [
            target
            for target in self.by_indicator.get(self.catalogue.key(indicator.code), ())
            if description.fits(target)
        ]
        if len(fitting) == 1:
            return fitting[0].id
        if not fitting:
            raise BadInput(
                "TARGET_UNKNOWN",
                f"Không có mức giao nào của “{indicator.name}” như đã ghi. Hãy nhập mức giao (targets) trước.",
                field=("condition",),
            )
        levels = ", ".join(f"{_described(unscaled(each.value_scaled), each.check, each.due_on)}" for each in fitting)
        raise BadInput(
            "TARGET_AMBIGUOUS",
            f"“{indicator.name}” có {len(fitting)} mức giao: {levels}. "
            "Hãy ghi thêm value, kind, tier, unit hoặc basis để chỉ rõ một mức.",
            field=("condition",),
        )


async def resting_on(session: AsyncSession, documents: Collection[UUID]) -> dict[UUID, list[Target]]:
    """The targets that each document assigns, oldest first; one statement."""
    found: dict[UUID, list[Target]] = {}
    for target in await session.scalars(
        sa.select(Target).where(Target.basis_id.in_(documents)).order_by(Target.valid_from, Target.id)
    ):
        if target.basis_id is not None:
            found.setdefault(target.basis_id, []).append(target)
    return found
