"""A service writes everything or nothing; a reader reads one moment of the province and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.access import ALL, DIRECTORY, DataClass, Right
from dean06_core.backends.sqlite import sqlite_path
from dean06_core.database import Database
from dean06_core.errors import StartUpError
from dean06_core.walls.sqlite import StatementRefused

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

EVERYTHING = (Right(DataClass.DIRECTORY, ALL, ALL),)
TABLES = {"wall_test_commune": DIRECTORY, "wall_test_hamlet": DIRECTORY}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await opened(tmp_path / "dean06.db")
    yield database
    await database.close()


async def opened(path: Path) -> Database:
    database = Database(f"sqlite:///{quote(str(path))}", TABLES, readers=2)
    async with database.service() as session:
        for table in (
            "wall_test_commune (id integer primary key, name text not null)",
            "wall_test_hamlet (id integer primary key, commune references wall_test_commune, name text)",
        ):
            await session.execute(text(f"create table {table}"))
        await add(session, 1, "Vũng Áng")
    return database


async def add(session: AsyncSession, commune: int, name: str | None) -> None:
    await session.execute(text("insert into wall_test_commune values (:id, :name)"), {"id": commune, "name": name})


async def names(session: AsyncSession) -> list[str]:
    return list(await session.scalars(text("select name from wall_test_commune order by id")))


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite:////srv/dean06.db", id="no driver"),
        pytest.param("sqlite+aiosqlite:////srv/dean06.db", id="the driver that is used"),
        pytest.param("sqlite+pysqlite:////srv/dean06.db", id="another driver"),
        pytest.param("sqlite:////srv/var/../dean06.db", id="a way around"),
    ],
)
async def test_a_url_names_a_file_whatever_its_driver(url: str) -> None:
    assert sqlite_path(sa.make_url(url)) == Path("/srv/dean06.db")


async def test_a_file_is_named_from_where_the_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert sqlite_path(sa.make_url("sqlite:///var/dean06.db")) == tmp_path / "var" / "dean06.db"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("sqlite://", "sqlite://", id="memory"),
        pytest.param("sqlite:///:memory:", "sqlite:///%3Amemory%3A", id="memory by its name"),
        pytest.param("sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///%3Amemory%3A", id="memory with a driver"),
    ],
)
async def test_a_url_that_names_no_file_stops_start_up(url: str, shown: str) -> None:
    with pytest.raises(StartUpError) as stopped:
        Database(url, {})

    assert str(stopped.value) == (
        f"The database URL '{shown}' cannot be used: it has to name a file, as sqlite:///var/dean06.db does."
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("mysql://localhost/dean06", "mysql://localhost/dean06", id="another database"),
        pytest.param("mysql://a:secret@db/x", "mysql://a:***@db/x", id="a password, which is not shown"),
    ],
)
async def test_a_url_of_another_kind_of_database_stops_start_up(url: str, shown: str) -> None:
    with pytest.raises(StartUpError) as stopped:
        Database(url, {})

    assert str(stopped.value) == (
        f"The database URL '{shown}' cannot be used: it has to name a file, as sqlite:///var/dean06.db does, "
        "or a server, as postgresql://dean06_services@localhost/dean06 does."
    )


@pytest.mark.parametrize("url", [pytest.param("", id="nothing"), pytest.param("var/dean06.db", id="a bare path")])
async def test_what_is_no_url_stops_start_up(url: str) -> None:
    with pytest.raises(StartUpError) as stopped:
        Database(url, {})

    assert str(stopped.value) == (
        "The database URL cannot be read: it has to name a file, as sqlite:///var/dean06.db does, "
        "or a server, as postgresql://dean06_services@localhost/dean06 does."
    )


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param("Đề án 06", id="Vietnamese and blanks"),
        pytest.param("100%20", id="a per cent sign"),
        pytest.param("a#b", id="a number sign"),
        pytest.param("what?mode=rwc", id="a question mark"),
        pytest.param("not/there/yet", id="folders to be made"),
    ],
)
async def test_whatever_its_folder_is_called_both_ways_open_one_file(tmp_path: Path, folder: str) -> None:
    database = await opened(tmp_path / folder / "dean06.db")
    async with database.reading(EVERYTHING) as session:
        read = await names(session)
    await database.close()

    assert read == ["Vũng Áng"]
    assert (tmp_path / folder / "dean06.db").exists()


async def test_nothing_is_opened_before_it_is_used(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'dean06.db'}", TABLES)
    await database.close()

    assert not (tmp_path / "dean06.db").exists()


async def test_a_service_commits_when_its_block_ends_well(database: Database) -> None:
    async with database.service() as session:
        await add(session, 2, "Thạch Hà")

    async with database.reading(EVERYTHING) as session:
        assert await names(session) == ["Vũng Áng", "Thạch Hà"]


async def test_a_service_leaves_nothing_behind_when_its_block_fails(database: Database) -> None:
    async def add_two() -> None:
        async with database.service() as session:
            await add(session, 2, "Thạch Hà")
            await add(session, 3, None)

    with pytest.raises(IntegrityError, match="NOT NULL"):
        await add_two()

    async with database.service() as session:
        assert await names(session) == ["Vũng Áng"]


async def test_a_service_leaves_no_half_made_table_behind(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.service() as session:
            await session.execute(text("create table wall_test_half (id int)"))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await fail_half_way()

    async with database.service() as session:
        assert await session.scalar(text("select count(*) from sqlite_master where name = 'wall_test_half'")) == 0


async def test_a_service_keeps_what_refers_to_each_other_together(database: Database) -> None:
    async with database.service() as session:
        await session.execute(text("insert into wall_test_hamlet values (1, 1, 'Hải Thanh')"))

    for offence in ("insert into wall_test_hamlet values (2, 99, 'Tây Yên')", "delete from wall_test_commune"):
        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            async with database.service() as session:
                await session.execute(text(offence))


async def test_a_reader_stays_at_the_moment_of_its_first_reading(database: Database) -> None:
    async with database.reading(EVERYTHING) as reader:
        before = await names(reader)
        async with database.service() as session:
            await add(session, 2, "Thạch Hà")
        assert await names(reader) == before == ["Vũng Áng"]

        await reader.commit()
        assert await names(reader) == ["Vũng Áng", "Thạch Hà"]

    async with database.reading(EVERYTHING) as reader:
        assert await names(reader) == ["Vũng Áng", "Thạch Hà"]


async def test_a_reader_does_not_keep_a_service_from_writing(database: Database) -> None:
    async with database.reading(EVERYTHING) as one, database.reading(EVERYTHING) as other:
        await names(one)
        await names(other)
        async with database.service() as session:
            await add(session, 2, "Thạch Hà")


async def test_a_reader_changes_nothing_even_where_the_file_would_allow_it(database: Database) -> None:
    async with database.reading(EVERYTHING) as session:
        with pytest.raises(StatementRefused) as refused:
            await add(session, 2, "Thạch Hà")

    assert str(refused.value) == (
        "A reading session takes SELECT, WITH and VALUES only, not: 'insert into wall_test_commune values (?, ?)'. "
        "Change data through the functions of dean06_core."
    )


async def test_the_file_of_a_reader_is_open_for_reading_only(database: Database) -> None:
    async with database.readers.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver._execute(driver._conn.set_authorizer, None)
        with pytest.raises(Exception, match="attempt to write a readonly database"):
            await driver.execute("delete from main.wall_test_commune")
        await connection.invalidate()


async def test_a_reader_of_a_database_that_is_not_there_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}", TABLES)
    with pytest.raises(OperationalError, match="unable to open database file"):
        async with database.reading(EVERYTHING) as session:
            await session.execute(sa.select(1))
    await database.close()
