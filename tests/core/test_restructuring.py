"""A unit of today answers for the time before it was formed with what its predecessors stated; nothing is moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dean06_core import answers, restructuring
from dean06_core.answers import Question
from dean06_core.errors import BadInput
from dean06_core.figures import Figure, FigureSource, Status
from dean06_core.observations import Slice
from dean06_core.periods import Period
from dean06_core.units import SuccessionKind, UnitSuccession
from tests.core.worlds import JULY, PROVINCE, RATE, Place, World, province, stated, world

pytestmark = pytest.mark.anyio

JUNE = Period.parse("2025-06")
REFORM = date(2025, 7, 1)
NORTH, SOUTH, DIVIDED = (Place(key, valid_to=REFORM) for key in (2, 3, 4))
UNITED, OTHER = (Place(key, valid_from=REFORM) for key in (5, 6))
PLACES = province(NORTH, SOUTH, DIVIDED, UNITED, OTHER)


def took_over(successor: Place, predecessor: Place, kind: SuccessionKind, share: int | None = None) -> UnitSuccession:
    return UnitSuccession(
        predecessor_key=predecessor.key,
        successor_key=successor.key,
        kind=kind,
        effective_on=REFORM,
        share=share,
    )


MERGED = [(UNITED, NORTH, SuccessionKind.MERGE), (UNITED, SOUTH, SuccessionKind.MERGE)]


async def ask(here: World, *units: int, on: date = REFORM, **question: Any) -> list[Figure]:
    asked = Question(units=units, indicators=[RATE], periods=[JUNE])
    async with here.seen_by() as session:
        return await restructuring.answer(
            session, here.directory, here.catalogue, replace(asked, **question), structure=on
        )


async def reform(here: World, *successions: Sequence[Any]) -> None:
    await here.add(*(took_over(*each) for each in successions))
    await here.reload()


async def test_a_merged_unit_adds_what_its_predecessors_stated(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await reform(here, *MERGED)
        await here.add(stated(2, 1, 10, period=JUNE), stated(3, 5, 10, period=JUNE))
        [found] = await ask(here, UNITED.key)
        assert (found.numerator, found.denominator, found.status) == (6, 20, Status.OK)
        assert (found.source, found.estimated, found.reported, found.expected) == (
            FigureSource.ROLLED_UP,
            False,
            2,
            2,
        )


async def test_a_predecessor_that_stated_nothing_makes_the_figure_partial(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await reform(here, *MERGED)
        await here.add(stated(2, 1, 10, period=JUNE))
        [found] = await ask(here, UNITED.key)
        assert (found.numerator, found.status, found.reported, found.expected) == (1, Status.PARTIAL, 1, 2)


async def test_a_stated_share_of_a_divided_unit_is_taken_and_marked(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await reform(
            here, (UNITED, DIVIDED, SuccessionKind.SPLIT, 250_000), (OTHER, DIVIDED, SuccessionKind.SPLIT, 750_000)
        )
        await here.add(stated(4, 40, 100, period=JUNE))
        quarter, rest = await ask(here, UNITED.key, OTHER.key)
        assert [(each.numerator, each.denominator, each.estimated) for each in (quarter, rest)] == [
            (10, 25, True),
            (30, 75, True),
        ]


async def test_a_division_without_a_stated_share_is_left_out(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await reform(here, (UNITED, NORTH, SuccessionKind.MERGE), (UNITED, DIVIDED, SuccessionKind.SPLIT))
        await here.add(stated(2, 1, 10, period=JUNE), stated(4, 40, 100, period=JUNE))
        [found] = await ask(here, UNITED.key)
        assert (found.numerator, found.status, found.estimated) == (1, Status.PARTIAL, False)


async def test_a_unit_that_was_there_answers_as_it_reported(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await reform(here, *MERGED)
        await here.add(stated(2, 1, 10, period=JUNE), stated(3, 5, 10, period=JUNE), stated(5, 9, 10))
        whole, united = await ask(here, PROVINCE, UNITED.key)
        [now] = await ask(here, UNITED.key, periods=[JULY])
        async with here.seen_by() as session:
            asked = Question(units=[PROVINCE], indicators=[RATE], periods=[JUNE])
            [as_reported] = await answers.answer(session, here.directory, here.catalogue, asked)
        assert whole == as_reported
        assert (whole.numerator, united.numerator, now.numerator) == (6, 6, 9)


async def test_nothing_is_known_of_a_unit_without_predecessors(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        [found] = await ask(here, OTHER.key)
        assert found.status is Status.NO_DATA


async def test_sums_by_tier_are_not_mixed_with_another_structure(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        with pytest.raises(BadInput, match="structure"):
            await ask(here, PROVINCE, slice=Slice.TIER)
        assert len(await ask(here, PROVINCE, slice=Slice.UNIT)) == 1
