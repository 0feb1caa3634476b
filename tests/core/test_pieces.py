"""A quarter is the sum of its months and a stock its latest state, for a unit and for those below it alike."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dean06_core import answers
from dean06_core.answers import Question
from dean06_core.figures import Figure, FigureSource, Status
from dean06_core.indicators import OverTime, OverUnits
from dean06_core.observations import Observation, Slice
from dean06_core.periods import Period, PeriodType, Window, containing
from dean06_core.sectors import Sector
from dean06_core.testing import statements
from dean06_core.units import Tier, UnitLevel
from tests.core.worlds import JULY, NOW, PROVINCE, RATE, Place, World, province, stated, world

pytestmark = pytest.mark.anyio

Q3 = Period.parse("2025-Q3")
AUGUST, SEPTEMBER = Period.parse("2025-08"), Period.parse("2025-09")
STOCK = replace(RATE, code="roads.lit_rate", over_time=OverTime.LAST)
DISTINCT = replace(RATE, code="roads.distinct_rate", over_units=OverUnits.NONE)
SECTORS = [Sector(code="roads", title="Đường bộ", indicators=(RATE, STOCK, DISTINCT))]


async def ask(here: World, unit: int = PROVINCE, **question: Any) -> Figure:
    asked = replace(Question(units=[unit], indicators=[RATE], periods=[Q3]), **question)
    async with here.seen_by() as session:
        [figure] = await answers.answer(session, here.directory, here.catalogue, asked)
    return figure


def told(figure: Figure) -> tuple[int | None, int | None, Status]:
    return figure.numerator, figure.denominator, figure.status


def lit(unit: int, *parts: int, **other: Any) -> Observation:
    return stated(unit, *parts, indicator=2, **other)


# a flow of one unit


async def test_a_quarter_that_nobody_stated_is_the_sum_of_its_months(tmp_path: Path) -> None:
    async with world(tmp_path, province()) as here:
        await here.add(*(stated(PROVINCE, 1, 2, period=month) for month in (JULY, AUGUST, SEPTEMBER)))
        figure = await ask(here)
        assert told(figure) == (3, 6, Status.OK)
        assert (figure.source, figure.reported, figure.expected) == (FigureSource.ROLLED_UP, 1, 1)


async def test_a_quarter_that_lacks_a_month_is_partial(tmp_path: Path) -> None:
    async with world(tmp_path, province()) as here:
        await here.add(stated(PROVINCE, 1, 2, period=JULY), stated(PROVINCE, 1, 2, period=SEPTEMBER))
        assert told(await ask(here)) == (2, 4, Status.PARTIAL)


async def test_a_stated_quarter_beats_its_months_and_a_stated_month_its_days(tmp_path: Path) -> None:
    days = [Period.parse(f"2025-07-{day:02}") for day in range(1, 32)]
    async with world(tmp_path, province(Place(2))) as here:
        await here.add(
            stated(PROVINCE, 50, 60, period=Q3),
            *(stated(unit, 1, 2, period=month) for unit in (PROVINCE, 2) for month in (JULY, AUGUST, SEPTEMBER)),
            *(stated(2, 1, 1, period=day) for day in days),
        )
        assert told(await ask(here)) == (50, 60, Status.OK)
        assert told(await ask(here, 2)) == (3, 6, Status.OK)


async def test_weeks_are_no_part_of_a_month_but_days_are_of_a_week(tmp_path: Path) -> None:
    february, week = Period.parse("2021-02"), Period.parse("2025-W30")
    async with world(tmp_path, province()) as here:
        await here.add(*(stated(PROVINCE, 1, 2, period=Period.parse(f"2021-W{number:02}")) for number in range(5, 9)))
        await here.add(*(stated(PROVINCE, 1, 2, period=day) for day in week.inside()))
        assert (await ask(here, periods=[february])).status is Status.NO_DATA
        assert told(await ask(here, periods=[week])) == (7, 14, Status.OK)


async def test_a_month_told_only_as_a_percent_is_missing_from_the_sum(tmp_path: Path) -> None:
    async with world(tmp_path, province()) as here:
        await here.add(stated(PROVINCE, value_scaled=50_000_000, period=JULY))
        assert (await ask(here)).status is Status.NOT_AGGREGABLE
        await here.add(stated(PROVINCE, 1, 2, period=AUGUST), stated(PROVINCE, 1, 2, period=SEPTEMBER))
        assert told(await ask(here)) == (2, 4, Status.PARTIAL)


# the units below


async def test_months_of_some_units_and_quarters_of_others_make_the_quarter_of_all(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 5, 10, period=Q3))
        await here.add(*(stated(3, 1, 2, period=month) for month in (JULY, AUGUST, SEPTEMBER)))
        figure = await ask(here)
        assert told(figure) == (8, 16, Status.OK)
        assert (figure.reported, figure.expected) == (2, 2)


async def test_a_month_of_the_unit_itself_takes_the_place_of_that_month_below_it(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(PROVINCE, 90, 100, period=JULY))
        await here.add(*(stated(unit, 1, 2, period=month) for unit in (2, 3) for month in (JULY, AUGUST, SEPTEMBER)))
        assert told(await ask(here)) == (94, 108, Status.OK)


async def test_quarters_of_all_units_below_beat_months_of_the_unit_itself(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2))) as here:
        await here.add(*(stated(PROVINCE, 1, 2, period=month) for month in (JULY, AUGUST, SEPTEMBER)))
        await here.add(stated(2, 30, 40, period=Q3))
        assert told(await ask(here)) == (30, 40, Status.OK)


async def test_a_quarter_below_that_crosses_a_month_of_the_unit_itself_is_left_out(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(PROVINCE, 90, 100, period=JULY), stated(2, 30, 40, period=Q3))
        assert told(await ask(here)) == (90, 100, Status.PARTIAL)
        await here.add(*(stated(PROVINCE, 1, 2, period=month) for month in (AUGUST, SEPTEMBER)))
        assert told(await ask(here)) == (92, 104, Status.OK)


async def test_a_unit_that_lacks_a_month_leaves_the_quarter_of_all_partial(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(*(stated(2, 1, 2, period=month) for month in (JULY, AUGUST, SEPTEMBER)))
        await here.add(*(stated(3, 1, 2, period=month) for month in (JULY, AUGUST)))
        assert told(await ask(here)) == (5, 10, Status.PARTIAL)
        await here.add(stated(3, 0, 0, no_activity=True, period=SEPTEMBER))
        assert told(await ask(here)) == (5, 10, Status.OK)


async def test_the_year_of_a_reorganisation_counts_each_unit_for_the_days_it_was_there(tmp_path: Path) -> None:
    reform = date(2025, 7, 1)
    places = province(Place(2, valid_to=reform), Place(3, valid_to=reform), Place(4, valid_from=reform))
    halves = [Period.parse("2025-H1"), Period.parse("2025-H2")]
    async with world(tmp_path, places, SECTORS) as here:
        await here.add(*(stated(unit, 1, 2, period=halves[unit == 4]) for unit in (2, 3, 4)))
        await here.add(*(lit(unit, 1, 2, period=halves[unit == 4]) for unit in (2, 3, 4)))
        year = [Period.parse("2025")]
        assert told(await ask(here, periods=year)) == (3, 6, Status.OK)
        assert told(await ask(here, periods=year, indicators=[STOCK])) == (1, 2, Status.OK)


async def test_distinct_things_add_up_over_months_of_one_unit_only(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2)), SECTORS) as here:
        await here.add(*(stated(2, 1, 2, indicator=3, period=month) for month in (JULY, AUGUST, SEPTEMBER)))
        assert (await ask(here, indicators=[DISTINCT])).status is Status.NOT_AGGREGABLE
        assert told(await ask(here, 2, indicators=[DISTINCT])) == (3, 6, Status.OK)
        await here.add(stated(PROVINCE, 7, 9, indicator=3, period=JULY))
        assert told(await ask(here, indicators=[DISTINCT])) == (7, 9, Status.PARTIAL)


async def test_the_quarter_of_a_tier_or_group_is_put_together_from_months_as_well(tmp_path: Path) -> None:
    office = Place(2, level=UnitLevel.DEPARTMENT, tier=Tier.PROVINCIAL)
    async with world(tmp_path, province(office, Place(3))) as here:
        months = (JULY, AUGUST, SEPTEMBER)
        await here.add(*(stated(PROVINCE, 10, 20, share="tier:PROVINCIAL", period=month) for month in months))
        await here.add(*(stated(unit, 1, 2, period=month) for unit in (2, 3) for month in months))
        asked = Question(units=[PROVINCE], indicators=[RATE], periods=[Q3], slice=Slice.TIER)
        async with here.seen_by() as session:
            found = await answers.answer(session, here.directory, here.catalogue, asked)
        assert [(each.cell.tier, *told(each)) for each in found] == [
            (Tier.PROVINCIAL, 30, 60, Status.OK),
            (Tier.COMMUNE, 3, 6, Status.OK),
        ]


async def test_a_caller_gets_the_quarter_of_the_units_that_he_sees(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(*(stated(unit, 1, 2, period=month) for unit in (2, 3) for month in (JULY, AUGUST, SEPTEMBER)))
        async with here.seen_by(units=frozenset({PROVINCE, 2})) as session:
            asked = Question(units=[PROVINCE, 2, 3], indicators=[RATE], periods=[Q3])
            found = await answers.answer(session, here.directory, here.catalogue, asked)
        assert [told(each) for each in found] == [
            (3, 6, Status.PARTIAL),
            (3, 6, Status.OK),
            (None, None, Status.NO_DATA),
        ]


# states: stocks, and flows since a beginning


async def test_a_stock_of_a_quarter_is_the_latest_state_inside(tmp_path: Path) -> None:
    async with world(tmp_path, province(), SECTORS) as here:
        await here.add(lit(PROVINCE, 1, 4), lit(PROVINCE, 2, 4, period=Period.parse("2025-W33")))
        figure = await ask(here, indicators=[STOCK])
        assert told(figure) == (2, 4, Status.OK)
        assert (figure.source, figure.as_of) == (FigureSource.REPORTED, date(2025, 8, 17))
        assert (await ask(here, indicators=[STOCK], periods=[Period.parse("2025-Q2")])).status is Status.NO_DATA


async def test_a_stock_told_only_as_a_percent_answers_as_it_was_told(tmp_path: Path) -> None:
    async with world(tmp_path, province(), SECTORS) as here:
        await here.add(lit(PROVINCE, value_scaled=31_000_000, printed="hơn 31%", as_of=date(2025, 7, 25)))
        figure = await ask(here, indicators=[STOCK], windows=[Window.TO_DATE])
        assert (figure.value, figure.printed, figure.as_of) == (Decimal("31.00"), "hơn 31%", date(2025, 7, 25))


async def test_a_stock_of_all_adds_the_latest_state_of_each(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3)), SECTORS) as here:
        await here.add(lit(2, 1, 4), lit(2, 3, 4, period=AUGUST), lit(3, 4, 8))
        assert told(await ask(here, indicators=[STOCK])) == (7, 12, Status.OK)


async def test_a_figure_since_january_is_the_last_one_inside_and_partial_where_that_ends_early(tmp_path: Path) -> None:
    year_to_date: dict[str, Any] = {"window": Window.YEAR_TO_DATE}
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(PROVINCE, 70, 100, **year_to_date), stated(PROVINCE, 1, 2))
        assert told(await ask(here, windows=[Window.YEAR_TO_DATE])) == (70, 100, Status.PARTIAL)
        await here.add(stated(PROVINCE, 90, 120, period=SEPTEMBER, **year_to_date))
        assert told(await ask(here, windows=[Window.YEAR_TO_DATE])) == (90, 120, Status.OK)
        await here.add(stated(3, 1, 2, period=SEPTEMBER, **year_to_date))
        assert told(await ask(here, 3, windows=[Window.YEAR_TO_DATE])) == (1, 2, Status.OK)


# the rule as a whole


PERIODS = [
    Period.parse(code)
    for code in ("2025-Q3", "2025-07", "2025-08", "2025-09", "2025-07-31", "2025-08-01", "2025-W31", "2025-W32")
]


def by_hand(
    places: Sequence[Place], rows: Sequence[Observation], unit: int, tier: Tier | None, kind: Any
) -> tuple[int | None, int | None, Status]:
    """The statements in a cell of the third quarter, each painted on the units and days it stands for."""
    parents = {place.key: place.parent for place in places}

    def line(key: int | None) -> Iterator[int]:
        while key is not None:
            yield key
            key = parents[key]

    def days(row: Observation) -> frozenset[date]:
        first, end = row.period_starts, row.period_ends
        if kind is not Window.PERIOD:
            first, end = Q3.starts, Q3.ends if kind is OverTime.LAST else row.period_ends
        return frozenset(first + timedelta(days=number) for number in range((end - first).days))

    def order(row: Observation) -> tuple[int, int, int]:
        length = (row.period_ends - row.period_starts).days
        return (
            list(line(row.unit_key)).index(unit),
            0 if kind is Window.PERIOD else -row.period_ends.toordinal(),
            -length,
        )

    tiers = {place.key: place.tier for place in places}
    inside = [
        row
        for row in rows
        if unit in line(row.unit_key)
        and Period.parse(row.period).is_within(Q3)
        and (tier is None or (row.unit_key != unit and tiers[row.unit_key] is tier))
        and not (kind is Window.PERIOD and "W" in row.period)
    ]
    expected = sum(
        place.tier is tier if tier else place.parent == unit for place in places if unit in line(place.parent)
    )

    def put_together(candidates: Sequence[Observation]) -> tuple[int | None, int | None, Status]:
        painted: dict[int, set[date]] = defaultdict(set)
        taken: list[Observation] = []
        for row in sorted(candidates, key=order):
            below = [place.key for place in places if row.unit_key in line(place.key)]
            if not any(painted[key] & days(row) for key in below):
                taken.append(row)
                for key in below:
                    painted[key] |= days(row)
        whole = all(
            any(row.unit_key == unit and day in days(row) for row in taken)
            or sum(day in days(row) for row in taken) >= max(expected, 1)
            for day in Q3_DAYS
        )
        if not taken:
            return None, None, Status.NO_DATA
        numerator = sum(row.numerator or 0 for row in taken)
        return numerator, sum(row.denominator or 0 for row in taken), Status.OK if whole else Status.PARTIAL

    of_the_period = put_together([row for row in inside if row.period == Q3.code])
    return of_the_period if of_the_period[2] is Status.OK else put_together(inside)


Q3_DAYS = [period.starts for period in Q3.inside() if period.type is PeriodType.DAY]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kind", [Window.PERIOD, Window.TO_DATE, OverTime.LAST])
async def test_a_figure_is_what_painting_units_and_days_by_hand_gives(tmp_path: Path, seed: int, kind: Any) -> None:
    chance = random.Random(seed)
    tiers = [Tier.PROVINCIAL, Tier.COMMUNE]
    places = province(
        *(
            Place(key, chance.randrange(1, key), UnitLevel.BRANCH, chance.choice(tiers))
            for key in range(2, chance.randrange(3, 9))
        )
    )
    indicator = STOCK if kind is OverTime.LAST else RATE
    window = Window.PERIOD if kind is OverTime.LAST else kind
    frequency = chance.choice([0.1, 0.4, 0.9])
    rows = [
        stated(
            place.key,
            chance.randrange(9),
            chance.randrange(9, 20),
            indicator=1 + (indicator is STOCK),
            period=period,
            window=window,
        )
        for place in places
        for period in PERIODS
        if chance.random() < (0.1 if period == Q3 else frequency)
    ]
    async with world(tmp_path, places, SECTORS) as here:
        await here.add(*rows)
        asked = Question(units=[place.key for place in places], indicators=[indicator], periods=[Q3], windows=[window])
        async with here.seen_by() as session:
            for question in (asked, replace(asked, known_at=NOW), replace(asked, slice=Slice.TIER)):
                for each in await answers.answer(session, here.directory, here.catalogue, question):
                    assert told(each) == by_hand(places, rows, each.cell.unit, each.cell.tier, kind), each.cell


async def test_an_answer_over_time_takes_five_statements_however_many_cells(tmp_path: Path) -> None:
    async with world(tmp_path, province(*(Place(key) for key in range(2, 40))), SECTORS) as here:
        await here.add(*(stated(key, 1, 2, period=month) for key in range(2, 40) for month in (JULY, AUGUST)))
        counts = []
        for units in ([PROVINCE], list(range(1, 40))):
            asked = Question(units=units, indicators=[RATE, STOCK], periods=[Q3, JULY], windows=list(Window))
            async with here.seen_by() as session:
                with statements(here.database) as sent:
                    await answers.answer(session, here.directory, here.catalogue, asked)
            counts.append(len(sent))
        assert counts == [5, 5]


async def test_days_answer_for_a_week_a_month_and_a_year_alike(tmp_path: Path) -> None:
    day = date(2025, 1, 1)
    year = [containing(day + timedelta(days=number), PeriodType.DAY) for number in range(365)]
    async with world(tmp_path, province(Place(2))) as here:
        await here.add(*(stated(2, 1, 2, period=each) for each in year))
        for code, days in (("2025-W30", 7), ("2025-02", 28), ("2025-Q3", 92), ("2025-H1", 181), ("2025", 365)):
            assert told(await ask(here, periods=[Period.parse(code)])) == (days, 2 * days, Status.OK)
