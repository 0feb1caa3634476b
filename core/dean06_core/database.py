"""The two ways to the database: as a service, which writes, or with a caller's rights, behind the wall."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from dean06_core.access import Access, Right
from dean06_core.audit.reads import OPTION, Reads, watch
from dean06_core.backends import Backend
from dean06_core.backends.postgresql import Postgresql
from dean06_core.backends.sqlite import Sqlite, sqlite_path
from dean06_core.errors import DatabaseBusy, StartUpError, WriteRefused


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is: a file (``sqlite:///PATH``), or the services' login on a server.

    There ``callers`` and ``owner`` are the URLs of the other two logins. Without
    ``owner`` tables can be used and not made.
    """

    url: str
    callers: str | None = None
    owner: str | None = None


class Database:
    """One province's data. ``tables`` are the declared tables with who may see their rows.

    Nothing is opened until it is used; ``close`` ends every connection. A
    caller who writes waits ``patience`` seconds for other writers.
    """

    def __init__(
        self, address: Address | str, tables: Mapping[str, Access], *, readers: int = 8, patience: float = 30.0
    ) -> None:
        self.backend = backend_of(address, tables, readers=readers, patience=patience)
        self.owner, self.services, self.readers = self.backend.owner, self.backend.services, self.backend.readers
        watch({self.services, self.readers}, tables)

    @property
    def name(self) -> str:
        """Which database it is, in a message to the operator: the file, or the server and database."""
        return self.backend.name

    @asynccontextmanager
    async def service(self, *, in_turn: bool = True) -> AsyncIterator[AsyncSession]:
        """A session that sees and writes everything, for core's own services; commits when the block ends well.

        It keeps other writers out when it begins: one that reads first and writes
        later would find that another came between. Not ``in_turn``, it waits for
        nobody where the database can do that: what it writes follows from nothing
        that it reads, as with somebody's signing in while a large file is imported.
        """
        begin = self.backend.writing if in_turn else self.backend.adding
        writing = self.services.execution_options(begin=begin)
        async with AsyncSession(writing, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def service_reading(self, *, reads: Reads | None = None) -> AsyncIterator[AsyncSession]:
        """A session that sees everything and keeps nothing, for services that only look something up.

        Where they do so for a caller, ``reads`` notes what he is told of.
        """
        engine = self.services if reads is None else self.services.execution_options(**{OPTION: reads})
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def reading(self, rights: tuple[Right, ...], *, reads: Reads | None = None) -> AsyncIterator[AsyncSession]:
        """A session in which only the rows exist that the rights cover; one snapshot, no writing.

        ``reads`` notes which rows of recorded classes are read in it.
        """
        connection = await self.readers.connect()
        if reads is not None:
            await connection.execution_options(**{OPTION: reads})
        session = AsyncSession(connection, autoflush=False, expire_on_commit=False)
        try:
            await self.backend.admit(connection, rights)
            yield session
        finally:
            await asyncio.shield(_end(session, connection))

    @asynccontextmanager
    async def writing(self, rights: tuple[Right, ...]) -> AsyncIterator[AsyncSession]:
        """A session that changes rows that a right to write covers and no other; commits when the block ends well.

        For core's verbs. Another writer waits, as with ``service``. A row outside
        is refused by the database when it is made, and passed by when it would be
        changed. On a server it also sees no more than ``reading`` does.
        WriteRefused where the database would not, DatabaseBusy where others write
        for too long; nothing of the block is kept then.
        """
        try:
            connection = await self.backend.writers.connect()
        except sa.exc.TimeoutError:
            raise DatabaseBusy from None
        session = AsyncSession(connection, expire_on_commit=False)
        try:
            await self.backend.admit(connection, rights, writes=True)
            async with session.begin():
                yield session
        except Exception as error:
            reason = getattr(error, "orig", error)
            if self.backend.is_refusal(reason):
                raise WriteRefused from None
            if self.backend.is_busy(reason):
                raise DatabaseBusy from None
            raise
        finally:
            await asyncio.shield(_end(session, connection))

    async def close(self) -> None:
        await self.backend.close()


def backend_of(
    address: Address | str, tables: Mapping[str, Access], *, readers: int = 8, patience: float = 30.0
) -> Backend:
    """The backend of an address; nothing is opened. One that names none stops start-up."""
    meant = Address(address) if isinstance(address, str) else address
    parsed = _parsed(meant.url)
    match parsed.get_backend_name():
        case "sqlite":
            return Sqlite(sqlite_path(parsed), tables, readers=readers, patience=patience)
        case "postgresql":
            if meant.callers is None:
                raise StartUpError(
                    f"The database '{parsed.render_as_string()}' needs a login of its own for callers. "
                    "Set DEAN06_DATABASE_CALLERS_URL."
                )
            owner = None if meant.owner is None else _parsed(meant.owner)
            return Postgresql(parsed, _parsed(meant.callers), owner, tables, readers=readers, patience=patience)
        case _:
            raise StartUpError(
                f"The database URL '{parsed.render_as_string()}' cannot be used: it has to name a file, as "
                "sqlite:///var/dean06.db does, or a server, as postgresql://dean06_services@localhost/dean06 does."
            )


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StartUpError(
            "The database URL cannot be read: it has to name a file, as sqlite:///var/dean06.db does, "
            "or a server, as postgresql://dean06_services@localhost/dean06 does."
        ) from None


async def _end(session: AsyncSession, connection: AsyncConnection) -> None:
    """Both in one task: a cancelled caller leaves before it ends, and the two must never close at once."""
    try:
        await session.close()
    finally:
        await connection.close()
