"""PostgreSQL: three logins. The owner makes tables, services see everything, callers see what a pass covers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dean06_core.access import Access, Right
from dean06_core.errors import StartUpError
from dean06_core.walls import postgresql as wall

_TIMEOUT: Final = "5s"
_PATIENCE: Final = 30.0
_OPTIONS: Final = "-c timezone=UTC -c jit=off"
"""To compile what runs for milliseconds took a second, where the planner thought a wall dear."""
_PASS_LASTS: Final = 600.0
_RENEWED_BEFORE: Final = 60.0
_MOST_PASSES: Final = 1024
_WRITERS: Final = 6
"""The advisory lock that keeps services from writing at the same time; nothing else takes it."""

_READING: Final = "begin isolation level repeatable read read only"
_CLEAN: Final = "begin; close all; unlisten *; select pg_advisory_unlock_all(); discard temp; reset all; commit"
"""Before a caller: whatever the one before left on the connection is gone, and no rollback brings it back."""
_COMMENT: Final = sa.text("select obj_description(to_regnamespace('public'), 'pg_namespace')")


class Postgresql:
    """``services``, ``callers`` and ``owner`` are the URLs of the three logins.

    Callers' transactions are READ ONLY, one snapshot each, and end after five
    seconds a statement. A pass is issued once for the same rights and used
    until it is nearly over; the database keeps its hash, this process the pass.
    """

    writing = f"begin; select pg_advisory_xact_lock({_WRITERS})"
    adding = "begin"

    def __init__(
        self,
        services: sa.URL,
        callers: sa.URL,
        owner: sa.URL | None,
        tables: Mapping[str, Access],
        *,
        readers: int,
        patience: float,
    ) -> None:
        self.name = f"{services.host or 'localhost'}:{services.port or 5432}/{services.database}"
        self.logins = wall.Logins(owner=_login(owner or services), services=_login(services), callers=_login(callers))
        self._tables = tables
        self._patience = patience
        self._passes: dict[tuple[Right, ...], tuple[str, float]] = {}
        self.services = _opened(services, begin=_READING, size=readers)
        self.owner = self.services if owner is None else _opened(owner, begin="begin", size=1)
        alone = f"{_CLEAN}; {_READING}"
        self.readers = _opened(callers, begin=alone, size=readers, timeout=_TIMEOUT)
        self.writers = _opened(callers, begin=alone, size=1, timeout=_TIMEOUT, patience=patience)

    async def admit(self, connection: AsyncConnection, rights: tuple[Right, ...], *, writes: bool = False) -> None:
        pass_ = await self._pass_for(rights)
        begin = f"{_CLEAN}; {self._in_turn() if writes else _READING}"
        await connection.execution_options(begin=f"{begin}; select set_config('{wall.SETTING}', '{pass_}', true)")

    def is_refusal(self, reason: object) -> bool:
        return isinstance(reason, psycopg.errors.InsufficientPrivilege | psycopg.errors.IntegrityError)

    def is_busy(self, reason: object) -> bool:
        return isinstance(reason, psycopg.errors.LockNotAvailable)

    async def commits(self) -> str:
        """The snapshot that a statement sees: another one as soon as anybody's change was committed."""
        async with self.services.connect() as connection:
            return str(await connection.scalar(sa.text("select cast(pg_current_snapshot() as text)")))

    async def raise_walls(self) -> None:
        async with self.owner.begin() as connection:
            existing = set(await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names()))
            tables = {name: access for name, access in self._tables.items() if name in existing}
            whole = wall.digest(self._tables, self.logins)
            for statement in wall.raised(tables, existing, self.logins, whole):
                await connection.exec_driver_sql(statement)

    async def refuse_unless_walled(self) -> None:
        async with self.services.connect() as connection:
            logins = await connection.execute(wall.POWERS, {"names": [self.logins.services, self.logins.callers]})
            for login in logins:
                if login.above_walls:
                    raise StartUpError(
                        f"The login '{login.name}' of {self.name} is above the walls: it is a superuser, has BYPASSRLS "
                        "or owns tables. Open the database with a login that is none of this."
                    )
            if self.logins.services == self.logins.callers:
                raise StartUpError(
                    f"Services and callers open {self.name} with one login, '{self.logins.callers}', so there would be "
                    "no wall. Set DEAN06_DATABASE_CALLERS_URL to a login of its own."
                )
            raised = await connection.scalar(wall.DIGEST)
        if raised != wall.digest(self._tables, self.logins):
            raise StartUpError(
                f"The walls of {self.name} are not those of the installed tables. To go on, run: dean06 migrate"
            )

    async def fault(self) -> str | None:
        for login, engine in (("services", self.services), ("callers", self.readers), ("owner", self.owner)):
            try:
                async with engine.connect():
                    pass
            except sa.exc.OperationalError as error:
                return f"cannot be opened by its {login}: {str(error.orig).splitlines()[0]}"
        return None

    async def read_mark(self) -> str | None:
        """The comment on the schema, which a dump carries along."""
        async with self.services.connect() as connection:
            found: str | None = await connection.scalar(_COMMENT)
        return found

    async def write_mark(self, mark: str) -> None:
        async with self.owner.begin() as connection:
            await connection.exec_driver_sql(f"comment on schema public is '{mark}'")

    async def close(self) -> None:
        for engine in {self.readers, self.writers, self.services, self.owner}:
            await engine.dispose()

    def _in_turn(self) -> str:
        """Begin to write as soon as nobody else does; to wait for that is no slow statement."""
        waiting = f"begin; set local lock_timeout = '{self._patience}s'; set local statement_timeout = 0"
        return f"{waiting}; select pg_advisory_xact_lock({_WRITERS}); set local statement_timeout = '{_TIMEOUT}'"

    async def _pass_for(self, rights: tuple[Right, ...]) -> str:
        held = self._passes.get(rights)
        if held is not None and held[1] > monotonic():
            return held[0]
        if len(self._passes) >= _MOST_PASSES:
            self._passes.clear()
        pass_, until = secrets.token_hex(16), monotonic() + _PASS_LASTS - _RENEWED_BEFORE
        async with self.services.connect() as connection:
            await connection.execution_options(begin="begin")
            async with connection.begin():
                await connection.execute(wall.FORGET)
                rows = wall.rows_of(rights, hashlib.sha256(pass_.encode()).digest(), _PASS_LASTS)
                await connection.execute(wall.ISSUE, rows)
        self._passes[rights] = pass_, until
        return pass_


def _opened(
    url: sa.URL, *, begin: str, size: int, timeout: str | None = None, patience: float = _PATIENCE
) -> AsyncEngine:
    """An engine whose driver begins nothing by itself; a transaction begins as the connection's options say."""
    engine = create_async_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        pool_size=size,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=True,
        connect_args={
            "client_encoding": "UTF8",
            "options": f"{_OPTIONS}{f' -c statement_timeout={timeout}' if timeout else ''}",
        },
    )

    @event.listens_for(engine.sync_engine, "begin")
    def explicitly(connection: sa.Connection) -> None:
        statement = connection.get_execution_options().get("begin", begin)
        opened: Any = connection.connection.dbapi_connection
        opened.run_async(lambda driver: driver.execute(statement, prepare=False))

    return engine


def _login(url: sa.URL) -> str:
    if not url.username:
        raise StartUpError(
            f"The database URL '{url.render_as_string()}' names no login: postgresql://LOGIN@HOST/DATABASE."
        )
    return url.username
