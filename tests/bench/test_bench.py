"""The benchmark asks what it says it asks, of a database that core reads as its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from bench import generating, questions, running
from bench.questions import Question
from bench.running import Bench
from bench.shape import FULL, SMALL, Scale

from dean06_core.observations import Observation

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

TINY = Scale("tiny", provinces=2, departments=1, communes=3, facilities=1, tasks=20, weeks=4)
QUESTIONS = questions.load()


@pytest.fixture
def connection(small: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(small)) as connection:
        yield connection


def test_the_same_seed_makes_the_same_database(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.db", "same.db", "other.db")]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        generating.generate(path, TINY, seed=seed, tell=lambda _: None)
    one, same, other = (generating.checksum(path) for path in paths)
    assert one == same != other


def test_a_database_of_another_scale_or_seed_is_not_taken_for_it(small: Path) -> None:
    other = f"{small} was made for another scale, other contents or other tables."
    assert generating.fault(small, SMALL) is None
    assert generating.fault(small, replace(SMALL, tasks=SMALL.tasks + 1)) == other
    assert generating.fault(small, SMALL, seed=1) == other


def test_a_database_of_an_older_or_newer_release_is_not_measured(tmp_path: Path) -> None:
    path = tmp_path / "bench.db"
    assert generating.fault(path, TINY) == f"{path} is not there."
    generating.generate(path, TINY, tell=lambda _: None)
    assert generating.fault(path, TINY) is None
    with closing(sqlite3.connect(path)) as connection, connection:
        [newest] = connection.execute("select version_num from alembic_version_core").fetchone()
        connection.execute("update alembic_version_core set version_num = 'core_0001'")
    assert generating.fault(path, TINY) == (
        f"{path} is at revision core_0001 of core's tables, and here the newest is {newest}."
    )


def test_a_database_of_tables_that_were_declared_otherwise_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bench.db"
    generating.generate(path, TINY, tell=lambda _: None)
    monkeypatch.setattr(generating, "_FILLED", (Observation,))
    assert generating.fault(path, TINY) == f"{path} was made for another scale, other contents or other tables."


def test_what_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generating.generate(tmp_path / "bench.db", TINY, tell=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_full_scale_is_what_the_issue_asks_for() -> None:
    assert (FULL.units, FULL.indicators, FULL.targets) == (3_503, 100, 500)
    assert (FULL.observations, FULL.tasks, FULL.parties) == (3_748_836, 20_000, 60_000)


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        pytest.param("unit", SMALL.units, id="units"),
        pytest.param("indicator", SMALL.indicators, id="indicators"),
        pytest.param("target", SMALL.targets, id="targets"),
        pytest.param("observation", SMALL.observations, id="observations"),
        pytest.param("task", SMALL.tasks, id="tasks"),
        pytest.param("task_party", SMALL.parties, id="parties"),
    ],
)
def test_the_small_scale_has_what_it_promises(connection: sqlite3.Connection, table: str, rows: int) -> None:
    assert connection.execute(f"select count(*) from {table}").fetchone() == (rows,)


def test_a_database_is_sound(connection: sqlite3.Connection) -> None:
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert connection.execute("pragma foreign_key_check").fetchall() == []


async def test_provinces_are_ranked_by_what_all_their_units_add_up_to(
    bench: Bench, connection: sqlite3.Connection
) -> None:
    summed = connection.execute(
        "select code, sum(numerator), sum(denominator) from observation "
        "join unit_closure on descendant_key = observation.unit_key and depth = 1 "
        "join unit_code on unit_code.unit_key = ancestor_key "
        "where indicator_key = 40 and period = '2025-W26' group by code"
    ).fetchall()
    best_first = sorted(summed, key=lambda row: -Fraction(row[1], row[2]))
    case = next(case for case in bench.cases() if str(case) == "Q5 as national")
    answered = (await bench.answer(case))["observations"]
    assert sorted(
        (each["rank"]["position"], each["unit"]["code"], int(each["numerator"]), int(each["denominator"]))
        for each in answered
    ) == [(place, *row) for place, row in enumerate(best_first, start=1)]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_first_line_states_the_leaf_fields_at_full_scale(question: Question) -> None:
    assert question.leaves == questions.whole(question, FULL).leaves


async def test_each_question_is_answered_with_its_leaf_fields(bench: Bench) -> None:
    for case in bench.cases():
        leaves = running.count_leaves(await bench.answer(case))
        assert case.leaves in (None, leaves), str(case)


async def test_a_longer_answer_takes_no_more_statements(bench: Bench) -> None:
    for cases in bench.growing():
        statements: list[int] = []
        for case in cases:
            with running.listening(bench.database) as sent:
                assert running.count_leaves(await bench.answer(case)) == case.leaves, str(case)
            statements.append(len(sent))
        assert len({*statements}) == 1, str(cases[0])
        assert cases[0].size.leaves < cases[-1].size.leaves


async def test_a_run_says_what_was_asked_of_the_database(bench: Bench) -> None:
    [case, *_] = bench.cases()
    run = await running.run(bench, case, rounds=1)
    assert (run.leaves, run.statements, run.rows) == (4, 2, 6), "one cell, and the five targets of its indicator"
