"""Figures of earlier periods for the units of another day: what a unit of today would have had before it was formed.

A figure stays with the unit that stated it; here it is only read through the
successions. Whole predecessors are added. Of a divided one the stated share is
taken and the figure is marked as estimated; where nobody stated a share it is
left out and the figure is partial.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import answers
from dean06_core.answers import Question
from dean06_core.assessment import Targets
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.figures import Cell, Figure, FigureSource, Status, rounded
from dean06_core.indicators import OverUnits
from dean06_core.observations import DataState, Slice
from dean06_core.periods import Period

_STATES = list(DataState)


@dataclass(frozen=True, slots=True)
class Origin:
    """A unit of earlier days and how much of it went into a later one; ``share`` is null where nobody stated it."""

    unit: int
    share: Fraction | None


async def answer(
    session: AsyncSession, directory: Directory, catalogue: Catalogue, question: Question, structure: date
) -> list[Figure]:
    """As ``answers.answer``, for units as they stand on ``structure``; six statements at most.

    STRUCTURE_WITH_SLICE where sums by tier or group are asked for.
    """
    if question.slice is not Slice.UNIT:
        raise BadInput(
            "STRUCTURE_WITH_SLICE",
            "Không dùng structure cùng với slice TIER hoặc GROUP. Hãy bỏ một trong hai.",
            field=("structure",),
        )
    origins = {
        (unit, period): tuple(_origins(directory, unit, period.last_day))
        for unit in question.units
        for period in question.periods
        if not directory.unit(unit, period.last_day).holds(period.last_day)
    }
    own = await answers.answer(session, directory, catalogue, question)
    if not origins:
        return own
    former = replace(question, units=list(dict.fromkeys(each.unit for found in origins.values() for each in found)))
    parts = {each.cell: each for each in await answers.answer(session, directory, catalogue, former)}
    figures = {each.cell: each for each in own}
    targets = await Targets.load(session, directory, {catalogue.key(each.code) for each in question.indicators})
    for (unit, period), found in origins.items():
        for cell in _cells(catalogue, question, unit, period):
            levels = targets.speaking_to(cell.indicator, unit, period)
            figures[cell] = replace(_combined(catalogue, cell, found, parts), levels=levels)
    return [
        figures[cell] for unit in question.units for cell in _in_order(catalogue, question, unit) if cell in figures
    ]


def _origins(directory: Directory, unit: int, on: date) -> Iterator[Origin]:
    """The units of that day from which a unit was formed, through as many reorganisations as there were."""
    for succession in directory.successions_to(unit):
        if succession.effective_on <= on:
            continue
        if directory.unit(succession.predecessor, on).holds(on):
            yield Origin(succession.predecessor, succession.share)
        else:
            for earlier in _origins(directory, succession.predecessor, on):
                yield Origin(earlier.unit, _product(earlier.share, succession.share))


def _product(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one * other


def _combined(catalogue: Catalogue, cell: Cell, origins: Sequence[Origin], parts: dict[Cell, Figure]) -> Figure:
    indicator = catalogue.by_key[cell.indicator]
    shared = [(origin.share, parts.get(replace(cell, unit=origin.unit))) for origin in origins]
    given = [(share, part) for share, part in shared if part is not None and part.status is not Status.NO_DATA]
    usable = [(share, part) for share, part in given if share is not None and part.numerator is not None]
    if not given:
        return Figure(cell, indicator, Status.NO_DATA, expected=len(origins))
    if not usable or indicator.over_units is OverUnits.NONE:
        return Figure(cell, indicator, Status.NOT_AGGREGABLE, reported=len(given), expected=len(origins))
    numerator = _whole(share * (part.numerator or 0) for share, part in usable)
    denominator = (
        None if indicator.denominator is None else _whole(share * (part.denominator or 0) for share, part in usable)
    )
    status = Status.OK if len(usable) == len(origins) else Status.PARTIAL
    if indicator.denominator is not None and not denominator:
        status = Status.ZERO_DENOMINATOR
    return Figure(
        cell,
        indicator,
        status,
        FigureSource.ROLLED_UP,
        numerator=numerator,
        denominator=denominator,
        reported=len(usable),
        expected=len(origins),
        as_of=max((part.as_of for _, part in usable if part.as_of is not None), default=None),
        state=min((part.state for _, part in usable), key=_STATES.index),
        estimated=any(share != 1 for share, _ in usable),
    )


def _whole(parts: Iterator[Fraction]) -> int:
    return int(rounded(sum(parts, Fraction(0)), 0))


def _cells(catalogue: Catalogue, question: Question, unit: int, period: Period) -> Iterator[Cell]:
    for indicator in question.indicators:
        for window in question.windows:
            yield Cell(catalogue.key(indicator.code), unit, period, window)


def _in_order(catalogue: Catalogue, question: Question, unit: int) -> Iterator[Cell]:
    for indicator in question.indicators:
        for period in question.periods:
            for window in question.windows:
                yield Cell(catalogue.key(indicator.code), unit, period, window)
