"""Real databases for tests: made by the migrations that users run, compared with what the mapped classes say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event

from dean06_core import migrating
from dean06_core.access import Access
from dean06_core.database import Address, Database
from dean06_core.migrating import History
from dean06_core.records import Record
from dean06_core.testing.places import Template, template


@asynccontextmanager
async def migrated_database(
    folder: Path, *histories: History, tables: Mapping[str, Access] | None = None
) -> AsyncIterator[Database]:
    """A database of the chosen kind with core's tables and those of the histories; closed afterwards.

    A file is in ``folder``. Pass ``tables`` with what they declare where reading
    as a caller is tested.
    """
    made = await _migrated((migrating.CORE, *histories), tables or {})
    with made.copied(folder) as address:
        database = Database(address, tables or {})
        try:
            yield database
        finally:
            await database.close()


_MIGRATED: dict[tuple[object, ...], Template] = {}


async def _migrated(histories: tuple[History, ...], tables: Mapping[str, Access]) -> Template:
    """An empty database with the tables of the histories and their walls; the migrations run once in a test run."""

    async def fill(address: Address) -> None:
        database = Database(address, tables)
        try:
            await migrating.upgrade(database, histories)
        finally:
            await database.close()

    key = (*histories, *sorted((name, str(access)) for name, access in tables.items()))
    if key not in _MIGRATED:
        _MIGRATED[key] = await template(fill)
    return _MIGRATED[key]


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


async def everything_kept(database: Database) -> str:
    """Every value of every row of every table, so that a test can look for what must be nowhere."""
    async with database.services.connect() as connection:
        tables = await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names())
        kept = [await connection.execute(sa.select(sa.text("*")).select_from(sa.table(name))) for name in tables]
        return "\n".join(str(tuple(row)) for rows in kept for row in rows)


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


def as_sentences(found: Sequence[Any]) -> list[str]:
    """What ``differences`` found, by the clauses of tables and indexes as far as they tell it."""
    sentences: list[str] = []
    for each in found:
        if len(each) == 3 and all(side is None or isinstance(side, list) for side in each[1:]):
            name, made, declared = each[0], set(each[1] or ()), set(each[2] or ())
            sentences.append(
                f"'{name}' is made by the migrations with {sorted(made - declared) or 'nothing more'} "
                f"and declared by its class with {sorted(declared - made) or 'nothing more'}. Make the two alike."
            )
    return sentences or [f"The migrations make something else than the classes say: {each}" for each in found]


async def tables_of(database: Database) -> set[str]:
    """The tables that are there now."""
    async with database.services.connect() as connection:
        return set(await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names()))


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
