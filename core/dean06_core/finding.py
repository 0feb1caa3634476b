"""What was stated for cells and inside them, as it is known now or was known at a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import rollups
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory, Unit
from dean06_core.figures import Cell
from dean06_core.indicators import OverUnits
from dean06_core.observations import CellKey, DataState, Observation, Slice
from dean06_core.periods import Period, Window
from dean06_core.pieces import Assembly, assemble
from dean06_core.recollections import STATED, recollect
from dean06_core.rollups import Sum

_STATES: Final = list(DataState)


@dataclass(frozen=True, slots=True)
class Found:
    """What the units of cells stated themselves, and of the other cells what was put together or added up."""

    stated: Mapping[CellKey, Any]
    assembled: Mapping[CellKey, Assembly] = field(default_factory=dict)
    sums: Mapping[CellKey, Sum] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """How to look for some cells; all of one slice."""

    session: AsyncSession
    directory: Directory
    catalogue: Catalogue
    cells: Mapping[CellKey, Cell]
    slice: Slice
    at_least: DataState

    async def now(self) -> Found:
        """Own statements, then sums of the units below, then pieces of shorter periods where a sum misses some.

        At most four statements.
        """
        own = await self._official({cell.unit for cell in self.cells.values()}, self._periods)
        sums = await self._sums([cell for key, cell in self.cells.items() if key not in own])
        missing = {
            key: cell for key, cell in self.cells.items() if key not in own and not self._is_whole(cell, sums.get(key))
        }
        below, shorter = self._below(missing.values()), _shorter(missing.values())
        inside = await self._official(below, shorter) if shorter else {}
        if not inside:
            return Found(own, sums=sums)
        inside |= await self._official(below, {cell.period for cell in missing.values()} - shorter)
        return Found(own, self._assembled(missing, inside), sums)

    async def then(self, at: datetime) -> Found:
        """The same by what was known at a moment; one statement."""
        stated = await recollect(
            self.session,
            self.directory,
            self.catalogue,
            units=self._below(self.cells.values()),
            indicators=self._indicators,
            periods=self._periods | _shorter(self.cells.values()),
            at=at,
            at_least=self.at_least,
        )
        return Found(stated, self._assembled({key: self.cells[key] for key in self.cells.keys() - stated}, stated))

    def _is_whole(self, cell: Cell, total: Sum | None) -> bool:
        adds_up = self.catalogue.by_key[cell.indicator].over_units is OverUnits.SUM
        return adds_up and total is not None and total.counted >= max(self.expected(cell), 1)

    def expected(self, cell: Cell, on: date | None = None) -> int:
        """How many units inside a cell are to report on a day, the period's last one unless given.

        Those of the levels that report the indicator, else the direct children.
        """
        on = on or cell.period.last_day
        levels = self.catalogue.by_key[cell.indicator].reported_at
        if cell.group is not None:
            inside = self.directory.group_members(cell.group, on)
        elif levels or cell.tier is not None:
            inside = self._descendants(cell.unit, on)
        else:
            inside = self.directory.children(cell.unit, on)
        return sum((not levels or unit.level in levels) and cell.tier in (None, unit.tier) for unit in inside)

    def _descendants(self, unit: int, on: date) -> tuple[Unit, ...]:
        """Walked once for all indicators and windows."""
        if (unit, on) not in self._walked:
            self._walked[unit, on] = self.directory.descendants(unit, on)
        return self._walked[unit, on]

    @cached_property
    def _walked(self) -> dict[tuple[int, date], tuple[Unit, ...]]:
        return {}

    @cached_property
    def _periods(self) -> set[Period]:
        return {cell.period for cell in self.cells.values()}

    @cached_property
    def _indicators(self) -> set[int]:
        return {cell.indicator for cell in self.cells.values()}

    @cached_property
    def _windows(self) -> set[Window]:
        return {window for *_, window in self.cells}

    def _below(self, cells: Iterable[Cell]) -> set[int]:
        """The units of cells, and all that ever stood below them."""
        return {unit for top in {cell.unit for cell in cells} for unit in self.directory.subtree(top)}

    async def _official(self, units: Collection[int], periods: Collection[Period]) -> dict[CellKey, Any]:
        shares = {"", *(cell.share for cell in self.cells.values())}
        return await official(
            self.session,
            units=units,
            indicators=self._indicators,
            periods=periods,
            windows=self._windows,
            shares=shares,
            at_least=self.at_least,
        )

    async def _sums(self, cells: Collection[Cell]) -> dict[CellKey, Sum]:
        wanted = [cell for cell in cells if self.directory.has_children(cell.unit)]
        if not wanted:
            return {}
        return await rollups.sums(
            self.session,
            units={cell.unit for cell in wanted},
            indicators={cell.indicator for cell in wanted},
            periods={cell.period.code for cell in wanted},
            windows=self._windows,
            slice_=self.slice,
            at_least=self.at_least,
        )

    def _assembled(self, cells: Mapping[CellKey, Cell], stated: Mapping[CellKey, Any]) -> dict[CellKey, Assembly]:
        return assemble(cells, stated.values(), self.directory, self.catalogue, self.expected)


async def official(
    session: AsyncSession,
    *,
    units: Collection[int] | None,
    indicators: Collection[int],
    periods: Collection[Period],
    windows: Collection[Window],
    shares: Collection[str] = ("",),
    at_least: DataState = DataState.DRAFT,
) -> dict[CellKey, Any]:
    """The statements that answer now, of all units where None is given; one statement."""
    rows = await session.execute(
        sa.select(*STATED).where(
            Observation.official,
            sa.true() if units is None else Observation.unit_key.in_(units),
            Observation.indicator_key.in_(indicators),
            Observation.period.in_([period.code for period in periods]),
            Observation.window.in_(windows),
            Observation.share.in_(shares),
            Observation.state.in_(_STATES[_STATES.index(at_least) :]),
        )
    )
    found: Iterable[Any] = rows
    return {(row.unit_key, row.share, row.indicator_key, row.period, row.window): row for row in found}


def _shorter(cells: Iterable[Cell]) -> set[Period]:
    return {part for period in {cell.period for cell in cells} for part in period.inside()}
