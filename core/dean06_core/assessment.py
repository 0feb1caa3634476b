"""Which targets speak to a figure, which of them is judged, and whether it is met.

The most specific rule of each kind speaks: a floor for one unit replaces the
floor for its tier, but not the aspiration for the province. Judged is what is
due before what is not, what binds (FLOOR, ASSIGNED) before an ASPIRATION, and of
those the strictest. A target for a tier or a group speaks to its members and to
the sum over it, not to the unit around it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import targets
from dean06_core.directory import Directory
from dean06_core.observations import VALUE_SCALE, Qualifier
from dean06_core.periods import Period
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.units import Tier

_RULES: Final = list(TargetRule)
_UPWARD: Final = {Comparator.GE, Comparator.GT}


class Assessment(StrEnum):
    MET = "MET"
    NOT_MET = "NOT_MET"
    NOT_DUE = "NOT_DUE"
    NO_TARGET = "NO_TARGET"
    NO_ACTIVITY = "NO_ACTIVITY"
    NO_DATA = "NO_DATA"


@dataclass(frozen=True, slots=True)
class Level:
    """A target as it stands for one period: its level then (a LINEAR one grows) and whether it is due."""

    target: Target
    value: Fraction
    is_due: bool

    def is_met_by(self, value: Fraction, qualifier: Qualifier = Qualifier.EXACT) -> bool:
        match self.target.comparator:
            case Comparator.GE:
                return value >= self.value
            case Comparator.GT:
                return value > self.value or (value == self.value and qualifier is Qualifier.MORE_THAN)
            case Comparator.LE:
                return value <= self.value
            case Comparator.LT:
                return value < self.value or (value == self.value and qualifier is Qualifier.LESS_THAN)
            case Comparator.EQ:
                return value == self.value

    def gap(self, value: Fraction) -> Fraction:
        """How much is missing, in the indicator's unit of measure; negative where the target is exceeded."""
        return self.value - value if self.target.comparator in _UPWARD else value - self.value

    @property
    def _strictness(self) -> tuple[bool, bool, Fraction, bool]:
        upward = self.target.comparator in _UPWARD
        return (
            self.is_due,
            self.target.kind is not TargetKind.ASPIRATION,
            self.value if upward else -self.value,
            self.target.comparator in {Comparator.GT, Comparator.LT},
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """What decides which targets speak to a unit: itself with all above it, its tier, its groups."""

    above: frozenset[int]
    tier: Tier
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of some indicators, ready to be asked for any unit and period."""

    by_indicator: dict[int, tuple[Target, ...]]
    directory: Directory
    _places: dict[tuple[int, date], _Place] = field(default_factory=dict)

    @staticmethod
    async def load(session: AsyncSession, directory: Directory, indicators: Collection[int]) -> Targets:
        """Read every target of the indicators that the caller may see; one statement."""
        found = await targets.listed(session, indicators)
        return Targets({key: tuple(listed) for key, listed in found.items()}, directory)

    def speaking_to(
        self, indicator: int, unit: int, period: Period, *, tier: Tier | None = None, group: int | None = None
    ) -> tuple[Level, ...]:
        """The levels that apply, the judged one first. ``tier`` or ``group``: to the sum over it inside the unit."""
        last_day = period.last_day
        candidates = [
            target
            for target in self.by_indicator.get(indicator, ())
            if target.valid_from <= last_day and (target.valid_to is None or last_day < target.valid_to)
        ]
        if not candidates:
            return ()
        place = self._place(unit, last_day)
        above, own_tier, own_groups = place.above, place.tier, place.groups

        def speaks(target: Target) -> bool:
            match target.rule:
                case TargetRule.UNIT_PERIOD:
                    return target.within_key == unit and target.period == period.code and not (tier or group)
                case TargetRule.UNIT:
                    return target.within_key == unit and not (tier or group)
                case TargetRule.GROUP:
                    if group is not None:
                        return target.group_key == group
                    return tier is None and target.group_key in own_groups
                case TargetRule.TIER:
                    if tier is not None:
                        return target.tier is tier and target.within_key in above
                    return group is None and target.tier is own_tier and target.within_key in above - {unit}
                case TargetRule.PROVINCE | TargetRule.NATIONAL:
                    return target.within_key in above

        return _most_specific([target for target in candidates if speaks(target)], period)

    def _place(self, unit: int, on: date) -> _Place:
        """Where a unit stands, looked up once for all its figures of a period."""
        found = self._places.get((unit, on))
        if found is None:
            above = frozenset({unit, *(parent.key for parent in self.directory.ancestors(unit, on))})
            groups = frozenset(group.key for group in self.directory.groups_of(unit, on))
            found = self._places[unit, on] = _Place(above, self.directory.unit(unit, on).tier, groups)
        return found


def _most_specific(speaking: Sequence[Target], period: Period) -> tuple[Level, ...]:
    best: dict[TargetKind, int] = {}
    for target in speaking:
        best[target.kind] = min(best.get(target.kind, len(_RULES)), _RULES.index(target.rule))
    kept = _latest([target for target in speaking if _RULES.index(target.rule) == best[target.kind]])
    levels = [level(target, period) for target in kept]
    return tuple(sorted(levels, key=lambda level: level._strictness, reverse=True))


def _latest(speaking: Sequence[Target]) -> list[Target]:
    """Of targets of one kind, rule, comparator and deadline the one in force last: a new decision replaces the old."""
    found: dict[tuple[object, ...], Target] = {}
    for target in speaking:
        found[target.kind, target.rule, target.comparator, target.check, target.due_on] = target
    return list(found.values())


def level(target: Target, period: Period) -> Level:
    """A target as it stands on the last day of a period."""
    value = Fraction(target.value_scaled, VALUE_SCALE)
    if target.check is TargetCheck.EACH_PERIOD or target.due_on is None:
        return Level(target, value, is_due=True)
    if target.check is TargetCheck.AT_DEADLINE:
        return Level(target, value, is_due=period.last_day >= target.due_on)
    return Level(target, value * _elapsed(target.valid_from, target.due_on, period.last_day), is_due=True)


def _elapsed(starts: date, due: date, on: date) -> Fraction:
    """The part of the way from the start to the deadline that lies behind, between 0 and 1."""
    whole = (due - starts).days
    return Fraction(1) if whole <= 0 else max(Fraction(0), min(Fraction(1), Fraction((on - starts).days, whole)))
