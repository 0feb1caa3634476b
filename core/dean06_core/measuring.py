"""How a sector turns its records into measurements: set-based, one statement for many units and many spans of days.

A resolver never runs inside a reader's query. Core runs it when records change
and keeps what it measured as computed observations.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from dean06_core.periods import Period, Window
from dean06_core.units import UnitClosure, UnitLevel, UnitVersion

BEGINNING: Final = date(2000, 1, 1)
"""Before any record of the programme; where a TO_DATE span starts."""


_EVERY: Final = sa.true()
_COLUMNS: Final = 6
"""How many columns of a resolver's statement are not parts."""


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

    @staticmethod
    def next_boundary(day: sa.ColumnElement[Any], spans: Sequence[Span]) -> sa.ColumnElement[date | None]:
        """The first day after ``day`` on which one of the spans starts or ends; null if none does, or without a day.

        Where a span starts or ends, ``day < ends`` is ``next_boundary(day) <= ends``.
        No span tells records apart whose days have the same boundaries: counted
        together before the spans are joined, they are few however many there are.
        """
        return _first_after(day, sorted({boundary for span in spans for boundary in (span.starts, span.ends)}))


def _first_after(day: sa.ColumnElement[Any], boundaries: Sequence[date]) -> sa.ColumnElement[date | None]:
    middle = len(boundaries) // 2
    if not middle:
        return sa.case((day < boundaries[0], boundaries[0]))
    earlier, later = boundaries[:middle], boundaries[middle:]
    return sa.case((day < earlier[-1], _first_after(day, earlier)), else_=_first_after(day, later))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the records of one unit say for one span: two counts, or one where nothing is divided.

    ``parts`` are further counts by the codes of the indicator's parts.
    """

    unit: int
    period: str
    window: Window
    numerator: int
    denominator: int | None
    as_of: date | None
    parts: tuple[tuple[str, int], ...] = ()


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
    """Run a resolver's one statement; its columns are unit, period, window, numerator, denominator, as_of.

    Each further column counts a part of the indicator and is labelled with its code.
    """
    found = await session.execute(statement)
    parts = [*found.keys()][_COLUMNS:]
    return [
        Measurement(
            unit,
            period,
            Window(window),
            int(numerator),
            None if denominator is None else int(denominator),
            as_of,
            tuple((part, int(count)) for part, count in zip(parts, counts, strict=True)),
        )
        for unit, period, window, numerator, denominator, as_of, *counts in found
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


def share_of_standing(since: Any, done: Any, until: Any = None, *, of: sa.ColumnElement[bool] = _EVERY) -> Resolver:
    """A resolver for a state: of the records that stand when a span ends, how many had something done by then.

    A record stands from the day ``since`` up to, not including, ``until``, for
    ever without one; ``done`` is null while it is not done. ``of`` narrows the
    records. Where all have fallen there is nothing to divide, which is not
    missing. The newest of the days inside the span is how far the state is
    known. Records that no span tells apart are counted together before the spans
    are looked at, which reads the table once however many there are.
    """
    unit = since.class_.unit_key
    days_of = {"since": since, "until": sa.cast(sa.null(), sa.Date) if until is None else until, "done": done}

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = spans_table(spans)
        ends = days.c.ends
        record = _alike(unit, days_of, spans, unit.in_(units), of).c
        stands = sa.or_(record.until.is_(None), record.until > ends)
        newest: sa.ColumnElement[Any] = record.newest_since
        for boundary, day in ((record.until, record.newest_until), (record.done, record.newest_done)):
            newest = sa.case((sa.and_(boundary <= ends, day > newest), day), else_=newest)
        return await measure(
            session,
            sa.select(
                record.unit_key,
                days.c.period,
                days.c.window,
                sa.func.sum(sa.case((sa.and_(stands, record.done <= ends), record.records), else_=0)),
                sa.func.sum(sa.case((stands, record.records), else_=0)),
                sa.func.max(newest),
            )
            .join(days, record.since <= ends)
            .group_by(record.unit_key, days.c.period, days.c.window),
        )

    return resolve


def _alike(
    unit: Any, days_of: Mapping[str, sa.ColumnElement[Any]], spans: Sequence[Span], *which: sa.ColumnElement[bool]
) -> sa.Subquery:
    """The records of each unit that no span tells apart: how many, the boundary after each day, the newest such day."""
    each = (
        sa.select(
            unit.label("unit_key"),
            *(Span.next_boundary(day, spans).label(name) for name, day in days_of.items()),
            *(day.label(f"newest_{name}") for name, day in days_of.items()),
        )
        .where(*which)
        .subquery()
        .c
    )
    boundaries = [each[name] for name in days_of]
    newest = [sa.func.max(each[f"newest_{name}"]).label(f"newest_{name}") for name in days_of]
    return (
        sa.select(each.unit_key, *boundaries, *newest, sa.func.count().label("records"))
        .group_by(each.unit_key, *boundaries)
        .subquery()
    )


def units_below(units: Collection[int], days: sa.CTE, top: UnitLevel, *levels: UnitLevel) -> sa.CTE:
    """Those of the units that are of level ``top``, each with the units inside it on the last day of a span.

    Of the ``levels`` if given, else of any, itself included. For what is counted
    of units, or measured around those that keep the records. ``days`` is a table
    with ``period``, ``window`` and ``ends``. Columns: above, unit, period, window.
    """
    above, inside = aliased(UnitVersion), aliased(UnitVersion)

    def holds(spell: Any) -> sa.ColumnElement[bool]:
        return sa.and_(spell.valid_from < days.c.ends, sa.or_(spell.valid_to.is_(None), spell.valid_to >= days.c.ends))

    return (
        sa.select(
            UnitClosure.ancestor_key.label("above"),
            UnitClosure.descendant_key.label("unit"),
            days.c.period,
            days.c.window,
        )
        .join(days, holds(UnitClosure))
        .join(above, sa.and_(above.unit_key == UnitClosure.ancestor_key, above.level == top, holds(above)))
        .join(inside, sa.and_(inside.unit_key == UnitClosure.descendant_key, holds(inside)))
        .where(UnitClosure.ancestor_key.in_(units), inside.level.in_(levels) if levels else sa.true())
        .cte("units_below")
    )
