"""aiosqlite as SQLAlchemy drives it, with fewer visits to the thread in which a connection lives.

Each visit waits for that thread and then for the event loop. In a process that
has much to do, these waits are most of what a statement takes.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Final, TypeVar

import aiosqlite

_T = TypeVar("_T")

_AT_ONCE: Final = 1_000
"""Rows that are fetched with the statement itself; what streams more goes back for them."""


class Driver(aiosqlite.Connection):
    """Stops once, nobody waits for it, and what it opened is closed whoever was cancelled meanwhile.

    SQLAlchemy stops what a cancelled request is closing already. The second
    stop was never answered, and the server could not shut down
    (github.com/wapiti-scanner/wapiti/issues/802 tells the same). A request that
    was cancelled while it opened a connection never learned of it.
    """

    _opened: sqlite3.Connection | None = None
    _is_settled = True
    """Nothing that was asked of the thread is still to be done, or ended with an error."""

    @classmethod
    def opening(cls, database: str, **options: Any) -> Driver:
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

    def cursor(self) -> Cursor:  # type: ignore[override]  # aiosqlite's own is awaited and entered; SQLAlchemy enters it
        return Cursor(self)

    async def rollback(self) -> None:
        """Nothing where there is no transaction, as when a connection that is done goes back to its pool.

        Where somebody was cancelled, the thread may be about to begin one.
        """
        if self._conn.in_transaction or not self._is_settled:
            await super().rollback()

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self._is_settled = False
        done = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # aiosqlite's
        self._is_settled = True
        return done

    async def visit(self, work: Callable[..., _T], *arguments: object) -> _T:
        """Do something in the thread of the connection."""
        done: _T = await self._execute(work, *arguments)
        return done


class Cursor:
    """What SQLAlchemy asks of a cursor. A statement is executed and its rows are fetched in one visit."""

    def __init__(self, driver: Driver) -> None:
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self._driver = driver
        self._rows: deque[Any] = deque()
        self._open: sqlite3.Cursor | None = None

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Cursor:
        await self._driver.visit(self._run, lambda cursor: cursor.execute(sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Cursor:
        await self._driver.visit(self._run, lambda cursor: cursor.executemany(sql, parameters))
        return self

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = self.arraysize if size is None else size
        if len(self._rows) < wanted and self._open is not None:
            await self._driver.visit(self._fetch, self._open, max(wanted, _AT_ONCE))
        return [self._rows.popleft() for _ in range(min(wanted, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        if self._open is not None:
            await self._driver.visit(self._fetch, self._open, None)
        found = [*self._rows]
        self._rows.clear()
        return found

    async def close(self) -> None:
        self._rows.clear()
        if self._open is not None:
            still_open, self._open = self._open, None
            await self._driver.visit(still_open.close)

    def _run(self, statement: Callable[[sqlite3.Cursor], object]) -> None:
        cursor = self._driver._conn.cursor()
        try:
            statement(cursor)
        except BaseException:
            cursor.close()
            raise
        self.description, self.lastrowid = cursor.description, cursor.lastrowid
        self._fetch(cursor, _AT_ONCE)

    def _fetch(self, cursor: sqlite3.Cursor, most: int | None) -> None:
        """Fetch rows, all of them where none are too many; the cursor is closed at the last."""
        before = len(self._rows)
        self._rows.extend(islice(cursor, most))
        self.rowcount = cursor.rowcount
        is_over = most is None or len(self._rows) - before < most
        self._open = None if is_over else cursor
        if is_over:
            cursor.close()
