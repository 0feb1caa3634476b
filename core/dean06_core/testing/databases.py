"""Real databases for tests: made by the migrations that users run, compared with what the mapped classes say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

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


_OF_A_SERVER: Final = ("pg_current_snapshot", " wall.pass ")
_CLAUSES: Final = sa.text(
    """
    with made as (
        select oid, relname from pg_class
        where relnamespace = to_regnamespace(current_schema()) and relkind = 'r' and relname = any(:tables)
    )
    select relname, concat_ws(
        ' ', attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
        nullif(attidentity, ''), pg_get_expr(adbin, adrelid)
    )
    from made join pg_attribute on attrelid = made.oid and attnum > 0 and not attisdropped
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    union all
    select relname, conname || ' ' || pg_get_constraintdef(pg_constraint.oid, true)
    from made join pg_constraint on conrelid = made.oid
    union all
    select pg_class.relname, pg_get_indexdef(indexrelid, 0, true)
    from made join pg_index on indrelid = made.oid join pg_class on pg_class.oid = indexrelid
    """
)
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


@asynccontextmanager
async def unkept(database: Database) -> AsyncIterator[AsyncSession]:
    """A session of a service that may write what it likes; nothing of it is there afterwards."""
    async with AsyncSession(database.services.execution_options(begin="begin"), expire_on_commit=False) as session:
        yield session


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that services and callers send inside the block; BEGIN and COMMIT do not count.

    Nor does what only a server has to be asked: whether anybody has committed,
    and to keep a pass.
    """
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not any(word in statement for word in _OF_A_SERVER):
            sent.append(statement)

    opened = (database.services, database.readers, database.backend.writers)
    engines = {engine.sync_engine for engine in opened}
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
        found = compare_metadata(context, Record.metadata)
        made, declared = _definitions(connection, tables), _declared(connection, tables)
        return [
            *found,
            *(
                (name, made.get(name), declared.get(name))
                for name in sorted({*made, *declared})
                if made.get(name) != declared.get(name)
            ),
        ]

    async with database.owner.connect() as connection:
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


def _declared(connection: sa.Connection, tables: Collection[str]) -> dict[str, list[str]]:
    """What the classes would make: in another file, or in another schema until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("create schema declared")
        connection.exec_driver_sql("set local search_path = declared, public")
        return _made_of(connection, tables)
    engine = sa.create_engine("sqlite://")
    try:
        with engine.connect() as other:
            return _made_of(other, tables)
    finally:
        engine.dispose()


def _made_of(connection: sa.Connection, tables: Collection[str]) -> dict[str, list[str]]:
    Record.metadata.create_all(connection, [Record.metadata.tables[name] for name in tables], checkfirst=False)
    return _definitions(connection, tables)


def _definitions(connection: sa.Connection, tables: Collection[str]) -> dict[str, list[str]]:
    """Each table and index with the clauses that define it; their order does not matter."""
    if connection.dialect.name == "postgresql":
        clauses: dict[str, list[str]] = {}
        for name, clause in connection.execute(_CLAUSES, {"tables": list(tables)}):
            clauses.setdefault(name, []).append(clause)
        return {name: sorted(found) for name, found in clauses.items()}
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
