"""A figure stands beside the same cell of an earlier period, and in a rank among other units."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dean06_core import answers, comparing
from dean06_core.answers import Question
from dean06_core.comparing import Against
from dean06_core.figures import Figure, Rank
from dean06_core.indicators import Direction
from dean06_core.observations import Slice
from dean06_core.periods import Period
from dean06_core.sectors import Sector
from tests.core.worlds import JULY, RATE, Place, World, province, stated, world

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("code", "against", "expected"),
    [
        pytest.param("2025-07", Against.PREVIOUS, "2025-06", id="the month before"),
        pytest.param("2025-01", Against.PREVIOUS, "2024-12", id="over the turn of the year"),
        pytest.param("2025-W01", Against.PREVIOUS, "2024-W52", id="the week before"),
        pytest.param("2025-07", Against.SAME_PERIOD_LAST_YEAR, "2024-07", id="the month a year before"),
        pytest.param("2020-W53", Against.SAME_PERIOD_LAST_YEAR, None, id="2019 has no week 53"),
        pytest.param("2024-02-29", Against.SAME_PERIOD_LAST_YEAR, None, id="2023 has no 29 February"),
        pytest.param("2025-07", Against.YEAR_START, "2024-12", id="the last month of the year before"),
        pytest.param("2025-Q3", Against.YEAR_START, "2024-Q4", id="the last quarter of the year before"),
        pytest.param("2025-07", Against.BASELINE, None, id="a starting point that the statement chose"),
        pytest.param("2025-01-01", Against.YEAR_START, "2024-12-31", id="New Year's Eve"),
    ],
)
def test_a_period_is_compared_with(code: str, against: Against, expected: str | None) -> None:
    found = comparing.earlier(Period.parse(code), against)
    assert (None if found is None else found.code) == expected


async def test_each_figure_finds_its_own_cell_in_the_earlier_period(tmp_path: Path) -> None:
    june = Period.parse("2025-06")
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 3, 4), stated(3, 1, 4), stated(2, 1, 2, period=june))
        async with here.seen_by() as session:
            now = await _answer(here, session, [2, 3])
            before = await comparing.before(session, here.directory, here.catalogue, now, Against.PREVIOUS)
        assert [figure.numerator if figure else None for figure in before] == [1, None]
        assert [figure.cell.period for figure in before if figure] == [june, june]


@pytest.mark.parametrize(
    ("direction", "positions"),
    [
        pytest.param(Direction.HIGHER_IS_BETTER, [1, 2, 2, 4], id="higher is better"),
        pytest.param(Direction.LOWER_IS_BETTER, [4, 2, 2, 1], id="lower is better"),
    ],
)
async def test_equal_figures_share_a_position_and_the_next_is_skipped(
    tmp_path: Path, direction: Direction, positions: Sequence[int]
) -> None:
    from dataclasses import replace

    indicator = replace(RATE, direction=direction)
    sector = Sector(code="roads", title="Đường bộ", indicators=(indicator,))
    async with world(tmp_path, province(*(Place(key) for key in range(2, 7))), [sector]) as here:
        await here.add(stated(2, 9, 10), stated(3, 5, 10), stated(4, 50, 100), stated(5, 1, 10))
        async with here.seen_by() as session:
            found = await _answer(here, session, [2, 3, 4, 5, 6])
            ranks = await comparing.ranks(session, here.directory, here.catalogue, found, {2, 3, 4, 5, 6})
        assert ranks == [*(Rank(position, 4) for position in positions), None]


async def test_a_sum_over_a_tier_is_ranked_among_the_sums_over_that_tier(tmp_path: Path) -> None:
    from dean06_core.units import Tier, UnitLevel

    north = Place(2, 1, UnitLevel.PROVINCE, Tier.PROVINCIAL)
    south = Place(3, 1, UnitLevel.PROVINCE, Tier.PROVINCIAL)
    country = [Place(1, None, UnitLevel.COUNTRY, Tier.CENTRAL), north, south, Place(4, 2), Place(5, 3)]
    async with world(tmp_path, country) as here:
        await here.add(stated(2, 1, 10), stated(3, 9, 10), stated(4, 8, 10), stated(5, 2, 10))
        async with here.seen_by() as session:
            found = await _answer(here, session, [2, 3], slice=Slice.TIER)
            ranks = await comparing.ranks(session, here.directory, here.catalogue, found, {2, 3})
        assert [(figure.cell.unit, rank) for figure, rank in zip(found, ranks, strict=True)] == [
            (2, Rank(1, 2)),
            (3, Rank(2, 2)),
        ]


async def test_a_stated_rank_stands_where_nobody_else_can_be_compared(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 5, 10, rank=1, rank_of=34), stated(3, 9, 10))
        async with here.seen_by() as session:
            found = await _answer(here, session, [2])
            alone = await comparing.ranks(session, here.directory, here.catalogue, found, {2})
            compared = await comparing.ranks(session, here.directory, here.catalogue, found, {2, 3})
        assert (alone, compared) == ([Rank(1, 34, is_stated=True)], [Rank(2, 2)])


async def _answer(here: World, session: Any, units: Sequence[int], **question: Any) -> list[Figure]:
    asked = Question(units=units, indicators=here.catalogue.listed(), periods=[JULY], **question)
    return await answers.answer(session, here.directory, here.catalogue, asked)
