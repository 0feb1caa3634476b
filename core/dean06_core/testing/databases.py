"""Real databases for tests: made by the migrations that users run, compared with what the mapped classes say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event

from dean06_core import migrating
from dean06_core.access import Access
from dean06_core.database import Database
from dean06_core.migrating import History
from dean06_core.records import Record


@asynccontextmanager
async def migrated_database(
    folder: Path, *histories: History, tables: Mapping[str, Access] | None = None
) -> AsyncIterator[Database]:
    """An embedded database in ``folder`` with core's tables and those of the histories; closed afterwards.

    Pass ``tables`` with what they declare where reading as a caller is tested.
    """
    path = folder / "dean06.db"
    path.write_bytes(await _migrated((migrating.CORE, *histories)))
    database = Database(f"sqlite:///{path}", tables or {})
    try:
        yield database
    finally:
        await database.close()


_MIGRATED: dict[tuple[History, ...], bytes] = {}


async def _migrated(histories: tuple[History, ...]) -> bytes:
    """An empty database with the tables of the histories; the migrations run once in a test run."""
    if histories not in _MIGRATED:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "empty.db"
            database = Database(f"sqlite:///{path}", {})
            try:
                await migrating.upgrade(database, histories)
            finally:
                await database.close()
            _MIGRATED[histories] = path.read_bytes()
    return _MIGRATED[histories]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that services and readers send inside the block; BEGIN and COMMIT do not count."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engines = (database.services.sync_engine, database.readers.sync_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


async def differences(database: Database, tables: Collection[str]) -> list[Any]:
    """What a migration would still have to change so that these tables are what their classes say; [] if nothing.

    Autogenerate does not look at checks and at the condition of an index, so
    the text of the definitions is compared as well.
    """

    def compare(connection: sa.Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_server_default": True,
                "include_object": lambda _, name, kind, *__: kind != "table" or name in tables,
            },
        )
        made, declared = _definitions(connection, tables), _declared(tables)
        return [
            *compare_metadata(context, Record.metadata),
            *(
                (name, made.get(name), declared.get(name))
                for name in sorted({*made, *declared})
                if made.get(name) != declared.get(name)
            ),
        ]

    async with database.services.connect() as connection:
        return await connection.run_sync(compare)


def _declared(tables: Collection[str]) -> dict[str, list[str]]:
    engine = sa.create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            Record.metadata.create_all(connection, [Record.metadata.tables[name] for name in tables])
            return _definitions(connection, tables)
    finally:
        engine.dispose()


def _definitions(connection: sa.Connection, tables: Collection[str]) -> dict[str, list[str]]:
    """Each table and index with the clauses that define it; their order does not matter."""
    master = sa.table("sqlite_master", sa.column("name"), sa.column("tbl_name"), sa.column("sql"))
    found = sa.select(master.c.name, master.c.sql).where(master.c.tbl_name.in_(tables), master.c.sql.is_not(None))
    return {name: sorted(_clauses(" ".join(sql.split()))) for name, sql in connection.execute(found)}


def _clauses(definition: str) -> Iterator[str]:
    """What is between the commas that are in no inner parentheses; a column added later stands behind the others."""
    depth, clause = 0, ""
    for letter in definition:
        depth += (letter == "(") - (letter == ")")
        if (letter == "," and depth == 1) or (letter in "()" and depth == (letter == "(")):
            yield clause.strip()
            clause = ""
        else:
            clause += letter
    yield clause.strip()
