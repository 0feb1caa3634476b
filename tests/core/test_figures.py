"""A unit's own official statement answers for it; without one, the topmost statements below it are added."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dean06_core import answers
from dean06_core.answers import Question
from dean06_core.errors import BadInput
from dean06_core.figures import Figure, FigureSource, Status, rounded
from dean06_core.indicators import OverTime, OverUnits
from dean06_core.observations import DataState, Slice
from dean06_core.periods import Period, PeriodType, Window, containing
from dean06_core.sectors import Sector
from dean06_core.testing import statements
from dean06_core.units import Tier, UnitLevel
from tests.core.worlds import JULY, PROVINCE, RATE, Place, World, province, stated, world

pytestmark = pytest.mark.anyio


async def ask(here: World, *units: int, **question: Any) -> list[Figure]:
    asked = Question(units=units, indicators=[RATE], periods=[JULY])
    async with here.seen_by() as session:
        return await answers.answer(session, here.directory, here.catalogue, replace(asked, **question))


async def test_a_unit_answers_with_its_own_statement(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2))) as here:
        await here.add(stated(PROVINCE, 99, 100), stated(2, 1, 2))
        [answer] = await ask(here, PROVINCE)
        assert (answer.value, answer.source, answer.status) == (Decimal("99.00"), FigureSource.REPORTED, Status.OK)


async def test_a_parent_without_a_statement_answers_with_the_sum_of_its_children(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 1, 2), stated(3, 3, 4))
        [answer] = await ask(here, PROVINCE)
        assert (answer.numerator, answer.denominator, answer.value) == (4, 6, Decimal("66.67"))
        assert (answer.source, answer.status, answer.reported, answer.expected) == (
            FigureSource.ROLLED_UP,
            Status.OK,
            2,
            2,
        )


async def test_a_sum_that_misses_a_child_is_partial(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 1, 2))
        [answer] = await ask(here, PROVINCE)
        assert (answer.status, answer.reported, answer.expected) == (Status.PARTIAL, 1, 2)


async def test_bare_percents_below_a_unit_cannot_be_added(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, value_scaled=50_000_000), stated(3, value_scaled=70_000_000))
        [answer] = await ask(here, PROVINCE)
        assert (answer.status, answer.value, answer.source) == (Status.NOT_AGGREGABLE, None, None)
        assert answer.reported == 2


async def test_distinct_counts_are_not_added(tmp_path: Path) -> None:
    adults = replace(RATE, code="roads.distinct_rate", over_units=OverUnits.NONE)
    sector = Sector(code="roads", title="Đường bộ", indicators=(adults,))
    async with world(tmp_path, province(Place(2)), [sector]) as here:
        await here.add(stated(2, 1, 2))
        [answer] = await ask(here, PROVINCE, indicators=[adults])
        assert answer.status is Status.NOT_AGGREGABLE


async def test_a_cell_that_nobody_stated_is_answered_as_no_data(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2))) as here:
        answers = await ask(here, PROVINCE, 2)
        assert [answer.status for answer in answers] == [Status.NO_DATA, Status.NO_DATA]


async def test_nothing_divided_by_nothing_is_no_activity_and_not_nought_percent(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2))) as here:
        await here.add(stated(2, 0, 0))
        [answer] = await ask(here, 2)
        assert (answer.status, answer.value) == (Status.ZERO_DENOMINATOR, None)


async def test_month_and_to_date_are_two_cells_of_a_flow(tmp_path: Path) -> None:
    async with world(tmp_path, province()) as here:
        await here.add(stated(PROVINCE, 1_089, 1_225), stated(PROVINCE, 20_505, 26_337, window=Window.TO_DATE))
        month, to_date = await ask(here, PROVINCE, windows=[Window.PERIOD, Window.TO_DATE])
        assert (month.value, to_date.value) == (Decimal("88.90"), Decimal("77.86"))


async def test_every_window_of_a_stock_is_its_latest_state(tmp_path: Path) -> None:
    stock = replace(RATE, over_time=OverTime.LAST)
    async with world(tmp_path, province(), [Sector(code="roads", title="Đường bộ", indicators=(stock,))]) as here:
        await here.add(stated(PROVINCE, 1, 4))
        answers = await ask(here, PROVINCE, indicators=[stock], windows=list(Window))
        assert [answer.value for answer in answers] == [Decimal("25.00")] * 3


async def test_the_sum_by_tier_is_apart_from_the_unit_around_it(tmp_path: Path) -> None:
    office = Place(2, level=UnitLevel.DEPARTMENT, tier=Tier.PROVINCIAL)
    async with world(tmp_path, province(office, Place(3), Place(4))) as here:
        await here.add(
            stated(PROVINCE, 11_670, 11_736),
            stated(PROVINCE, 7_094, 7_128, share="tier:PROVINCIAL"),
            stated(3, 1, 2),
            stated(4, 3, 4),
        )
        answers = await ask(here, PROVINCE, slice=Slice.TIER)
        assert [(answer.cell.tier, answer.numerator, answer.source) for answer in answers] == [
            (Tier.PROVINCIAL, 7_094, FigureSource.REPORTED),
            (Tier.COMMUNE, 4, FigureSource.ROLLED_UP),
        ]


async def test_a_sum_follows_the_parents_of_the_periods_last_day(tmp_path: Path) -> None:
    moved = date(2025, 7, 1)
    before = Place(3, 2, valid_to=moved)
    async with world(
        tmp_path, province(Place(2, level=UnitLevel.DISTRICT), before, Place(4, valid_from=moved))
    ) as here:
        june = Period.parse("2025-06")
        await here.add(stated(3, 1, 2, period=june), stated(4, 3, 4))
        [in_june] = await ask(here, 2, periods=[june])
        [in_july] = await ask(here, PROVINCE)
        assert (in_june.numerator, in_july.numerator) == (1, 3)


@pytest.mark.parametrize(
    ("at_least", "numerator"),
    [
        pytest.param(DataState.DRAFT, 4, id="drafts count"),
        pytest.param(DataState.CLOSED, 3, id="drafts do not count"),
    ],
)
async def test_a_sum_counts_only_figures_of_the_state_asked_for(
    tmp_path: Path, at_least: DataState, numerator: int
) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 1, 2), stated(3, 3, 4, state=DataState.ACCEPTED))
        [answer] = await ask(here, PROVINCE, at_least=at_least)
        assert answer.numerator == numerator


async def test_a_caller_who_sees_part_of_the_units_gets_the_sum_of_that_part(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 1, 2), stated(3, 3, 4))
        async with here.seen_by(units=frozenset({PROVINCE, 2})) as session:
            question = Question(units=[PROVINCE, 2, 3], indicators=[RATE], periods=[JULY])
            whole, seen, foreign = await answers.answer(session, here.directory, here.catalogue, question)
        assert (whole.numerator, whole.status, seen.numerator, foreign.status) == (1, Status.PARTIAL, 1, Status.NO_DATA)


@pytest.mark.parametrize("seed", range(12))
async def test_a_sum_equals_a_walk_over_the_tree(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    tiers = [Tier.PROVINCIAL, Tier.COMMUNE]
    places = province(
        *(
            Place(key, chance.randrange(1, key), UnitLevel.BRANCH, chance.choice(tiers))
            for key in range(2, chance.randrange(3, 25))
        )
    )
    own = {
        place.key: (chance.randrange(9), chance.randrange(9, 20)) if chance.random() < 0.8 else None
        for place in places[1:]
        if chance.random() < 0.5
    }

    def topmost(key: int, tier: Tier | None) -> list[tuple[int, int] | None]:
        """What was stated nearest below a unit, by units of the tier."""
        found = []
        for child in places:
            if child.parent == key:
                counts = child.key in own and tier in (None, child.tier)
                found.extend([own[child.key]] if counts else topmost(child.key, tier))
        return found

    async with world(tmp_path, places) as here:
        await here.add(
            *(stated(key, *parts) if parts else stated(key, value_scaled=50_000_000) for key, parts in own.items())
        )
        answers = await ask(here, *(place.key for place in places))
        by_tier = await ask(here, PROVINCE, slice=Slice.TIER)
    for answer in [answer for answer in answers if answer.cell.unit not in own] + by_tier:
        expected = topmost(answer.cell.unit, answer.cell.tier)
        with_parts = [parts for parts in expected if parts]
        assert answer.reported == (len(with_parts) if with_parts else len(expected))
        if with_parts:
            assert answer.numerator == sum(parts[0] for parts in with_parts)
            assert answer.denominator == sum(parts[1] for parts in with_parts)
        else:
            assert answer.value is None


async def test_an_answer_takes_three_statements_however_many_cells(tmp_path: Path) -> None:
    async with world(tmp_path, province(*(Place(key) for key in range(2, 40)))) as here:
        await here.add(*(stated(key, 1, 2) for key in range(2, 40)))
        counts = []
        for units in ([PROVINCE], list(range(1, 40))):
            with statements(here.database) as sent:
                await ask(here, *units)
            counts.append(len(sent))
        assert counts == [3, 3]


async def test_more_than_twenty_thousand_cells_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    days = [containing(date(2001, 1, 1) + timedelta(days=number), PeriodType.DAY) for number in range(20_001)]
    async with world(tmp_path, province()) as here:
        with statements(here.database) as sent, pytest.raises(BadInput, match=r"20\.001 ô") as refused:
            await ask(here, PROVINCE, periods=days)
        assert (refused.value.code, sent) == ("TOO_MANY_CELLS", [])
        assert len(await ask(here, PROVINCE, periods=days[:-1])) == 20_000


@pytest.mark.parametrize(
    ("exact", "decimals", "written"),
    [
        pytest.param(Fraction(1, 200), 2, "0.01", id="half goes up"),
        pytest.param(Fraction(-1, 200), 2, "-0.01", id="half goes away from zero"),
        pytest.param(Fraction(2_050_500, 26_337), 2, "77.86", id="criminal records to date"),
        pytest.param(Fraction(2, 3), 0, "1", id="no decimals"),
        pytest.param(Fraction(10**20 + 1, 3), 3, "33333333333333333333.667", id="longer than a float"),
    ],
)
def test_a_value_is_rounded_half_up(exact: Fraction, decimals: int, written: str) -> None:
    assert str(rounded(exact, decimals)) == written
