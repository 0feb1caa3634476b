"""Measuring what many records say, behind the wall as core does it, and one pass over the same table beside it.

The pass counts each unit's rows and does nothing else: no figure could be
computed from the records in less.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from bench import records
from bench.running import ROUNDS, Took, listening, median, timing
from bench.shape import TODAY
from dean06_core import DataClass, Indicator, Period, Record, Span
from dean06_core.access import ALL, Right
from dean06_core.database import Database
from dean06_core.records import declared_access, records_of
from dean06_core.units import UnitRow
from dean06_social_insurance.plugin import SECTOR

MONTHS: Final = (6, 24)
_SECONDS_A_CASE: Final = 3.0
"""After so long no further round of a case is begun."""

_RIGHTS: Final = (Right(DataClass.DIRECTORY, ALL, ALL), Right(DataClass.RECORD, frozenset({SECTOR.code}), ALL))


@dataclass(frozen=True, slots=True)
class Case:
    """An indicator of the sector in the latest so many months, each in every window that is kept."""

    indicator: Indicator
    months: int

    @property
    def spans(self) -> list[Span]:
        windows = sorted({self.indicator.stored_window(window) for window in self.indicator.windows})
        return [Span.of(period, window) for period in _latest(self.months) for window in windows]


@dataclass(frozen=True, slots=True)
class Run:
    """What a case took: medians of the rounds. ``rows`` are in the table that was read."""

    case: Case
    rows: int
    figures: int
    statements: int
    computed: Took
    passed: Took


@dataclass(frozen=True, slots=True)
class Bench:
    """An open database with a province's records, and the keys of its units."""

    database: Database
    units: Sequence[int]


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Bench]:
    tables = {**declared_access(records_of("dean06_core")), **SECTOR.table_access}
    database = Database(f"sqlite:///{path}", tables, readers=1)
    try:
        async with database.service_reading() as session:
            units = (await session.scalars(sa.select(UnitRow.key).order_by(UnitRow.key))).all()
        yield Bench(database, units)
    finally:
        await database.close()


def cases() -> list[Case]:
    return [Case(indicator, months) for indicator in SECTOR.indicators for months in MONTHS]


async def run(bench: Bench, case: Case, *, rounds: int = ROUNDS) -> Run:
    """Measure once to see what happens, then in rounds to see how long it takes."""
    resolver, spans = SECTOR.resolvers[case.indicator.code], case.spans
    async with bench.database.reading(_RIGHTS) as session:
        with listening(bench.database) as sent:
            figures = await resolver(session, bench.units, spans)
        one_pass = _pass_over(next(kind for kind in records.KINDS if kind.__tablename__ in sent[0][0]))
        rows = sum(count for _, count in await session.execute(one_pass))
        computed, passed = list[Took](), list[Took]()
        started = time.perf_counter()
        while not computed or (len(computed) < rounds and time.perf_counter() - started < _SECONDS_A_CASE):
            with timing(computed):
                await resolver(session, bench.units, spans)
            with timing(passed):
                (await session.execute(one_pass)).all()
    return Run(case, rows, len(figures), len(sent), median(computed), median(passed))


def _pass_over(kind: type[Record]) -> sa.Select[Any]:
    unit = kind.__table__.c.unit_key
    return sa.select(unit, sa.func.count()).group_by(unit)


def _latest(months: int) -> list[Period]:
    found = [Period.month_of(TODAY).previous()]
    while len(found) < months:
        found.append(found[-1].previous())
    return found[::-1]
