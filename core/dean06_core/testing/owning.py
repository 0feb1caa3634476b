"""The tables as whoever owns them may change them: past everything that keeps services and callers from a log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from dean06_core.database import Database


@asynccontextmanager
async def owning(database: Database) -> AsyncIterator[AsyncConnection]:
    """One transaction of the owner's. On a file, which has none, the triggers are gone until it ends."""
    async with database.owner.begin() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        found = await connection.exec_driver_sql("select name, sql from sqlite_master where type = 'trigger'")
        triggers = [tuple(row) for row in found]
        for name, _ in triggers:
            await connection.exec_driver_sql(f'drop trigger "{name}"')
        yield connection
        for _, made in triggers:
            await connection.exec_driver_sql(made)
