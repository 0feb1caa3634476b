"""Callers share pooled connections, one after the other and mixed; nothing of a pass is left for the next."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import migrating
from dean06_core.access import ALL, Action, DataClass, Right
from dean06_core.database import Address, Database
from dean06_core.documents import LegalDocument
from dean06_core.errors import DatabaseBusy
from dean06_core.observations import Observation
from dean06_core.records import declared_access, records_of
from dean06_core.testing import places
from dean06_core.testing.leaks.core_rows import add_core_rows
from dean06_core.testing.places import Template

pytestmark = pytest.mark.anyio

Step = Callable[[AsyncSession], Awaitable[object]]
Seen = list[tuple[int, str]]

TABLES: Final = declared_access(records_of("dean06_core"))
DIRECTORY: Final = Right(DataClass.DIRECTORY, ALL, ALL)
RECORDS: Final = Right(DataClass.AGGREGATE, frozenset({"health"}), frozenset({2}), Action.RECORD)


@pytest.fixture(scope="module")
def filled() -> Template:
    async def fill(address: Address) -> None:
        database = Database(address, TABLES)
        await migrating.upgrade(database, [migrating.CORE])
        async with database.service() as session:
            await add_core_rows(session)
        await database.close()

    return asyncio.run(places.template(fill))


@pytest.fixture
def address(filled: Template, tmp_path: Path) -> Iterator[Address]:
    with filled.copied(tmp_path) as copied:
        yield copied


@pytest.fixture
async def database(address: Address) -> AsyncIterator[Database]:
    """With two connections for readers."""
    database = Database(address, TABLES, readers=2)
    yield database
    await database.close()


def rights(unit: int, sector: str) -> tuple[Right, ...]:
    return DIRECTORY, Right(DataClass.AGGREGATE, frozenset({sector}), frozenset({unit}))


CALLERS: Final = ((2, "health"), (3, "tax"), (2, "tax"))


async def seen(session: AsyncSession) -> Seen:
    found = await session.execute(select(Observation.unit_key, Observation.sector))
    return sorted((row.unit_key, row.sector) for row in found)


async def nothing(_: AsyncSession) -> None: ...


async def fail(session: AsyncSession) -> None:
    with pytest.raises(DBAPIError):
        await session.execute(text("select none from observation"))
    await session.rollback()


async def commit(session: AsyncSession) -> None:
    await seen(session)
    await session.commit()


async def rollback(session: AsyncSession) -> None:
    await seen(session)
    await session.rollback()


async def pause(session: AsyncSession) -> None:
    await seen(session)
    await asyncio.sleep(0)


STEPS: Final[tuple[Step, ...]] = (nothing, fail, commit, rollback, pause)


@pytest.mark.parametrize("seed", range(3))
async def test_three_callers_on_two_connections_each_see_their_own(database: Database, seed: int) -> None:
    chance = random.Random(seed)

    async def call(caller: tuple[int, str], steps: list[Step]) -> tuple[tuple[int, str], Seen]:
        async with database.reading(rights(*caller)) as session:
            for step in steps:
                await step(session)
            return caller, await seen(session)

    calls = [call(chance.choice(CALLERS), chance.choices(STEPS, k=3)) for _ in range(60)]
    for caller, own in await asyncio.gather(*calls):
        assert own == [caller]


async def test_a_call_that_is_cancelled_leaves_nothing_to_the_next(database: Database) -> None:
    chance = random.Random(0)

    async def read_for_ever() -> None:
        async with database.reading(rights(2, "health")) as session:
            while True:
                await seen(session)

    for _ in range(20):
        call = asyncio.create_task(read_for_ever())
        await asyncio.sleep(chance.random() / 200)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        async with database.reading(rights(3, "tax")) as session:
            assert await seen(session) == [(3, "tax")]


async def test_a_connection_without_a_pass_shows_nothing(database: Database) -> None:
    for caller in CALLERS:
        async with database.reading(rights(*caller)) as session:
            assert await seen(session) == [caller]
    for _ in range(3):
        async with database.readers.connect() as connection:
            assert await connection.scalar(select(sa.func.count()).select_from(Observation)) == 0


async def test_a_session_of_nobody_shows_nothing_behind_one_of_somebody(database: Database) -> None:
    for _ in range(3):
        async with database.reading(rights(2, "health")) as session:
            assert await seen(session) == [(2, "health")]
        async with database.reading(()) as session:
            assert await seen(session) == []


SETTINGS: Final = {
    "the pass for the session": "select set_config('dean06.pass', current_setting('dean06.pass'), false)",
    "no pass for the session": "select set_config('dean06.pass', '', false)",
    "walls that raise": "set row_security = off",
    "another schema first": "set search_path = pg_catalog",
    "no time limit": "set statement_timeout = 0",
    "writing by default": "set session characteristics as transaction read write",
    "a prepared statement": "prepare left as select count(*) from observation",
    "a lock": "select pg_advisory_lock(7)",
    "ears": "listen left",
}
OBJECTS: Final = {
    "a table": "create temp table observation as select 2 as unit_key, 'of the one before' as sector",
    "a view": "create temp view observation as select 2 as unit_key, 'of the one before' as sector",
    "a cursor": "declare left_open cursor with hold for select * from observation",
    "a function": "create function pg_temp.left() returns int language sql as 'select 1'",
}
LEFT: Final = """
select
    (select count(*) from pg_prepared_statements where from_sql),
    (select count(*) from pg_cursors),
    (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
    (select count(*) from pg_listening_channels()),
    current_setting('search_path'),
    current_setting('row_security'),
    current_setting('statement_timeout'),
    current_setting('default_transaction_read_only')
"""


@pytest.mark.postgresql
@pytest.mark.parametrize("left", [pytest.param(sql, id=name) for name, sql in {**SETTINGS, **OBJECTS}.items()])
async def test_what_somebody_leaves_on_a_connection_is_gone_for_the_next(database: Database, left: str) -> None:
    async with database.reading(rights(3, "tax")) as session:
        as_new = (await session.execute(text(LEFT))).one()

    for ending in ("; commit", "; commit; begin"):
        async with database.reading(rights(2, "health")) as session:
            connection = await session.connection()
            for statement in (left, f"commit; begin; {left}"):
                try:
                    await connection.exec_driver_sql(f"{statement}{ending}")
                except DBAPIError:
                    await session.rollback()
        for _ in range(3):
            async with database.reading(rights(3, "tax")) as session:
                assert (await session.execute(text(LEFT))).one() == as_new
                assert await seen(session) == [(3, "tax")]
                await (await session.connection()).exec_driver_sql("commit; begin")
                assert await seen(session) == []


@pytest.mark.postgresql
async def test_the_pass_itself_does_not_outlive_its_transaction(database: Database) -> None:
    async with database.reading(rights(2, "health")) as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"{SETTINGS['the pass for the session']}; commit; begin")

    async with database.readers.connect() as connection:
        kept = await connection.scalar(text("select current_setting('dean06.pass', true)"))
        assert not kept
        assert await connection.scalar(select(sa.func.count()).select_from(Observation)) == 0


async def test_who_writes_does_not_wait_for_those_who_only_read(database: Database) -> None:
    async with AsyncExitStack() as readers, asyncio.timeout(10):
        for _ in range(2):
            await seen(await readers.enter_async_context(database.reading(rights(2, "health"))))
        async with database.writing((*rights(2, "health"), RECORDS)) as session:
            await session.execute(update(Observation).values(comment="Đã xem"))


async def test_who_waits_too_long_for_another_writer_is_told_to_try_again(database: Database, address: Address) -> None:
    other = Database(address, declared_access(records_of("dean06_core")), patience=0.2)
    officer = (*rights(2, "health"), RECORDS)
    async with database.service() as importing:
        await importing.execute(update(Observation).values(comment="Đang nạp"))
        with pytest.raises(DatabaseBusy):
            async with other.writing(officer) as session:
                await session.execute(update(Observation).values(comment="Chen ngang"))
    async with other.writing(officer) as session:
        await session.execute(update(Observation).values(comment="Đến lượt"))
    await other.close()


@pytest.mark.postgresql
async def test_who_signs_in_does_not_wait_for_a_large_import(database: Database) -> None:
    async with database.service() as importing, asyncio.timeout(10):
        await importing.execute(update(Observation).values(comment="Đang nạp"))
        async with database.service(in_turn=False) as session:
            session.add(LegalDocument(label="15/QĐ-UBND", kind="Quyết định"))
