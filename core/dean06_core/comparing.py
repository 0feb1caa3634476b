"""A figure beside another: the same cell in an earlier period, or the same figure of other units."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import answers
from dean06_core.answers import Question
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.figures import Cell, Figure
from dean06_core.indicators import Direction
from dean06_core.observations import Slice
from dean06_core.periods import Period, containing


class Against(StrEnum):
    PREVIOUS = "PREVIOUS"
    SAME_PERIOD_LAST_YEAR = "SAME_PERIOD_LAST_YEAR"
    YEAR_START = "YEAR_START"


@dataclass(frozen=True, slots=True)
class Rank:
    """``position`` 1 is the best; equal figures share a position and the next one is skipped."""

    position: int
    of: int


def earlier(period: Period, against: Against) -> Period | None:
    """The period to compare with. YEAR_START is the last period of the same type before 1 January."""
    match against:
        case Against.PREVIOUS:
            return period.previous()
        case Against.SAME_PERIOD_LAST_YEAR:
            return period.year_before()
        case Against.YEAR_START:
            return containing(period.last_day.replace(month=1, day=1), period.type).previous()


async def before(
    session: AsyncSession, directory: Directory, catalogue: Catalogue, found: Sequence[Figure], against: Against
) -> list[Figure | None]:
    """For each figure the one to compare it with; the statements of one ``answer`` for all of them."""
    cells = [_moved(figure.cell, against) for figure in found]
    wanted = [cell for cell in cells if cell is not None]
    looked_up = {
        each.cell: each
        for slice_, own in _by_slice(wanted).items()
        for each in await answers.answer(session, directory, catalogue, _around(catalogue, own, slice_))
    }
    return [None if cell is None else looked_up.get(cell) for cell in cells]


async def ranks(
    session: AsyncSession,
    directory: Directory,
    catalogue: Catalogue,
    found: Sequence[Figure],
    among: Collection[int],
) -> list[Rank | None]:
    """Where each figure's unit stands among others with a value, best first by the indicator's direction."""
    asked = [figure.cell for figure in found if figure.exact is not None]
    others = [
        each
        for slice_, own in _by_slice(asked).items()
        for each in await answers.answer(session, directory, catalogue, _around(catalogue, own, slice_, among))
    ]
    fields: dict[Hashable, list[Fraction]] = defaultdict(list)
    for other in others:
        if other.exact is not None and other.cell.unit in among:
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
    return Rank(better + 1, len(field) + (not is_among))


def _kind(cell: Cell) -> Hashable:
    """What cells have in common that differ in their unit at most."""
    return cell.indicator, cell.period, cell.window, cell.share


def _around(catalogue: Catalogue, cells: Sequence[Cell], slice_: Slice, also: Collection[int] = ()) -> Question:
    """The question whose answer holds all these cells, and the same of other units."""
    return Question(
        units=list(dict.fromkeys([*also, *(cell.unit for cell in cells)])),
        indicators=[catalogue.by_key[key] for key in dict.fromkeys(cell.indicator for cell in cells)],
        periods=list(dict.fromkeys(cell.period for cell in cells)),
        windows=list(dict.fromkeys(cell.window for cell in cells)),
        slice=slice_,
    )


def _moved(cell: Cell, against: Against) -> Cell | None:
    period = earlier(cell.period, against)
    return None if period is None else Cell(cell.indicator, cell.unit, period, cell.window, cell.tier, cell.group)


def _by_slice(cells: Sequence[Cell]) -> Mapping[Slice, list[Cell]]:
    grouped: dict[Slice, list[Cell]] = {}
    for cell in cells:
        slice_ = Slice.TIER if cell.tier else Slice.GROUP if cell.group is not None else Slice.UNIT
        grouped.setdefault(slice_, []).append(cell)
    return grouped
