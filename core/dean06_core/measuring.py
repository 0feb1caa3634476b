"""How a sector turns its records into measurements: set-based, one statement for many units and many spans of days.

A resolver never runs inside a reader's query. Core runs it when records change
and keeps what it measured as computed observations.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.periods import Period, Window

BEGINNING: Final = date(2000, 1, 1)
"""Before any record of the programme; where a TO_DATE span starts."""


_EVERY: Final = sa.true()


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a figure of a period and window counts: from ``starts`` up to, not including, ``ends``."""

    period: str
    window: Window
    starts: date
    ends: date

    @staticmethod
    def of(period: Period, window: Window) -> Span:
        match window:
            case Window.PERIOD:
                starts = period.starts
            case Window.YEAR_TO_DATE:
                starts = date(period.last_day.year, 1, 1)
            case Window.TO_DATE:
                starts = BEGINNING
        return Span(period.code, window, starts, period.ends)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the records of one unit say for one span: two counts, or one where nothing is divided."""

    unit: int
    period: str
    window: Window
    numerator: int
    denominator: int | None
    as_of: date | None


class Resolver(Protocol):
    """Measure one indicator for all given units (keys) and spans in one statement.

    A unit without a record in a span has no measurement; it is not zero.
    """

    def __call__(
        self, session: AsyncSession, units: Collection[int], spans: Sequence[Span], /
    ) -> Awaitable[Sequence[Measurement]]: ...


def spans_table(spans: Sequence[Span]) -> sa.CTE:
    """The spans as a table to join records with; columns ``period``, ``window``, ``starts``, ``ends``."""
    rows = [(span.period, span.window.value, span.starts, span.ends) for span in spans]
    columns = (
        sa.column("period", sa.Text),
        sa.column("window", sa.Text),
        sa.column("starts", sa.Date),
        sa.column("ends", sa.Date),
    )
    return sa.values(*columns, name="span_values").data(rows).cte("spans")


async def measure(session: AsyncSession, statement: sa.Select[Any]) -> list[Measurement]:
    """Run a resolver's one statement; its columns are unit, period, window, numerator, denominator, as_of."""
    return [
        Measurement(row[0], row[1], Window(row[2]), int(row[3]), None if row[4] is None else int(row[4]), row[5])
        for row in await session.execute(statement)
    ]


def share_of_records(
    on: Any, numerator: sa.ColumnElement[bool], denominator: sa.ColumnElement[bool] = _EVERY
) -> Resolver:
    """A resolver for the commonest rate: of the records of a span, how many are above the line and how many below.

    ``on`` is the column with the day that places a record in a span; its table
    has a ``unit_key``.
    """
    unit = on.class_.unit_key

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = spans_table(spans)
        return await measure(
            session,
            sa.select(
                unit,
                days.c.period,
                days.c.window,
                sa.func.count().filter(numerator),
                sa.func.count().filter(denominator),
                sa.func.max(on),
            )
            .join(days, sa.and_(days.c.starts <= on, on < days.c.ends))
            .where(unit.in_(units))
            .group_by(unit, days.c.period, days.c.window),
        )

    return resolve
