"""How a cell is answered: by the unit's own official statement, without one by what was stated inside it.

``answer`` is the one way to a figure. Ready cells may take the place of the sum
later without any caller noticing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.assessment import Level, Targets
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.figures import Cell, Figure, FigureSource, Rank, Status
from dean06_core.finding import Finding, Found, official
from dean06_core.indicators import Indicator, OverUnits
from dean06_core.observations import CellKey, DataState, Slice, Source
from dean06_core.periods import Period, Window
from dean06_core.pieces import Assembly
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
    """A figure for each cell, NO_DATA included; at most five statements.

    TOO_MANY_CELLS above 20,000, before anything is read.
    """
    cells = _cells(directory, catalogue, question)
    return await of_cells(session, directory, catalogue, cells, at_least=question.at_least, known_at=question.known_at)


async def of_cells(
    session: AsyncSession,
    directory: Directory,
    catalogue: Catalogue,
    cells: Collection[Cell],
    *,
    at_least: DataState = DataState.DRAFT,
    known_at: datetime | None = None,
) -> list[Figure]:
    """A figure for each of these cells, in their order; at most five statements for each slice among them.

    Nothing for a unit that was not there on the last day of the cell's period.
    """
    there = [cell for cell in cells if directory.unit(cell.unit, cell.period.last_day).holds(cell.period.last_day)]
    if not there:
        return []
    _refuse_too_many(len(there))
    by_slice: dict[Slice, dict[CellKey, Cell]] = defaultdict(dict)
    for cell in there:
        by_slice[cell.slice][_key(cell, catalogue)] = cell
    looked_up: dict[Slice, tuple[Finding, Found]] = {}
    for slice_, own in by_slice.items():
        finding = Finding(session, directory, catalogue, own, slice_, at_least)
        looked_up[slice_] = finding, await (finding.now() if known_at is None else finding.then(known_at))
    targets = await Targets.load(session, directory, {cell.indicator for cell in there})
    figures: list[Figure] = []
    for cell in there:
        finding, found = looked_up[cell.slice]
        levels = targets.speaking_to(cell.indicator, cell.unit, cell.period, tier=cell.tier, group=cell.group)
        figures.append(_figure(cell, catalogue, found, finding, levels))
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
    keys = {catalogue.key(indicator.code) for indicator in indicators}
    windows = {indicator.stored_window(window) for indicator in indicators}
    rows = await official(session, units=units, indicators=keys, periods=periods, windows=windows)
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
    _refuse_too_many(count)
    return [
        Cell(catalogue.key(indicator.code), unit, period, window, tier, group)
        for unit in question.units
        for indicator in question.indicators
        for period in question.periods
        for window in question.windows
        for tier, group in shares[unit, period]
    ]


def _refuse_too_many(count: int) -> None:
    if count > MOST_CELLS:
        asked, most = f"{count:,}".replace(",", "."), f"{MOST_CELLS:,}".replace(",", ".")
        raise BadInput(
            "TOO_MANY_CELLS",
            f"Truy vấn hỏi {asked} ô số liệu, quá {most}. Hãy bớt đơn vị, chỉ tiêu theo dõi hoặc kỳ.",
            field=("observations",),
        )


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


def _figure(cell: Cell, catalogue: Catalogue, found: Found, finding: Finding, levels: tuple[Level, ...]) -> Figure:
    key, indicator = _key(cell, catalogue), catalogue.by_key[cell.indicator]
    if key in found.stated:
        return _of_statement(cell, indicator, found.stated[key], levels)
    if key in found.assembled:
        return _of_assembly(cell, indicator, found.assembled[key], finding.expected(cell), levels)
    expected = finding.expected(cell)
    total = found.sums.get(key)
    if total is None:
        return Figure(cell, indicator, Status.NO_DATA, expected=expected, levels=levels)
    return _of_sum(cell, indicator, total, expected, levels, is_whole=total.counted >= expected)


def _of_assembly(
    cell: Cell, indicator: Indicator, assembly: Assembly, expected: int, levels: tuple[Level, ...]
) -> Figure:
    if assembly.state is None:
        expected = 1 if assembly.is_own else expected
        return _of_sum(
            cell, indicator, assembly.sum, expected, levels, is_whole=assembly.is_whole, is_own=assembly.is_own
        )
    figure = _of_statement(cell, indicator, assembly.state, levels)
    latest_day = figure.as_of or Period.parse(assembly.state.period).last_day
    status = figure.status if assembly.is_whole or figure.status is not Status.OK else Status.PARTIAL
    return replace(figure, as_of=latest_day, status=status)


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
        stated_change=row.change_scaled,
        stated_rank=None if row.rank is None else Rank(row.rank, row.rank_of, is_stated=True),
    )


def _of_sum(
    cell: Cell,
    indicator: Indicator,
    total: Sum,
    expected: int,
    levels: tuple[Level, ...],
    *,
    is_whole: bool,
    is_own: bool = False,
) -> Figure:
    if total.counted == 0 or (indicator.over_units is OverUnits.NONE and not is_own):
        return Figure(cell, indicator, Status.NOT_AGGREGABLE, reported=total.reported, expected=expected, levels=levels)
    if indicator.denominator is not None and not total.denominator:
        status = Status.ZERO_DENOMINATOR
    else:
        status = Status.OK if is_whole else Status.PARTIAL
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
