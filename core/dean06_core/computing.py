"""Turning a sector's records into computed observations, after its records changed and never while somebody reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from decimal import Decimal

from dean06_core import audit, recording
from dean06_core.access import ALL, DataClass, Right
from dean06_core.audit import Event
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.indicators import Indicator
from dean06_core.measuring import Measurement, Span
from dean06_core.observations import Source
from dean06_core.outcomes import Outcome
from dean06_core.periods import Period
from dean06_core.recording import Recorded
from dean06_core.sectors import Sector
from dean06_core.statements import Statement


async def compute(
    database: Database,
    sector: Sector,
    *,
    units: Collection[int],
    periods: Sequence[Period],
    catalogue: Catalogue,
    directory: Directory,
    now: datetime,
    by: str | None = None,
) -> AsyncIterator[tuple[str, list[Recorded]]]:
    """Measure each indicator that the sector has a resolver for, and record what was measured, one after the other.

    Each is kept when it is told: whoever stops in between begins again, and what
    was measured already is unchanged. The resolvers run as the sector's compute
    principal: behind the wall, with the records of that sector, of all units,
    and nothing else. A unit has no figure of a period at whose end it was not
    there, and what was computed of one that has no records any more is withdrawn.
    Of ``by``, a login or an operator's name, each is recorded in its transaction.
    """
    for code, resolver in sector.resolvers.items():
        async with database.reading(_principal(sector)) as session:
            measured = await resolver(session, units, _spans(catalogue.by_code[code], periods))
        statements = [each for each in map(_statement(code), measured) if _is_there(each, directory)]
        async with database.service() as session:
            recorded = await recording.record_all(
                session, statements, catalogue=catalogue, directory=directory, now=now
            )
            recorded += await recording.withdraw_computed(
                session,
                code,
                units=units,
                periods=periods,
                still={(each.unit, each.period.code, each.window) for each in statements},
                catalogue=catalogue,
                directory=directory,
                now=now,
            )
            if by is not None:
                await audit.record(session, _event(code, recorded, periods, len(units), by, now))
        yield code, recorded


def _event(
    code: str, recorded: Sequence[Recorded], periods: Sequence[Period], units: int, by: str, now: datetime
) -> Event:
    counted = Counter(each.outcome for each in recorded)
    details = {"periods": [period.code for period in periods], "units": units}
    counts = {outcome.value.lower(): counted[outcome] for outcome in Outcome}
    return Event(action="computing.compute", at=now, login=by, subject=code, details={**details, **counts})


def _is_there(statement: Statement, directory: Directory) -> bool:
    last_day = statement.period.last_day
    return directory.unit(statement.unit, last_day).holds(last_day)


def _principal(sector: Sector) -> tuple[Right, ...]:
    own = frozenset({sector.code})
    return Right(DataClass.DIRECTORY, ALL, ALL), Right(DataClass.RECORD, own, ALL)


def _spans(indicator: Indicator, periods: Sequence[Period]) -> list[Span]:
    windows = {indicator.stored_window(window) for window in indicator.windows}
    return [Span.of(period, window) for period in periods for window in sorted(windows)]


def _statement(code: str) -> Callable[[Measurement], Statement]:
    """How a measurement of an indicator is said: by the unit of itself."""
    return lambda measured: Statement(
        indicator=code,
        unit=measured.unit,
        period=Period.parse(measured.period),
        window=measured.window,
        reporter=measured.unit,
        numerator=measured.numerator,
        denominator=measured.denominator,
        parts=tuple((part, Decimal(count)) for part, count in measured.parts),
        as_of=measured.as_of,
        source=Source.COMPUTED,
    )
