"""What was known at a moment can be shown again: later corrections and later statements do not change it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dean06_core import answers
from dean06_core.answers import Question
from dean06_core.figures import Figure, FigureSource
from dean06_core.observations import DataState, Slice
from dean06_core.recording import record_all
from dean06_core.statements import Statement
from dean06_core.testing import statements
from dean06_core.units import Tier, UnitLevel
from tests.core.worlds import JULY, NOW, PROVINCE, RATE, Place, World, province, world

pytestmark = pytest.mark.anyio


async def state(here: World, at: datetime, *stated: Statement) -> None:
    async with here.database.service() as session:
        await record_all(session, stated, catalogue=here.catalogue, directory=here.directory, now=at)


def said(unit: int, numerator: int, denominator: int = 10, **other: Any) -> Statement:
    values = {"reporter": unit, **other}
    return Statement(
        indicator=RATE.code, unit=unit, period=JULY, numerator=numerator, denominator=denominator, **values
    )


async def ask(here: World, at: datetime | None, *units: int, **question: Any) -> list[Figure]:
    asked = Question(units=units, indicators=[RATE], periods=[JULY], known_at=at)
    async with here.seen_by() as session:
        return await answers.answer(session, here.directory, here.catalogue, replace(asked, **question))


async def test_a_corrected_figure_is_shown_as_it_was_before_the_correction(tmp_path: Path) -> None:
    later = NOW + timedelta(days=1)
    async with world(tmp_path, province(Place(2))) as here:
        await state(here, NOW, said(2, 1))
        await state(here, later, said(2, 3))
        known = [await ask(here, at, 2) for at in (NOW - timedelta(1), NOW, later, None)]
        assert [figures[0].numerator for figures in known] == [None, 1, 3, 3]


async def test_a_sum_is_shown_as_it_was_before_a_unit_reported(tmp_path: Path) -> None:
    later = NOW + timedelta(days=1)
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await state(here, NOW, said(2, 1))
        await state(here, later, said(3, 4))
        then, now = [(await ask(here, at, PROVINCE))[0] for at in (NOW, later)]
        assert (then.numerator, then.reported, now.numerator, now.reported) == (1, 1, 5, 2)
        assert then.source is FigureSource.ROLLED_UP


@pytest.mark.parametrize("seed", range(8))
async def test_what_is_known_now_is_what_the_official_mark_says(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    places = province(
        *(
            Place(key, chance.randrange(1, key), UnitLevel.BRANCH, chance.choice([Tier.PROVINCIAL, Tier.COMMUNE]))
            for key in range(2, 16)
        )
    )
    async with world(tmp_path, places) as here:
        for day in range(5):
            told = {
                (unit, reporter): said(
                    unit, chance.randrange(10), reporter=reporter, state=chance.choice(list(DataState)[:3])
                )
                for unit in range(2, 16)
                for reporter in (unit, PROVINCE)
                if chance.random() < 0.25
            }
            await state(here, NOW + timedelta(days=day), *told.values())
        after = NOW + timedelta(days=9)
        for question in ({}, {"slice": Slice.TIER}):
            assert await ask(here, after, *range(1, 16), **question) == await ask(here, None, *range(1, 16), **question)


async def test_the_past_takes_two_statements_however_many_units(tmp_path: Path) -> None:
    async with world(tmp_path, province(*(Place(key) for key in range(2, 30)))) as here:
        await state(here, NOW, *(said(key, 1) for key in range(2, 30)))
        with statements(here.database) as sent:
            await ask(here, NOW, *range(1, 30))
        assert len(sent) == 2
