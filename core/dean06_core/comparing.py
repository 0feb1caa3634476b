"""A figure beside another: the same cell in an earlier period, or the same figure of other units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import figures
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.figures import Cell, Figure, Question
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
    looked_up: dict[Cell, Figure] = {}
    for slice_, own in _by_slice(wanted).items():
        question = Question(
            units=list(dict.fromkeys(cell.unit for cell in own)),
            indicators=[catalogue.by_key[key] for key in dict.fromkeys(cell.indicator for cell in own)],
            periods=list(dict.fromkeys(cell.period for cell in own)),
            windows=list(dict.fromkeys(cell.window for cell in own)),
            slice=slice_,
        )
        looked_up |= {each.cell: each for each in await figures.answer(session, directory, catalogue, question)}
    return [None if cell is None else looked_up.get(cell) for cell in cells]


async def ranks(
    session: AsyncSession,
    directory: Directory,
    catalogue: Catalogue,
    found: Sequence[Figure],
    among: Collection[int],
) -> list[Rank | None]:
    """Where each figure's unit stands among others with a value, best first by the indicator's direction."""
    asked = [figure for figure in found if figure.exact is not None]
    if not asked:
        return [None] * len(found)
    question = Question(
        units=list(dict.fromkeys([*among, *(figure.cell.unit for figure in asked)])),
        indicators=[catalogue.by_key[key] for key in dict.fromkeys(figure.cell.indicator for figure in asked)],
        periods=list(dict.fromkeys(figure.cell.period for figure in asked)),
        windows=list(dict.fromkeys(figure.cell.window for figure in asked)),
    )
    others = await figures.answer(session, directory, catalogue, question)
    return [None if figure.exact is None else _rank(figure, others, among) for figure in found]


def _rank(figure: Figure, others: Sequence[Figure], among: Collection[int]) -> Rank:
    cell, own = figure.cell, figure.exact
    sign = 1 if figure.indicator.direction is Direction.HIGHER_IS_BETTER else -1
    values = [
        other.exact
        for other in others
        if other.exact is not None
        and (other.cell.indicator, other.cell.period, other.cell.window) == (cell.indicator, cell.period, cell.window)
        and other.cell.unit in {*among, cell.unit}
    ]
    better = sum(1 for value in values if own is not None and sign * value > sign * own)
    return Rank(better + 1, len(values))


def _moved(cell: Cell, against: Against) -> Cell | None:
    period = earlier(cell.period, against)
    return None if period is None else Cell(cell.indicator, cell.unit, period, cell.window, cell.tier, cell.group)


def _by_slice(cells: Sequence[Cell]) -> Mapping[Slice, list[Cell]]:
    grouped: dict[Slice, list[Cell]] = {}
    for cell in cells:
        slice_ = Slice.TIER if cell.tier else Slice.GROUP if cell.group is not None else Slice.UNIT
        grouped.setdefault(slice_, []).append(cell)
    return grouped
