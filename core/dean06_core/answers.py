"""How figures are found: a unit's own official statement first, without one the sum of the units below.

``answer`` is the one way to a figure. Ready cells may take the place of the sum
later without any caller noticing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import rollups
from dean06_core.assessment import Level, Targets
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory, Unit
from dean06_core.errors import BadInput
from dean06_core.figures import Cell, Figure, FigureSource, Status
from dean06_core.indicators import Indicator, OverUnits
from dean06_core.observations import DataState, Observation, Slice, Source
from dean06_core.periods import Period, Window
from dean06_core.recollections import STATED, CellKey, Recollection
from dean06_core.rollups import Sum
from dean06_core.units import Tier

MOST_CELLS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Every cell of units x indicators x periods x windows, in that order, of units that were there in the period."""

    units: Sequence[int]
    indicators: Sequence[Indicator]
    periods: Sequence[Period]
    windows: Sequence[Window] = (Window.PERIOD,)
    slice: Slice = Slice.UNIT
    at_least: DataState = DataState.DRAFT
    known_at: datetime | None = None
    """As it was known at that moment; None for what is known now."""


async def answer(session: AsyncSession, directory: Directory, catalogue: Catalogue, question: Question) -> list[Figure]:
    """A figure for each cell, NO_DATA included; at most three statements.

    TOO_MANY_CELLS above 20,000, before anything is read.
    """
    cells = _cells(directory, catalogue, question)
    if not cells:
        return []
    found, summed = await _found(session, directory, catalogue, question, cells)
    targets = await Targets.load(session, directory, {cell.indicator for cell in cells})
    expected = _Expected(directory)
    figures: list[Figure] = []
    for cell in cells:
        indicator = catalogue.by_key[cell.indicator]
        key = _key(cell, catalogue)
        row, total = found.get(key), summed.get(key)
        levels = targets.speaking_to(cell.indicator, cell.unit, cell.period, tier=cell.tier, group=cell.group)
        figures.append(
            _of_statement(cell, indicator, row, levels)
            if row is not None
            else _of_sum(cell, indicator, total, expected.of(cell, indicator), levels)
        )
    return figures


async def _found(
    session: AsyncSession, directory: Directory, catalogue: Catalogue, question: Question, cells: Sequence[Cell]
) -> tuple[Mapping[CellKey, Any], Mapping[CellKey, Sum]]:
    """What was stated for the cells themselves, and the sums for those of which nothing was."""
    if question.known_at is not None:
        then = await Recollection.of(
            session,
            directory,
            catalogue,
            units={cell.unit for cell in cells},
            indicators={cell.indicator for cell in cells},
            periods=question.periods,
            at=question.known_at,
            at_least=question.at_least,
        )
        keys = {_key(cell, catalogue): cell for cell in cells}
        sums = {key: then.sum_below(key, cell) for key, cell in keys.items() if key not in then.statements}
        return then.statements, {key: total for key, total in sums.items() if total is not None}
    found = await _official(session, catalogue, question, {cell.share for cell in cells})
    open_cells = [cell for cell in cells if _key(cell, catalogue) not in found]
    return found, await _sums(session, directory, catalogue, question, open_cells)


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


def _key(cell: Cell, catalogue: Catalogue) -> CellKey:
    """How a cell is stored: unit, share, indicator, period, stored window."""
    window = catalogue.by_key[cell.indicator].stored_window(cell.window)
    return cell.unit, cell.share, cell.indicator, cell.period.code, window


async def _official(
    session: AsyncSession,
    catalogue: Catalogue,
    question: Question,
    shares: Collection[str],
    *,
    every_unit: bool = False,
) -> dict[CellKey, Any]:
    states = list(DataState)
    rows = await session.execute(
        sa.select(*STATED).where(
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


def _of_statement(cell: Cell, indicator: Indicator, row: Any, levels: tuple[Level, ...]) -> Figure:
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


class _Expected:
    """How many units below are to report: those of the levels that report the indicator, else the direct children."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._below: dict[tuple[int, date], tuple[Unit, ...]] = {}

    def of(self, cell: Cell, indicator: Indicator) -> int:
        on = cell.period.last_day
        if cell.group is not None:
            below = self._directory.group_members(cell.group, on)
        elif indicator.reported_at or cell.tier is not None:
            below = self._descendants(cell.unit, on)
        else:
            below = self._directory.children(cell.unit, on)
        levels = indicator.reported_at
        return sum((not levels or unit.level in levels) and cell.tier in (None, unit.tier) for unit in below)

    def _descendants(self, unit: int, on: date) -> tuple[Unit, ...]:
        """Walked once for all indicators and windows of an answer."""
        if (unit, on) not in self._below:
            self._below[unit, on] = self._directory.descendants(unit, on)
        return self._below[unit, on]
