"""What a figure is put together from where nobody stated it as a whole: what units below, and shorter periods, state.

A statement of a flow stands for every unit below its own and for the days of its
period. A stock, and a figure since a beginning, is a state: the latest counts,
and stands for all days before. What the units below state of the whole period
answers if it misses none. Else pieces are taken from the top: the higher unit
first, of one unit the longer period (of a state the later one), each unless a
taken one already speaks of the same unit and days. Weeks are no part of anything
longer, for they cross its ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.figures import Cell
from dean06_core.indicators import Indicator, OverUnits
from dean06_core.observations import CellKey, share_of
from dean06_core.periods import Period, PeriodType, Window
from dean06_core.rollups import Sum, added

Expected = Callable[[Cell, date], int]
"""How many units inside a cell are to report, as they stood on a day."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement inside a cell, which speaks of the days from ``starts`` up to, not including, ``ends``.

    ``lineage`` are its unit and those above it, up to the unit of the cell.
    """

    row: Any
    lineage: tuple[int, ...]
    starts: date
    ends: date
    order: tuple[int, ...]
    is_whole_period: bool

    @property
    def is_own(self) -> bool:
        return len(self.lineage) == 1


@dataclass(frozen=True, slots=True)
class Assembly:
    """``state`` is the statement that answers alone, where the unit's own latest does.

    ``is_own``: nothing of another unit is in it. ``is_whole``: every unit that is
    to report has, for every day.
    """

    sum: Sum
    state: Any | None
    is_own: bool
    is_whole: bool


def assemble(
    cells: Mapping[CellKey, Cell],
    stated: Iterable[Any],
    directory: Directory,
    catalogue: Catalogue,
    expected: Expected,
) -> dict[CellKey, Assembly]:
    """Put together the cells of which something was stated inside; the others are left out."""
    places = _Places(cells, directory, catalogue)
    inside: dict[CellKey, list[Piece]] = defaultdict(list)
    for row in stated:
        for key, piece in places.of(row):
            inside[key].append(piece)
    return {
        key: _assembly(cells[key], catalogue.by_key[cells[key].indicator], pieces, expected)
        for key, pieces in inside.items()
    }


def _assembly(cell: Cell, indicator: Indicator, pieces: Sequence[Piece], expected: Expected) -> Assembly:
    if indicator.over_units is OverUnits.NONE:
        pieces = [piece for piece in pieces if piece.is_own] or pieces
    of_the_period = _put_together(cell, indicator, [piece for piece in pieces if piece.is_whole_period], expected)
    return of_the_period if of_the_period.is_whole else _put_together(cell, indicator, pieces, expected)


def _put_together(cell: Cell, indicator: Indicator, pieces: Iterable[Piece], expected: Expected) -> Assembly:
    taken = _taken(pieces)
    is_own = all(piece.is_own for piece in taken)
    state = taken[0].row if taken and is_own and _is_state(indicator, cell.window) else None
    reporters = {piece.row.unit_key for piece in taken if is_own or not piece.is_own}
    telling = taken if state is not None else [piece for piece in taken if piece.row.numerator is not None]
    return Assembly(added([piece.row for piece in taken], reporters), state, is_own, _is_whole(cell, telling, expected))


def _taken(pieces: Iterable[Piece]) -> list[Piece]:
    taken: dict[int, list[Piece]] = defaultdict(list)
    for piece in sorted(pieces, key=lambda piece: piece.order):
        above = (other for unit in piece.lineage for other in taken.get(unit, ()))
        if not any(piece.starts < other.ends and other.starts < piece.ends for other in above):
            taken[piece.lineage[0]].append(piece)
    return [piece for found in taken.values() for piece in found]


def _is_whole(cell: Cell, taken: Iterable[Piece], expected: Expected) -> bool:
    """Whether on every day the unit itself, or as many units inside as are to report, are spoken of."""
    own, inside = Counter[date](), Counter[date]()
    for piece in taken:
        steps = own if piece.is_own else inside
        steps[piece.starts] += 1
        steps[piece.ends] -= 1
    spoken_by_unit = spoken_inside = 0
    for day, next_cut in pairwise(sorted({cell.period.starts, cell.period.ends, *own, *inside})):
        spoken_by_unit += own[day]
        spoken_inside += inside[day]
        if not spoken_by_unit and spoken_inside < max(expected(cell, next_cut - timedelta(days=1)), 1):
            return False
    return True


class _Places:
    """In which of the asked cells a statement is a piece."""

    def __init__(self, cells: Mapping[CellKey, Cell], directory: Directory, catalogue: Catalogue) -> None:
        self._cells = cells
        self._directory = directory
        self._catalogue = catalogue
        self._units = {cell.unit for cell in cells.values()}
        self._by_tier = any(cell.tier is not None for cell in cells.values())
        self._by_group = any(cell.group is not None for cell in cells.values())
        self._around: dict[str, list[Period]] = defaultdict(list)
        for period in {cell.period for cell in cells.values()}:
            for part in (period, *period.inside()):
                self._around[part.code].append(period)
        self._lineages: dict[tuple[int, date], tuple[int, ...]] = {}

    def of(self, row: Any) -> Iterator[tuple[CellKey, Piece]]:
        part = Period.parse(row.period)
        indicator = self._catalogue.by_key[row.indicator_key]
        for period in self._around.get(row.period, ()):
            if _is_state(indicator, row.window):
                on, starts = period.last_day, period.starts
                ends = period.ends if indicator.is_stock else part.ends
                order = (-part.ends.toordinal(), part.starts.toordinal())
            elif part.type is PeriodType.WEEK and part != period:
                continue
            else:
                on, starts, ends = part.last_day, part.starts, part.ends
                order = (starts.toordinal() - ends.toordinal(), starts.toordinal())
            lineage = self._lineage(row.unit_key, on)
            for depth, unit in enumerate(lineage):
                if unit not in self._units:
                    continue
                for share in self._shares(row, on, is_own=depth == 0):
                    key = (unit, share, row.indicator_key, period.code, row.window)
                    if key in self._cells:
                        yield key, Piece(row, lineage[: depth + 1], starts, ends, (depth, *order), part == period)

    def _lineage(self, unit: int, on: date) -> tuple[int, ...]:
        """A unit and those above it on a day; nothing if it was not there."""
        if (unit, on) not in self._lineages:
            above = (each.key for each in self._directory.ancestors(unit, on))
            is_there = self._directory.unit(unit, on).holds(on)
            self._lineages[unit, on] = (unit, *above) if is_there else ()
        return self._lineages[unit, on]

    def _shares(self, row: Any, on: date, *, is_own: bool) -> Iterator[str]:
        if is_own:
            yield row.share
        if is_own or row.share:
            return
        yield ""
        if self._by_tier:
            yield share_of(tier=self._directory.unit(row.unit_key, on).tier)
        if self._by_group:
            for group in self._directory.groups_of(row.unit_key, on):
                yield share_of(group_key=group.key)


def _is_state(indicator: Indicator, window: Window) -> bool:
    return indicator.is_stock or window is not Window.PERIOD
