"""A figure is the answer for one cell: indicator, unit (or tier or group inside it), period and window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from dean06_core.assessment import Assessment, Level
from dean06_core.indicators import Indicator
from dean06_core.observations import VALUE_SCALE, DataState, Qualifier, Slice, share_of
from dean06_core.periods import Period, Window
from dean06_core.units import Tier


class Status(StrEnum):
    OK = "OK"
    NO_DATA = "NO_DATA"
    ZERO_DENOMINATOR = "ZERO_DENOMINATOR"
    NO_ACTIVITY = "NO_ACTIVITY"
    PARTIAL = "PARTIAL"
    NOT_AGGREGABLE = "NOT_AGGREGABLE"


class FigureSource(StrEnum):
    REPORTED = "REPORTED"
    COMPUTED = "COMPUTED"
    ROLLED_UP = "ROLLED_UP"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a figure stands. ``tier`` or ``group``: the sum over it inside the unit."""

    indicator: int
    unit: int
    period: Period
    window: Window
    tier: Tier | None = None
    group: int | None = None

    @property
    def share(self) -> str:
        return share_of(self.tier, self.group)

    @property
    def slice(self) -> Slice:
        return Slice.TIER if self.tier is not None else Slice.GROUP if self.group is not None else Slice.UNIT


@dataclass(frozen=True, slots=True)
class Rank:
    """``position`` 1 is the best; equal figures share a position and the next one is skipped."""

    position: int
    of: int
    is_stated: bool = False
    """Somebody else ranked the unit; it was not worked out here."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The answer for a cell. Counts are exact; ``value`` alone is rounded."""

    cell: Cell
    indicator: Indicator
    status: Status
    source: FigureSource | None = None
    numerator: int | None = None
    denominator: int | None = None
    bare: int | None = None
    """In millionths, where only a value was stated."""
    qualifier: Qualifier = Qualifier.EXACT
    printed: str | None = None
    comment: str | None = None
    reported: int = 0
    expected: int = 0
    as_of: date | None = None
    revision: int | None = None
    state: DataState = DataState.DRAFT
    reporter: int | None = None
    statement: UUID | None = None
    estimated: bool = False
    """Whether a share of a divided unit is in it."""
    levels: tuple[Level, ...] = ()
    stated_change: int | None = None
    """In millionths, since the starting point that the statement chose."""
    stated_rank: Rank | None = None

    @property
    def exact(self) -> Fraction | None:
        """The unrounded value in the indicator's unit of measure."""
        if self.status is Status.NO_ACTIVITY:
            return None
        return exact_value(self.indicator, self.numerator, self.denominator, self.bare)

    @property
    def value(self) -> Decimal | None:
        exact = self.exact
        return None if exact is None else rounded(exact, self.indicator.decimals)

    @property
    def judged(self) -> Level | None:
        return self.levels[0] if self.levels else None

    @property
    def met(self) -> bool | None:
        """Whether the judged target is met; None without value or target, and before a deadline unless met already."""
        exact, level = self.exact, self.judged
        if exact is None or level is None:
            return None
        is_met = level.is_met_by(exact, self.qualifier)
        return is_met if level.is_due or is_met else None

    @property
    def gap(self) -> Decimal | None:
        exact, level = self.exact, self.judged
        return None if exact is None or level is None else rounded(level.gap(exact), self.indicator.decimals)

    @property
    def assessment(self) -> Assessment:
        if self.status in {Status.NO_ACTIVITY, Status.ZERO_DENOMINATOR}:
            return Assessment.NO_ACTIVITY
        if self.exact is None:
            return Assessment.NO_DATA
        if self.judged is None:
            return Assessment.NO_TARGET
        if not self.judged.is_due:
            return Assessment.NOT_DUE
        return Assessment.MET if self.met else Assessment.NOT_MET


def exact_value(
    indicator: Indicator, numerator: int | None, denominator: int | None, bare: int | None
) -> Fraction | None:
    """The unrounded value of counts, or of a bare value in millionths; None where nothing can be divided."""
    if bare is not None:
        return Fraction(bare, VALUE_SCALE)
    if numerator is None:
        return None
    if indicator.denominator is None:
        return Fraction(numerator)
    return Fraction(indicator.factor * numerator, denominator) if denominator else None


def rounded(exact: Fraction, decimals: int) -> Decimal:
    """Half-up, away from zero at the half, as reports round."""
    shift = 10**decimals
    whole, rest = divmod(abs(exact.numerator) * shift, exact.denominator)
    whole += 2 * rest >= exact.denominator
    return Decimal(-whole if exact < 0 else whole).scaleb(-decimals)
