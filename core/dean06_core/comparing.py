"""A figure beside another: the same cell in an earlier period, or the same figure of other units."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import answers
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.figures import Cell, Figure, Rank
from dean06_core.indicators import Direction
from dean06_core.periods import Period, containing


class Against(StrEnum):
    """BASELINE: the starting point that a statement chose for itself, with the change that it states."""

    PREVIOUS = "PREVIOUS"
    SAME_PERIOD_LAST_YEAR = "SAME_PERIOD_LAST_YEAR"
    YEAR_START = "YEAR_START"
    BASELINE = "BASELINE"


def earlier(period: Period, against: Against) -> Period | None:
    """The period to compare with; a baseline has none. YEAR_START is the last of the same type before 1 January."""
    match against:
        case Against.PREVIOUS:
            return period.previous()
        case Against.SAME_PERIOD_LAST_YEAR:
            return period.year_before()
        case Against.YEAR_START:
            return containing(period.last_day.replace(month=1, day=1), period.type).previous()
        case Against.BASELINE:
            return None


async def before(
    session: AsyncSession, directory: Directory, catalogue: Catalogue, found: Sequence[Figure], against: Against
) -> list[Figure | None]:
    """For each figure the one to compare it with; the statements of one ``answer`` for all of them."""
    cells = [_moved(figure.cell, against) for figure in found]
    wanted = {cell for cell in cells if cell is not None}
    looked_up = {each.cell: each for each in await answers.of_cells(session, directory, catalogue, wanted)}
    return [None if cell is None else looked_up.get(cell) for cell in cells]


async def ranks(
    session: AsyncSession,
    directory: Directory,
    catalogue: Catalogue,
    found: Sequence[Figure],
    among: Collection[int],
) -> list[Rank | None]:
    """Where each figure's unit stands among others with a value, best first by the indicator's direction.

    Where no other one has a value, the rank that the statement states.
    """
    asked = {_kind(figure.cell): figure.cell for figure in found if figure.exact is not None}
    field_cells = [replace(cell, unit=unit) for cell in asked.values() for unit in among]
    fields: dict[Hashable, list[Fraction]] = defaultdict(list)
    for other in await answers.of_cells(session, directory, catalogue, field_cells):
        if other.exact is not None:
            fields[_kind(other.cell)].append(other.exact)
    for field in fields.values():
        field.sort()
    return [_rank(figure, fields[_kind(figure.cell)], figure.cell.unit in among) for figure in found]


def _rank(figure: Figure, field: Sequence[Fraction], is_among: bool) -> Rank | None:
    """The place of a figure in a sorted field, of which it is a member or which it joins."""
    own = figure.exact
    if own is None:
        return None
    upward = figure.indicator.direction is Direction.HIGHER_IS_BETTER
    better = len(field) - bisect_right(field, own) if upward else bisect_left(field, own)
    others = len(field) - is_among
    return figure.stated_rank if figure.stated_rank and not others else Rank(better + 1, others + 1)


def _kind(cell: Cell) -> Hashable:
    """What cells have in common that differ in their unit at most."""
    return cell.indicator, cell.period, cell.window, cell.share


def _moved(cell: Cell, against: Against) -> Cell | None:
    period = earlier(cell.period, against)
    return None if period is None else replace(cell, period=period)
