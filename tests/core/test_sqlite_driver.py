"""Statements on a file take one visit to the thread of their connection, and are answered as the driver answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from dean06_core.backends.sqlite_driver import Driver

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

MANY = 2_500
NUMBERS = sa.table("number", sa.column("value", sa.Integer))
LISTED = sa.select(NUMBERS.c.value).order_by(NUMBERS.c.value)


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    """With numbers from 0 on."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'numbers.db'}"
    engine = create_async_engine(url, connect_args={"async_creator_fn": Driver.opening})
    async with engine.connect() as opened:
        await opened.exec_driver_sql("create table number (value integer primary key)")
        await opened.execute(sa.insert(NUMBERS), [{"value": value} for value in range(MANY)])
        await opened.commit()
        yield opened
    await engine.dispose()


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    execute: Any = Driver._execute

    async def noted(self: Driver, work: object, *arguments: object) -> object:
        made.append(getattr(work, "__name__", ""))
        return await execute(self, work, *arguments)

    monkeypatch.setattr(Driver, "_execute", noted)
    return made


async def test_a_statement_with_its_rows_takes_one_visit(connection: AsyncConnection, visits: list[str]) -> None:
    assert (await connection.scalars(LISTED.limit(3))).all() == [0, 1, 2]
    assert visits == ["_run"]


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 2_000, MANY])
async def test_every_row_is_fetched_however_many_there_are(connection: AsyncConnection, count: int) -> None:
    assert (await connection.scalars(LISTED.limit(count))).all() == [*range(count)]
    assert [row.value async for row in await connection.stream(LISTED.limit(count))] == [*range(count)]


async def test_a_stream_is_fetched_in_parts_and_may_be_left_before_its_end(
    connection: AsyncConnection, visits: list[str]
) -> None:
    async with connection.stream(LISTED) as streamed:
        assert await streamed.fetchone() == (0,)
        assert "_fetch" not in visits
        assert await streamed.fetchmany(2) == [(1,), (2,)]
    assert visits[-1] == "close"
    assert await connection.scalar(sa.select(sa.func.count()).select_from(NUMBERS)) == MANY


async def test_it_is_told_how_many_rows_a_statement_changed(connection: AsyncConnection) -> None:
    assert (await connection.execute(sa.delete(NUMBERS).where(NUMBERS.c.value < 7))).rowcount == 7
    again = sa.insert(NUMBERS).values(value=3).returning(NUMBERS.c.value)
    assert (await connection.execute(again)).scalars().all() == [3]


async def test_what_is_wrong_with_a_statement_is_raised_and_the_next_one_is_answered(
    connection: AsyncConnection,
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"):
        await connection.execute(sa.insert(NUMBERS).values(value=1))
    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        await connection.exec_driver_sql("select 1 from nowhere")
    assert (await connection.scalars(LISTED.limit(1))).all() == [0]


async def test_to_roll_back_takes_a_visit_only_where_something_began(
    connection: AsyncConnection, visits: list[str]
) -> None:
    await connection.execute(sa.insert(NUMBERS).values(value=MANY))
    await connection.rollback()
    assert visits == ["_run", "rollback"]
    assert (await connection.scalars(LISTED.where(NUMBERS.c.value == MANY))).all() == []
    await connection.rollback()
    assert visits == ["_run", "rollback", "_run"]


async def test_what_somebody_began_who_was_cancelled_is_rolled_back(connection: AsyncConnection) -> None:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    held = asyncio.create_task(driver.visit(time.sleep, 0.2))
    beginning = asyncio.create_task(driver.cursor().execute("begin immediate"))
    await asyncio.sleep(0)
    beginning.cancel()
    with suppress(asyncio.CancelledError):
        await beginning
    await driver.rollback()
    await held
    assert not driver._conn.in_transaction
