"""What most commands begin with: the settings of the environment, what is installed, and the database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dean06_core.database import Database
from dean06_core.errors import StartUpError
from dean06_server.installation import Installation
from dean06_server.settings import Settings


def settings() -> Settings:
    return Settings.read(os.environ)


@asynccontextmanager
async def database_of(installation: Installation) -> AsyncIterator[Database]:
    """The database of the settings, whatever its revisions."""
    database = installation.database(settings().database)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def owned_database_of(installation: Installation) -> AsyncIterator[Database]:
    """The database of the settings, in which tables can be made."""
    address = settings().database
    if address.callers is not None and address.owner is None:
        raise StartUpError(
            "Tables are made by the login that owns them. Set DEAN06_DATABASE_OWNER_URL, "
            "for example to postgresql://dean06_owner@localhost/dean06."
        )
    async with database_of(installation) as database:
        yield database


@asynccontextmanager
async def fitting_database_of(installation: Installation) -> AsyncIterator[Database]:
    """The database of the settings, refused unless it is at the revisions that are installed."""
    async with database_of(installation) as database:
        await installation.refuse_unless_current(database)
        yield database
