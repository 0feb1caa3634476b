"""A figure is the answer for one cell: indicator, unit (or tier or group inside it), period and window.

``answer`` is the one way to it. A unit's own official statement answers first;
without one, the sum of the units below. Ready cells may take the place of that
sum later without any caller noticing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import rollups
from dean06_core.assessment import Assessment, Level, Targets
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory, Unit
from dean06_core.errors import BadInput
from dean06_core.indicators import Indicator, OverUnits
from dean06_core.observations import VALUE_SCALE, DataState, Observation, Qualifier, Slice, Source, share_of
from dean06_core.periods import Period, Window
from dean06_core.rollups import Sum
from dean06_core.units import Tier

MOST_CELLS: Final = 20_000


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
    levels: tuple[Level, ...] = ()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Every cell of units x indicators x periods x windows, in that order, of units that were there in the period."""

    units: Sequence[int]
    indicators: Sequence[Indicator]
    periods: Sequence[Period]
    windows: Sequence[Window] = (Window.PERIOD,)
    slice: Slice = Slice.UNIT
    at_least: DataState = DataState.DRAFT


async def answer(session: AsyncSession, directory: Directory, catalogue: Catalogue, question: Question) -> list[Figure]:
    """A figure for each cell, NO_DATA included; at most three statements.

    TOO_MANY_CELLS above 20,000, before anything is read.
    """
    cells = _cells(directory, catalogue, question)
    if not cells:
        return []
    found = await _official(session, catalogue, question, {cell.share for cell in cells})
    open_cells = [cell for cell in cells if _key(cell, catalogue) not in found]
    summed = await _sums(session, directory, catalogue, question, open_cells)
    targets = await Targets.load(session, directory, {cell.indicator for cell in cells})
    figures: list[Figure] = []
    for cell in cells:
        indicator = catalogue.by_key[cell.indicator]
        key = _key(cell, catalogue)
        row, total = found.get(key), summed.get(key)
        levels = targets.speaking_to(cell.indicator, cell.unit, cell.period, tier=cell.tier, group=cell.group)
        figures.append(
            _of_statement(cell, indicator, row, levels)
            if row is not None
            else _of_sum(cell, indicator, total, _expected(directory, cell, indicator), levels)
        )
    return figures


async def stated(
    session: AsyncSession,
    directory: Directory,
    catalogue: Catalogue,
    *,
    indicators: Sequence[Indicator],
    periods: Sequence[Period],
    window: Window,
    units: Collection[int] | None = None,
) -> list[Figure]:
    """The figures that units stated for themselves, of all units unless some are given; two statements."""
    question = Question(units=tuple(units or ()), indicators=indicators, periods=periods, windows=(window,))
    rows = await _official(session, catalogue, question, {""}, every_unit=units is None)
    keys = {catalogue.key(indicator.code) for indicator in indicators}
    targets = await Targets.load(session, directory, keys)
    by_code = {period.code: period for period in periods}
    return [
        _of_statement(
            cell := Cell(indicator, unit, by_code[period], window),
            catalogue.by_key[indicator],
            row,
            targets.speaking_to(indicator, unit, cell.period),
        )
        for (unit, _, indicator, period, kept), row in rows.items()
        if kept is catalogue.by_key[indicator].stored_window(window)
    ]


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


def _cells(directory: Directory, catalogue: Catalogue, question: Question) -> list[Cell]:
    shares = {
        (unit, period): _shares(directory, unit, period, question.slice)
        for period in question.periods
        for unit in question.units
    }
    count = len(question.indicators) * len(question.windows) * sum(len(found) for found in shares.values())
    if count > MOST_CELLS:
        asked, most = f"{count:,}".replace(",", "."), f"{MOST_CELLS:,}".replace(",", ".")
        raise BadInput(
            "TOO_MANY_CELLS",
            f"Truy vấn hỏi {asked} ô số liệu, quá {most}. Hãy bớt đơn vị, chỉ tiêu theo dõi hoặc kỳ.",
            field=("observations",),
        )
    return [
        Cell(catalogue.key(indicator.code), unit, period, window, tier, group)
        for unit in question.units
        for indicator in question.indicators
        for period in question.periods
        for window in question.windows
        for tier, group in shares[unit, period]
    ]


def _shares(directory: Directory, unit: int, period: Period, slice_: Slice) -> list[tuple[Tier | None, int | None]]:
    """The unit itself, or the sums inside it; nothing of a unit that was not there on the period's last day."""
    if not directory.unit(unit, period.last_day).holds(period.last_day):
        return []
    if slice_ is Slice.TIER:
        tiers = {below.tier for below in directory.descendants(unit, period.last_day)}
        return [(tier, None) for tier in Tier if tier in tiers]
    if slice_ is Slice.GROUP:
        return [(None, group.key) for group in directory.groups.values() if group.within_key == unit]
    return [(None, None)]


CellKey = tuple[int, str, int, str, Window]


def _key(cell: Cell, catalogue: Catalogue) -> CellKey:
    """How a cell is stored: unit, share, indicator, period, stored window."""
    window = catalogue.by_key[cell.indicator].stored_window(cell.window)
    return cell.unit, cell.share, cell.indicator, cell.period.code, window


_STATED = (
    Observation.id,
    Observation.unit_key,
    Observation.share,
    Observation.indicator_key,
    Observation.period,
    Observation.window,
    Observation.numerator,
    Observation.denominator,
    Observation.value_scaled,
    Observation.qualifier,
    Observation.printed,
    Observation.comment,
    Observation.no_activity,
    Observation.as_of,
    Observation.revision,
    Observation.state,
    Observation.source,
    Observation.reporter_key,
)
_Row = Any


async def _official(
    session: AsyncSession,
    catalogue: Catalogue,
    question: Question,
    shares: Collection[str],
    *,
    every_unit: bool = False,
) -> dict[CellKey, _Row]:
    states = list(DataState)
    rows = await session.execute(
        sa.select(*_STATED).where(
            Observation.official,
            sa.true() if every_unit else Observation.unit_key.in_(question.units),
            Observation.indicator_key.in_([catalogue.key(indicator.code) for indicator in question.indicators]),
            Observation.period.in_([period.code for period in question.periods]),
            Observation.window.in_(_stored_windows(question)),
            Observation.share.in_(shares),
            Observation.state.in_(states[states.index(question.at_least) :]),
        )
    )
    found: Sequence[Any] = rows.all()
    return {(row.unit_key, row.share, row.indicator_key, row.period, row.window): row for row in found}


async def _sums(
    session: AsyncSession, directory: Directory, catalogue: Catalogue, question: Question, cells: Iterable[Cell]
) -> dict[CellKey, Sum]:
    wanted = [cell for cell in cells if directory.has_children(cell.unit)]
    if not wanted:
        return {}
    return await rollups.sums(
        session,
        units={cell.unit for cell in wanted},
        indicators={cell.indicator for cell in wanted},
        periods={cell.period.code for cell in wanted},
        windows=_stored_windows(question),
        slice_=question.slice,
        at_least=question.at_least,
    )


def _stored_windows(question: Question) -> set[Window]:
    return {indicator.stored_window(window) for indicator in question.indicators for window in question.windows}


def _of_statement(cell: Cell, indicator: Indicator, row: _Row, levels: tuple[Level, ...]) -> Figure:
    if row.no_activity:
        status = Status.NO_ACTIVITY
    elif indicator.denominator is not None and row.denominator == 0:
        status = Status.ZERO_DENOMINATOR
    else:
        status = Status.OK
    return Figure(
        cell,
        indicator,
        status,
        FigureSource.COMPUTED if row.source is Source.COMPUTED else FigureSource.REPORTED,
        numerator=row.numerator,
        denominator=row.denominator,
        bare=row.value_scaled,
        qualifier=row.qualifier,
        printed=row.printed,
        comment=row.comment,
        reported=1,
        expected=1,
        as_of=row.as_of,
        revision=row.revision,
        state=row.state,
        reporter=row.reporter_key,
        statement=row.id,
        levels=levels,
    )


def _of_sum(cell: Cell, indicator: Indicator, total: Sum | None, expected: int, levels: tuple[Level, ...]) -> Figure:
    if total is None:
        return Figure(cell, indicator, Status.NO_DATA, expected=expected, levels=levels)
    if indicator.over_units is OverUnits.NONE or total.counted == 0:
        return Figure(cell, indicator, Status.NOT_AGGREGABLE, reported=total.reported, expected=expected, levels=levels)
    if indicator.denominator is not None and not total.denominator:
        status = Status.ZERO_DENOMINATOR
    else:
        status = Status.OK if total.counted >= expected else Status.PARTIAL
    return Figure(
        cell,
        indicator,
        status,
        FigureSource.ROLLED_UP,
        numerator=total.numerator,
        denominator=total.denominator,
        reported=total.counted,
        expected=expected,
        as_of=total.as_of,
        state=total.state,
        levels=levels,
    )


def _expected(directory: Directory, cell: Cell, indicator: Indicator) -> int:
    """How many units below are to report: those of the levels that report the indicator, else the direct children."""
    on = cell.period.last_day
    below: Iterable[Unit]
    if cell.group is not None:
        below = directory.group_members(cell.group, on)
    elif indicator.reported_at or cell.tier is not None:
        below = directory.descendants(cell.unit, on)
    else:
        below = directory.children(cell.unit, on)
    return sum(
        (not indicator.reported_at or unit.level in indicator.reported_at) and cell.tier in (None, unit.tier)
        for unit in below
    )
