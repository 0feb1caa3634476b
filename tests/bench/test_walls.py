"""Each question is asked with a pass and without, of the same rows on either database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from bench import questions, running, server, walls
from bench.running import Bench, Took
from bench.shape import SMALL
from bench.walls import Beside, Run

from dean06_core.database import Address
from dean06_core.records import records_of, table_of
from dean06_core.testing import places

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def held(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | Address]:
    if not places.is_server():
        yield small
        return
    with places.place(tmp_path_factory.mktemp("walls")) as address:
        server.fill(address, small, tell=lambda _: None)
        yield address


@pytest.fixture
async def bench(held: Path | Address) -> AsyncIterator[Bench]:
    async with running.opened(held, SMALL) as bench:
        yield bench


async def test_each_of_three_callers_is_answered_with_and_without_wall(bench: Bench) -> None:
    asked = {(case.question.name, case.caller.login) for case in bench.cases()}
    three = {"national", "province", "commune"}
    assert asked >= {(f"Q{number}", login) for number in range(1, 6) for login in three}
    for case in bench.cases():
        if case.question.name in {"Q1", "Q2", "Q5"}:
            walled, plain = [await bench.answer(case, walled=walled) for walled in (True, False)]
            assert walled == plain, str(case)
            assert running.count_leaves(walled) == case.leaves, str(case)


async def test_a_wall_takes_tasks_away_from_whoever_has_no_part_in_them(bench: Bench) -> None:
    found = {}
    for case in bench.cases():
        if case.question.name == "Q4":
            walled, plain = [(await bench.answer(case, walled=walled))["tasks"] for walled in (True, False)]
            found[case.caller.login] = walled["totalCount"], plain["totalCount"]
    everybodys = found["national"][1]
    assert found["national"] == (everybodys, everybodys)
    assert {plain for _, plain in found.values()} == {everybodys}
    assert 0 < found["commune"][0] < found["province"][0] < everybodys


async def test_a_run_has_as_many_goes_behind_the_wall_as_without(bench: Bench) -> None:
    [case, *_] = bench.cases()
    processor = await walls.processor_of(bench) or time.perf_counter
    run = await walls.run(bench, case, processor, rounds=2)
    assert run.rows == (6, 6), "one cell, and the five targets of its indicator"
    assert [len(beside.walled) for beside in (run.answered, run.sent)] == [2, 8]
    assert [len(beside.plain) for beside in (run.answered, run.sent)] == [2, 8]
    assert all(took.processor > 0 for took in (*run.answered.walled, *run.answered.plain))


def test_a_ratio_is_of_goes_that_followed_each_other() -> None:
    beside = Beside([Took(9, seconds) for seconds in (2, 30, 6)], [Took(9, seconds) for seconds in (1, 20, 2)])
    assert beside.ratio == 2
    assert beside.spread == (1.75, 2.5)


@pytest.mark.parametrize(
    ("name", "walled", "is_too_dear"),
    [
        pytest.param("Q2", 1.16, True, id="Q2 above the limit"),
        pytest.param("Q2", 1.15, False, id="Q2 at the limit"),
        pytest.param("Q4", 2, False, id="a question that is held to none"),
    ],
)
async def test_one_question_is_held_to_a_limit(bench: Bench, name: str, walled: float, is_too_dear: bool) -> None:
    case = next(case for case in bench.cases() if case.question.name == name)
    beside = Beside([Took(walled, walled)], [Took(1, 1)])
    assert Run(case, (1, 1), beside, beside).is_too_dear is is_too_dear


@pytest.mark.postgresql
async def test_a_server_holds_the_rows_of_the_file(bench: Bench, small: Path) -> None:
    with closing(sqlite3.connect(small)) as file:
        async with bench.database.service_reading() as session:
            for table in map(table_of, records_of("dean06_core")):
                [in_file] = file.execute(f'select count(*) from "{table.name}"').fetchone()
                assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == in_file, table.name


def test_a_commune_asks_about_itself_alone() -> None:
    asked = {question.name: questions.own(question, SMALL, "commune") for question in questions.load()}
    assert asked["Q2"].variables["within"] == asked["Q5"].variables["units"]["codes"][0] == "01001"
    assert (asked["Q2"].leaves, asked["Q5"].leaves) == (182, 6)
