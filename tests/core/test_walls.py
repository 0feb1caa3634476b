"""A row is there for a reader exactly when one right covers its class, its unit and its sector together.

The rule is written twice: as SQL by the wall, and here in Python over plain rows.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import pytest
from sqlalchemy import text

from dean06_core.access import ALL, Access, All, DataClass, Right, Via
from dean06_core.database import Database
from dean06_core.walls.sqlite import Wall

from .walled import OFFICER, SECRETARIAT, TABLES, make, names, open_database

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
Item = TypeVar("Item")

UNITS: Final = [1, 2, 3, 4]
SECTORS: Final = ["health", "tax", "justice"]


def sees(rights: Sequence[Right], table: str, row: Row, rows: Rows) -> bool:
    """The rule, as §4 of the design states it."""
    access = TABLES[table]
    if access.internal:
        return False
    if access.within is not None:
        column, parent = access.within
        return any(above["id"] == row[column] and sees(rights, parent, above, rows) for above in rows[parent])
    return any(
        right.data_class is access.data_class
        and covers(right.units, units_of(access, row, rows), access.unit is not None, access.unit_optional)
        and covers(right.sectors, sectors_of(access, row, rows), bool(access.sector or access.sector_is), False)
        for right in rights
    )


def covers(granted: frozenset[Any] | All, held: Sequence[object], is_bound: bool, may_be_missing: bool) -> bool:
    if isinstance(granted, All):
        return True
    if not is_bound or (may_be_missing and held == [None]):
        return bool(granted)
    return any(one in granted for one in held)


def units_of(access: Access, row: Row, rows: Rows) -> Sequence[object]:
    return held_by(access.unit, row, rows)


def sectors_of(access: Access, row: Row, rows: Rows) -> Sequence[object]:
    return [access.sector_is] if access.sector_is else held_by(access.sector, row, rows)


def held_by(where: str | Via | None, row: Row, rows: Rows) -> Sequence[object]:
    if isinstance(where, Via):
        return [other[where.column] for other in rows[where.table] if other[where.key] == row["id"]]
    return [row[where]] if where else []


def random_rows(chance: random.Random) -> str:
    """Insert statements for every table; of the ways to point nowhere, each is taken now and then."""

    def one_of(values: Sequence[object]) -> str:
        return repr(chance.choice(values)) if chance.random() < 0.85 else "null"

    statements = [f"insert into unit values ({unit}, 'unit {unit}')" for unit in UNITS]
    for key in range(1, 41):
        unit, sector, above = one_of(UNITS), one_of(SECTORS), one_of(range(1, 45))
        statements += [
            f"insert into visit (id, unit_id, sector, name, amount) values ({key}, {unit}, {sector}, 'v{key}', {key})",
            f"insert into note values ({key}, {above}, 'n{key}')",
            f"insert into remark values ('{key}', {one_of(range(1, 45))}, 'r{key}')",
            f"insert into birth values ({key}, {unit}, 'b{key}')",
            f"insert into goal values ({key}, {one_of([*UNITS, None, None])}, {sector}, 'g{key}')".replace(
                "None", "null"
            ),
            f"insert into job values ({key}, 'j{key}')",
            f"insert into survey values ({key}, {unit}, 's{key}')",
            f"insert into notice values ({key}, {sector}, 'c{key}')",
            f"insert into ledger values ({key}, 'l{key}')",
            f"insert into ledger_line values ({key}, {above}, 'i{key}')",
        ]
        for unit_id in chance.sample(UNITS, chance.randint(0, 2)):
            statements.append(f"insert into job_party values ({key}, {unit_id}, 'p{key}.{unit_id}')")
        for code in chance.sample(SECTORS, chance.randint(0, 2)):
            statements.append(f"insert into job_sector values ({key}, '{code}', 'q{key}.{code}')")
    return "; ".join(statements) + ";"


def random_rights(chance: random.Random) -> tuple[Right, ...]:
    def some(values: Sequence[Item]) -> frozenset[Item] | All:
        return ALL if chance.random() < 0.2 else frozenset(chance.sample(values, chance.randint(0, 2)))

    return tuple(
        Right(chance.choice(list(DataClass)), some(SECTORS), some(UNITS)) for _ in range(chance.choice([0, 1, 2, 3, 6]))
    )


def rows_of(path: Path) -> dict[str, list[Row]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    there = [table for table in TABLES if table != "absent"]
    try:
        return {table: [dict(row) for row in connection.execute(f"select * from {table}")] for table in there}
    finally:
        connection.close()


@pytest.mark.parametrize("seed", range(6))
async def test_the_wall_and_the_rule_agree_on_every_row(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    make(tmp_path / "dean06.db", random_rows(chance))
    rows = rows_of(tmp_path / "dean06.db")
    database = open_database(tmp_path / "dean06.db")
    readers = [random_rights(chance) for _ in range(40)] + [SECRETARIAT]

    open_tables = [table for table in rows if not TABLES[table].internal]
    every_name = text(" union all ".join(f"select '{table}', name from {table}" for table in open_tables))
    every_count = text(" union all ".join(f"select '{table}', count(*) from {table}" for table in open_tables))

    seen_by_someone: set[str] = set()
    for rights in readers:
        expected = [(table, row["name"]) for table in rows for row in rows[table] if sees(rights, table, row, rows)]
        counted = Counter(table for table, _ in expected)
        async with database.reading(rights) as session:
            found = [tuple(row) for row in await session.execute(every_name)]
            assert sorted(found) == sorted(expected), rights
            counts = {tuple(row) for row in await session.execute(every_count)}
            assert counts == {(table, counted[table]) for table in open_tables}, rights
        seen_by_someone |= counted.keys()
    await database.close()

    assert seen_by_someone == {table for table in open_tables if table != "ledger_line"}


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        pytest.param([(("health",), (1,))], ["own one", "own two"], id="health in A"),
        pytest.param([(("tax",), (2,))], [], id="tax in B"),
        pytest.param([(("health",), (1,)), (("tax",), (2,))], ["own one", "own two"], id="health in A and tax in B"),
        pytest.param(
            [(("health",), (2,)), (("tax",), (1,))], ["foreign unit", "foreign sector"], id="the other way round"
        ),
        pytest.param([((), (1,))], [], id="no sector in A"),
        pytest.param([(("health",), ())], [], id="health in no unit"),
    ],
)
async def test_health_in_one_unit_and_tax_in_another_never_cross(
    database: Database, rights: list[tuple[tuple[str, ...], tuple[int, ...]]], expected: list[str]
) -> None:
    held = tuple(Right(DataClass.RECORD, frozenset(sectors), frozenset(units)) for sectors, units in rights)

    async with database.reading(held) as session:
        assert await names(session) == expected


async def test_without_rights_there_is_nothing(database: Database) -> None:
    async with database.reading(()) as session:
        assert [await names(session, table) for table in ("unit", "visit", "note", "remark")] == [[], [], [], []]


async def test_a_row_of_no_sector_is_for_those_who_see_every_sector(database: Database) -> None:
    in_every_sector = (Right(DataClass.RECORD, ALL, frozenset({1})),)
    in_each_sector = (Right(DataClass.RECORD, frozenset({"health", "tax"}), frozenset({1})),)

    async with database.reading(in_every_sector) as session:
        assert len(await names(session)) == 4
    async with database.reading(in_each_sector) as session:
        assert len(await names(session)) == 3


async def test_a_table_that_is_all_key_is_walled_too(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "dean06.db")
    connection.executescript(
        "create table pair (a integer, b integer, primary key (a, b)); insert into pair values (1, 1), (1, 2);"
    )
    connection.close()
    database = Database(f"sqlite:///{tmp_path / 'dean06.db'}", {"pair": Access(DataClass.RECORD, unit="b")})

    async with database.reading((Right(DataClass.RECORD, ALL, frozenset({1})),)) as session:
        assert list(await session.scalars(text("select b from pair"))) == [1]
        assert await session.scalar(text("select count(*) from pair")) == 1
    await database.close()


async def test_interleaved_readings_never_see_each_others_rows(tmp_path: Path) -> None:
    make(tmp_path / "dean06.db")
    database = open_database(tmp_path / "dean06.db", readers=2)
    tax = (Right(DataClass.RECORD, frozenset({"tax"}), frozenset({1})),)
    callers: Sequence[tuple[tuple[Right, ...], list[str]]] = (
        (OFFICER, ["own one", "own two"]),
        (tax, ["foreign sector"]),
        ((), []),
    )

    async def read(number: int) -> None:
        rights, expected = callers[number % 3]
        async with database.reading(rights) as session:
            for _ in range(3):
                assert await names(session) == expected
                await asyncio.sleep(number % 5 / 2000)

    await asyncio.gather(*(read(number) for number in range(60)))
    await database.close()


async def test_readings_within_each_other_keep_their_rights(database: Database) -> None:
    async with database.reading(SECRETARIAT) as outer:
        assert len(await names(outer)) == 5
        async with database.reading(OFFICER) as inner:
            assert len(await names(inner)) == 2
        assert len(await names(outer)) == 5


async def test_a_connection_without_a_pass_sees_nothing(database: Database) -> None:
    async with database.reading(SECRETARIAT) as session:
        assert len(await names(session)) == 5

    assert await seen_without_a_pass(database) == [0, 0]


async def test_nothing_is_left_behind_when_a_reading_fails(database: Database) -> None:
    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            await fail(database)

        assert await seen_without_a_pass(database) == [0, 0]


async def test_nothing_is_left_behind_when_a_pass_cannot_be_given(database: Database) -> None:
    too_large = (*SECRETARIAT, Right(DataClass.RECORD, ALL, frozenset({2**63})))

    with pytest.raises(OverflowError):
        async with database.reading(too_large):
            pass

    assert await seen_without_a_pass(database) == [0, 0]


@pytest.mark.parametrize("moment", range(0, 90, 3))
async def test_nothing_is_left_behind_when_a_reading_is_cancelled(database: Database, moment: int) -> None:
    task = asyncio.create_task(read_for_long(database))
    for _ in range(moment):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await seen_without_a_pass(database) == [0, 0]


@pytest.mark.parametrize("moment", range(0, 90, 3))
async def test_nothing_is_left_behind_when_the_request_around_a_reading_is_cancelled(
    database: Database, moment: int
) -> None:
    """A cancelled scope, unlike a cancelled task, cancels whatever the task awaits to clean up."""
    async with anyio.create_task_group() as request:
        request.start_soon(read_for_long, database)
        for _ in range(moment):
            await asyncio.sleep(0)
        request.cancel_scope.cancel()

    assert await seen_without_a_pass(database) == [0, 0]


async def test_every_connection_has_its_own_secret() -> None:
    assert len({Wall(TABLES)._secret for _ in range(100)}) == 100


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Two readers; whatever became of their readings, not a thread of theirs outlives them."""
    others = set(threading.enumerate())
    make(tmp_path / "dean06.db")
    database = open_database(tmp_path / "dean06.db", readers=2)
    yield database
    await database.close()
    for thread in set(threading.enumerate()) - others:
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()


async def fail(database: Database) -> None:
    async with database.reading(SECRETARIAT) as session:
        await names(session)
        raise ZeroDivisionError


async def read_for_long(database: Database) -> None:
    async with database.reading(SECRETARIAT) as session:
        await names(session)
        await session.execute(
            text("with recursive n (i) as (select 1 union all select i + 1 from n where i < 9000) select max(i) from n")
        )
        await names(session)


async def seen_without_a_pass(database: Database) -> list[int]:
    """How many units and visits each of the two connections shows to one that was not admitted."""
    async with asyncio.timeout(10), database.readers.connect() as one, database.readers.connect() as other:
        return [len((await connection.exec_driver_sql(QUESTION)).all()) for connection in (one, other)]


QUESTION: Final = "select name from unit union all select name from visit"
