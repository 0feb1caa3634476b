"""The two ways to the database: as a service, which writes, or with a caller's rights, behind the wall."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

import aiosqlite
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from dean06_core.access import Access, Right
from dean06_core.errors import StartUpError
from dean06_core.walls.sqlite import Wall, refuse_unless_reading


class Database:
    """One province's data. ``tables`` are the declared tables with who may see their rows.

    Nothing is opened until it is used; ``close`` ends every connection.
    """

    def __init__(self, url: str, tables: Mapping[str, Access], *, readers: int = 8) -> None:
        self.path = sqlite_path(url)
        self._tables = tables
        self._walls: WeakKeyDictionary[Any, Wall] = WeakKeyDictionary()
        self.services = self._open_services()
        self.readers = self._open_readers(readers)

    @asynccontextmanager
    async def service(self) -> AsyncIterator[AsyncSession]:
        """A session that sees and writes everything, for core's own services; commits when the block ends well.

        It takes the write lock when it begins: one that reads first and writes
        later would be refused as soon as another writer came between.
        """
        writing = self.services.execution_options(begin="begin immediate")
        async with AsyncSession(writing, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def service_reading(self) -> AsyncIterator[AsyncSession]:
        """A session that sees everything and keeps nothing, for services that only look something up."""
        async with AsyncSession(self.services, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def reading(self, rights: tuple[Right, ...]) -> AsyncIterator[AsyncSession]:
        """A session in which only the rows exist that the rights cover; one snapshot, no writing."""
        connection = await self.readers.connect()
        session = AsyncSession(connection, autoflush=False, expire_on_commit=False)
        try:
            await self._admit(connection, rights)
            yield session
        finally:
            await asyncio.shield(_end(session, connection))

    async def close(self) -> None:
        await self.readers.dispose()
        await self.services.dispose()

    async def _admit(self, connection: AsyncConnection, rights: tuple[Right, ...]) -> None:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101  a connection that was just opened has one
        await driver._execute(self._walls[driver].admit, driver._conn, rights)

    def _open_services(self) -> AsyncEngine:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            sa.URL.create("sqlite+aiosqlite", database=str(self.path)),
            connect_args={"timeout": 30, "async_creator_fn": _Driver.opening},
        )

        @event.listens_for(engine.sync_engine, "connect")
        def prepare(connection: Any, _: object) -> None:
            cursor = connection.cursor()
            for pragma in (
                "foreign_keys = on",
                "journal_mode = wal",
                "synchronous = normal",
                "recursive_triggers = on",
            ):
                cursor.execute(f"pragma {pragma}")
            cursor.close()

        _begin_explicitly(engine)
        return engine

    def _open_readers(self, size: int) -> AsyncEngine:
        engine = create_async_engine(
            sa.URL.create(
                "sqlite+aiosqlite", database=f"file:{quote(str(self.path))}", query={"mode": "ro", "uri": "true"}
            ),
            poolclass=sa.AsyncAdaptedQueuePool,
            pool_size=size,
            max_overflow=0,
            connect_args={"timeout": 30, "async_creator_fn": _Driver.opening},
        )

        @event.listens_for(engine.sync_engine, "connect")
        def raise_wall(connection: Any, _: object) -> None:
            wall = Wall(self._tables)
            driver = connection.driver_connection
            connection.run_async(lambda opened: opened._execute(wall.raise_on, opened._conn))
            self._walls[driver] = wall

        @event.listens_for(engine.sync_engine, "checkin")
        def dismiss(connection: Any, _: object) -> None:
            if connection is not None:  # a broken one does not come back
                wall = self._walls[connection.driver_connection]
                connection.run_async(lambda opened: opened._execute(wall.admit, opened._conn, ()))

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def refuse_writing(_c: object, _cursor: object, statement: str, *_: object) -> None:
            refuse_unless_reading(statement)

        _begin_explicitly(engine)
        return engine


def sqlite_path(url: str) -> Path:
    """The file that a database URL names: ``sqlite:///PATH``, with a driver suffix or without."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StartUpError(
            "The database URL cannot be read: it has to name a file, as sqlite:///var/dean06.db does."
        ) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StartUpError(
            f"The database URL '{parsed.render_as_string()}' cannot be used: "
            "it has to name a file, as sqlite:///var/dean06.db does."
        )
    return Path(parsed.database).resolve()


async def _end(session: AsyncSession, connection: AsyncConnection) -> None:
    """Both in one task: a cancelled caller leaves before it ends, and the two must never close at once."""
    try:
        await session.close()
    finally:
        await connection.close()


class _Driver(aiosqlite.Connection):
    """Stops once, nobody waits for it, and what it opened is closed whoever was cancelled meanwhile.

    SQLAlchemy stops what a cancelled request is closing already. The second
    stop was never answered, and the server could not shut down
    (github.com/wapiti-scanner/wapiti/issues/802 tells the same). A request that
    was cancelled while it opened a connection never learned of it.
    """

    _opened: sqlite3.Connection | None = None

    @classmethod
    def opening(cls, database: str, **options: Any) -> _Driver:
        driver = cls(lambda: driver._open(database, options), iter_chunk_size=64)
        driver._thread.daemon = True
        return driver

    def _open(self, database: str, options: Mapping[str, Any]) -> sqlite3.Connection:
        self._opened = sqlite3.connect(database, **options)
        return self._opened

    def stop(self) -> None:
        if self._running:
            self._running = False
            self._tx.put_nowait((None, self._finish))

    def _finish(self) -> object:
        opened, self._opened, self._connection = self._opened, None, None
        if opened is not None:
            opened.close()
        return aiosqlite.core._STOP_RUNNING_SENTINEL


def _begin_explicitly(engine: AsyncEngine) -> None:
    """Start transactions with BEGIN: the driver starts none before a SELECT, and reads would not be one snapshot."""

    @event.listens_for(engine.sync_engine, "connect")
    def leave_to_us(connection: Any, _: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: sa.Connection) -> None:
        cursor = connection.connection.cursor()
        cursor.execute(connection.get_execution_options().get("begin", "begin"))
        cursor.close()
