"""The same rows on a PostgreSQL server: copied table by table out of the file that was generated."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy as sa
from psycopg import sql

from dean06_core import migrating
from dean06_core.database import Address, Database
from dean06_core.records import Record, declared_access, records_of, table_of
from dean06_core.testing import servers

Tell = Callable[[str], None]

_AT_ONCE: Final = 5_000
_TOLD_EVERY: Final = 1_000_000

_FOREIGN_KEYS: Final = """
    select format('alter table %s drop constraint %I', conrelid::regclass, conname),
        format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
"""
_INDEXES: Final = """
    select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    from pg_index join pg_class on pg_class.oid = indrelid
    where relnamespace = 'public'::regnamespace and not indisunique
"""


@contextmanager
def filled(path: Path, *, tell: Tell = print) -> Iterator[Address]:
    """A database like the file's, on a server that is started here or named by DEAN06_TEST_POSTGRES_URL."""
    with servers.started() as superuser:
        logins = servers.Logins(superuser)
        try:
            address = logins.make("bench")
            fill(address, path, tell=tell)
            yield address
        finally:
            logins.leave()


def fill(address: Address, path: Path, *, tell: Tell = print) -> None:
    """Make the tables in an empty database, copy the file's rows into them, gather statistics and raise the walls.

    No statement there is shared among processes: nobody could tell what the helpers take, and a wall keeps them away.
    """
    started = time.perf_counter()
    records = records_of("dean06_core")
    asyncio.run(_migrate(address))
    with (
        _owned(address) as connection,
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file,
    ):
        made_later = [*connection.execute(_INDEXES).fetchall(), *connection.execute(_FOREIGN_KEYS).fetchall()]
        for dropping, _ in reversed(made_later):
            connection.execute(dropping)
        for record in records:
            _copy(connection, file, table_of(record), tell, started)
        for _, making in made_later:
            connection.execute(making)
        connection.commit()
        tell(f"{len(made_later)} indexes and foreign keys, {time.perf_counter() - started:,.0f} s")
        connection.autocommit = True
        connection.execute("vacuum analyze")
        alone = sql.SQL("alter database {} set max_parallel_workers_per_gather = 0")
        connection.execute(alone.format(sql.Identifier(connection.info.dbname)))
    asyncio.run(_raise_walls(address, records))
    tell(f"on PostgreSQL after {time.perf_counter() - started:,.0f} s")


def _copy(
    connection: psycopg.Connection, file: sqlite3.Connection, table: sa.Table, tell: Tell, started: float
) -> None:
    """In the order of the file. Row security would refuse COPY even to the owner; the walls stand again afterwards."""
    names = [column.name for column in table.columns]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    into = sql.Identifier("public", table.name)
    connection.execute(sql.SQL("alter table {} disable row level security").format(into))
    connection.execute(sql.SQL("truncate {}").format(into))
    listed = ", ".join(f'"{name}"' for name in names)
    found = file.execute(f'select {listed} from "{table.name}"')
    copied = 0
    with connection.cursor().copy(sql.SQL("copy {} ({}) from stdin").format(into, columns)) as copy:
        while rows := found.fetchmany(_AT_ONCE):
            for row in rows:
                copy.write_row(row)
            copied += len(rows)
            if copied % _TOLD_EVERY == 0:
                tell(f"{table.name}: {copied:,} rows, {time.perf_counter() - started:,.0f} s")


async def _migrate(address: Address) -> None:
    database = Database(address, {})
    try:
        await migrating.upgrade(database, [migrating.CORE])
    finally:
        await database.close()


async def _raise_walls(address: Address, records: Sequence[type[Record]]) -> None:
    database = Database(address, declared_access(records))
    try:
        await database.backend.raise_walls()
    finally:
        await database.close()


def _owned(address: Address) -> psycopg.Connection:
    if address.owner is None:
        raise ValueError(f"Only the owner of {address.url} could fill it, and it names none.")
    return psycopg.connect(address.owner)
