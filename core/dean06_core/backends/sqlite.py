"""SQLite: one file, opened for services as it is and for callers through the wall."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dean06_core import directory_changes
from dean06_core.access import Access, Right
from dean06_core.backends.sqlite_driver import Driver
from dean06_core.errors import StartUpError
from dean06_core.walls.sqlite import Wall, refuse_unless_reading
from dean06_core.walls.sqlite_guard import Guard
from dean06_core.walls.sqlite_triggers import counting_triggers, log_triggers

if TYPE_CHECKING:
    from dean06_core.database import Database

_PRAGMAS: Final = ("foreign_keys = on", "journal_mode = wal", "synchronous = normal", "recursive_triggers = on")
_LETTERS_OF_A_MARK: Final = 4
_PATIENCE: Final = 30.0


class Sqlite:
    """The owner, the services and the writer are one engine here; the file has no logins."""

    writing = adding = "begin immediate"

    def __init__(self, path: Path, tables: Mapping[str, Access], *, readers: int, patience: float) -> None:
        self.path = path
        self.name = str(path)
        self._tables = tables
        self._patience = patience
        self._walls: WeakKeyDictionary[Any, Wall | Guard] = WeakKeyDictionary()
        self._watch: sqlite3.Connection | None = None
        self.owner = self.services = self._open_services()
        self.readers = self._open_readers(readers)
        self.writers = self._open_writers()

    async def admit(self, connection: AsyncConnection, rights: tuple[Right, ...], *, writes: bool = False) -> None:
        if writes:
            await connection.execution_options(begin=self.writing)
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101  a connection that was just opened has one
        await driver.visit(self._walls[driver].admit, driver._conn, rights)

    def is_refusal(self, reason: object) -> bool:
        return _code(reason) in {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_AUTH}

    def is_busy(self, reason: object) -> bool:
        return _code(reason) == sqlite3.SQLITE_BUSY

    async def commits(self) -> str:
        """SQLite counts the commits of everybody else for a connection that stays open; asking takes microseconds."""
        if self._watch is None:
            self._watch = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, isolation_level=None)
        return str(self._watch.execute("pragma data_version").fetchone()[0])

    async def raise_walls(self) -> None:
        """Every reading connection raises its own; the file keeps its triggers."""
        async with self.services.begin() as connection:
            for statement in await self._triggers(connection):
                await connection.exec_driver_sql(statement)

    async def refuse_unless_walled(self) -> None:
        async with self.services.connect() as connection:
            found = await connection.exec_driver_sql("select sql from sqlite_master where type = 'trigger'")
            kept = {sql for (sql,) in found}
            meant = [each for each in await self._triggers(connection) if each.startswith("CREATE")]
        if not kept.issuperset(meant):
            raise StartUpError(
                f"The walls of {self.name} are not those of the installed tables. To go on, run: dean06 migrate"
            )

    async def _triggers(self, connection: AsyncConnection) -> list[str]:
        """The statements that leave exactly the triggers of the declared tables that are there."""
        listed = await connection.exec_driver_sql("select name from sqlite_master where type = 'table'")
        tables = {name: access for (name,) in listed if (access := self._tables.get(name)) is not None}
        statements: list[str] = []
        for table, access in sorted(tables.items()):
            if access.appended_by_all is not None:
                columns = await connection.exec_driver_sql(f'pragma main.table_info("{table}")')
                statements += log_triggers(table, access.appended_by_all, {row.name: bool(row.pk) for row in columns})
        if directory_changes.TABLE in tables:
            for table in directory_changes.counted(tables):
                statements += counting_triggers(table)
        return statements

    async def fault(self) -> str | None:
        return None if self.path.exists() else "does not exist: dean06 migrate"

    async def read_mark(self) -> str | None:
        """The number that SQLite keeps in the header for the application that a file belongs to, as letters."""
        async with self.services.connect() as connection:
            number = int(await connection.scalar(sa.text("pragma application_id")) or 0)
        return number.to_bytes(_LETTERS_OF_A_MARK, "big").decode() if number else None

    async def write_mark(self, mark: str) -> None:
        async with self.services.begin() as connection:
            number = int.from_bytes(mark.encode(), "big")
            await connection.execute(sa.text(f"pragma application_id = {number}"))

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await self.readers.dispose()
        await self.writers.dispose()
        await self.services.dispose()

    def _open_services(self) -> AsyncEngine:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        engine = self._open_for_writing()
        _begin_explicitly(engine)
        return engine

    def _open_writers(self) -> AsyncEngine:
        """One connection is enough: SQLite lets one write at a time."""
        engine = self._open_for_writing(
            self._patience,
            poolclass=sa.AsyncAdaptedQueuePool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=self._patience,
        )
        self._give_passes(engine, Guard)
        _begin_explicitly(engine)
        return engine

    def _open_for_writing(self, patience: float = _PATIENCE, **options: Any) -> AsyncEngine:
        engine = create_async_engine(
            sa.URL.create("sqlite+aiosqlite", database=str(self.path)),
            connect_args={"timeout": patience, "async_creator_fn": Driver.opening},
            **options,
        )

        @event.listens_for(engine.sync_engine, "connect")
        def prepare(connection: Any, _: object) -> None:
            cursor = connection.cursor()
            for pragma in _PRAGMAS:
                cursor.execute(f"pragma {pragma}")
            cursor.close()

        return engine

    def _open_readers(self, size: int) -> AsyncEngine:
        engine = create_async_engine(
            sa.URL.create(
                "sqlite+aiosqlite", database=f"file:{quote(str(self.path))}", query={"mode": "ro", "uri": "true"}
            ),
            poolclass=sa.AsyncAdaptedQueuePool,
            pool_size=size,
            max_overflow=0,
            connect_args={"timeout": _PATIENCE, "async_creator_fn": Driver.opening},
        )

        self._give_passes(engine, Wall)

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def refuse_writing(_c: object, _cursor: object, statement: str, *_: object) -> None:
            refuse_unless_reading(statement)

        _begin_explicitly(engine)
        return engine

    def _give_passes(self, engine: AsyncEngine, kind: type[Wall] | type[Guard]) -> None:
        """Raise a wall or a guard on every connection, and withdraw its pass when it goes back to the pool."""

        @event.listens_for(engine.sync_engine, "connect")
        def raise_on(connection: Any, _: object) -> None:
            wall = kind(self._tables)
            driver = connection.driver_connection
            connection.run_async(lambda opened: opened.visit(wall.raise_on, opened._conn))
            self._walls[driver] = wall

        @event.listens_for(engine.sync_engine, "checkin")
        def dismiss(connection: Any, _: object) -> None:
            if connection is not None:  # a broken one does not come back
                wall = self._walls[connection.driver_connection]
                connection.run_async(lambda opened: opened.visit(wall.admit, opened._conn, ()))


def _code(reason: object) -> int:
    """SQLite's own number for what went wrong, without the details."""
    return getattr(reason, "sqlite_errorcode", 0) & 0xFF


def sqlite_path(url: sa.URL) -> Path:
    """The file that a URL names: ``sqlite:///PATH``, with a driver suffix or without."""
    if not url.database or url.database == ":memory:":
        raise StartUpError(
            f"The database URL '{url.render_as_string()}' cannot be used: "
            "it has to name a file, as sqlite:///var/dean06.db does."
        )
    return Path(url.database).resolve()


def sqlite_of(database: Database) -> Sqlite:
    """The embedded backend of a database that is known to have one."""
    if not isinstance(database.backend, Sqlite):
        raise TypeError(f"{database.name} is not a file.")
    return database.backend


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
