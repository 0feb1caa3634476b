"""What the SDK measures for a sector is what counting row by row gives."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_core.measuring import Measurement, Span, measure, share_of_standing, spans_table, units_below
from dean06_core.observations import DataState, Observation
from dean06_core.periods import Period, Window
from dean06_core.testing import statements
from dean06_core.units import Tier, UnitLevel
from tests.core.worlds import PROVINCE, Place, province, stated, world

pytestmark = pytest.mark.anyio

SPANS = [Span.of(Period.parse(code), window) for code in ("2025-06", "2025-07", "2025") for window in Window]
FIRST = date(2025, 5, 20)


def some_day(chance: random.Random) -> date | None:
    return FIRST + timedelta(days=chance.randrange(80)) if chance.random() < 0.7 else None


def by_hand(rows: list[Observation], unit: int, span: Span) -> Measurement | None:
    """A record stands from ``period_starts`` up to ``period_ends`` and is done on ``as_of``."""
    begun = [row for row in rows if row.unit_key == unit and row.period_starts < span.ends]
    if not begun:
        return None
    standing = [row for row in begun if row.period_ends >= span.ends]
    done = [row for row in standing if row.as_of is not None and row.as_of < span.ends]
    days = [day for row in begun for day in (row.period_starts, row.period_ends, row.as_of) if day and day < span.ends]
    return Measurement(unit, span.period, span.window, len(done), len(standing), max(days))


@pytest.mark.parametrize("seed", range(10))
async def test_a_state_is_judged_at_the_end_of_a_span(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows: list[Observation] = []
    for number in range(60):
        begins = some_day(chance) or FIRST
        ends = some_day(chance) or date(2026, 1, 1)
        other: dict[str, Any] = {"as_of": some_day(chance), "official": False, "state": DataState.DRAFT}
        row = stated(chance.choice([2, 3, 4]), number, 100, **other)
        row.period_starts, row.period_ends = begins, max(begins, ends)
        rows.append(row)
    resolver = share_of_standing(Observation.period_starts, Observation.as_of, Observation.period_ends)
    async with world(tmp_path, province(Place(2), Place(3), Place(4))) as here:
        await here.add(*rows)
        async with here.database.service_reading() as session:
            with statements(here.database) as sent:
                found = await resolver(session, [2, 3], SPANS)
        expected = {by_hand(rows, unit, span) for unit in (2, 3) for span in SPANS} - {None}
        assert (set(found), len(sent)) == (expected, 1)


async def test_only_records_that_are_meant_are_counted_and_without_an_end_they_stand_for_ever(tmp_path: Path) -> None:
    july = Span.of(Period.parse("2025-07"), Window.PERIOD)
    resolver = share_of_standing(Observation.period_starts, Observation.as_of, of=Observation.revision == 1)
    async with world(tmp_path, province(Place(2))) as here:
        done = stated(2, 1, 2, as_of=date(2025, 7, 31), official=False)
        await here.add(done, stated(2, 1, 2, official=False), stated(2, 1, 2, official=False, revision=2))
        async with here.database.service_reading() as session:
            assert await resolver(session, [2], [july]) == [
                Measurement(2, "2025-07", Window.PERIOD, 1, 2, date(2025, 7, 31))
            ]
            assert await resolver(session, [], [july]) == []


@pytest.mark.parametrize(
    ("day", "boundary"),
    [
        pytest.param(date(1987, 3, 1), date(2025, 1, 1), id="before every span"),
        pytest.param(date(2025, 5, 31), date(2025, 6, 1), id="the day before one starts"),
        pytest.param(date(2025, 6, 1), date(2025, 7, 1), id="the day on which one starts"),
        pytest.param(date(2025, 6, 30), date(2025, 7, 1), id="the last day of one"),
        pytest.param(date(2025, 7, 31), date(2025, 8, 1), id="the last day of the last"),
        pytest.param(date(2025, 8, 1), None, id="after all of them"),
        pytest.param(None, None, id="no day"),
    ],
)
async def test_a_day_is_told_by_the_first_start_or_end_of_a_span_after_it(
    tmp_path: Path, day: date | None, boundary: date | None
) -> None:
    july = Period.parse("2025-07")
    spans = [Span.of(july, Window.PERIOD), Span.of(Period.parse("2025-06"), Window.PERIOD)]
    spans.append(Span.of(july, Window.YEAR_TO_DATE))
    async with world(tmp_path, province()) as here, here.database.service_reading() as session:
        found = await session.scalar(sa.select(Span.next_boundary(sa.literal(day, sa.Date), spans)))
    assert found == boundary


async def test_further_columns_of_a_statement_are_parts(tmp_path: Path) -> None:
    first_six: tuple[Any, ...] = (
        sa.literal(2),
        sa.literal("2025-07"),
        sa.literal("PERIOD"),
        sa.literal(3),
        sa.null(),
        sa.null(),
    )
    async with world(tmp_path, province()) as here, here.database.service_reading() as session:
        without = await measure(session, sa.select(*first_six))
        parts = sa.literal(1).label("gravel"), sa.literal(2).label("earth")
        told = await measure(session, sa.select(*first_six, *parts))
    assert without == [Measurement(2, "2025-07", Window.PERIOD, 3, None, None)]
    assert told == [Measurement(2, "2025-07", Window.PERIOD, 3, None, None, (("gravel", 1), ("earth", 2)))]


async def test_units_stand_below_another_while_they_are_there(tmp_path: Path) -> None:
    reform = date(2025, 7, 1)
    places = province(
        Place(2, level=UnitLevel.DISTRICT, tier=Tier.DISTRICT, valid_to=reform),
        Place(3, 2, valid_to=reform),
        Place(4, valid_from=reform),
    )
    spans = [Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07")]
    async with world(tmp_path, places) as here, here.database.service_reading() as session:
        below = units_below([PROVINCE, 2], spans_table(spans), UnitLevel.PROVINCE, UnitLevel.COMMUNE)
        rows = await session.execute(sa.select(below.c.above, below.c.unit, below.c.period).order_by(*below.c))
        assert [tuple(row) for row in rows] == [(1, 3, "2025-06"), (1, 4, "2025-07")]
        any_level = units_below([PROVINCE, 2], spans_table(spans), UnitLevel.DISTRICT)
        rows = await session.execute(sa.select(any_level.c.above, any_level.c.unit, any_level.c.period))
        assert sorted(tuple(row) for row in rows) == [(2, 2, "2025-06"), (2, 3, "2025-06")]
