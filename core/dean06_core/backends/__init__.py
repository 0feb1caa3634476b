"""The two databases that dean06 runs on, each behind the same few words: SQLite in one file, PostgreSQL with logins."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from dean06_core.access import Right


class Backend(Protocol):
    """One opened database. Each engine begins a transaction in its own way; ``begin=`` in its options says another.

    ``owner`` makes and changes tables. ``services`` sees and writes every row.
    ``readers`` sees what the pass of a transaction covers, and ``writers``
    changes nothing else. ``writing`` is what a service's transaction begins
    with, so that it need not give way to another writer half-way, and
    ``adding`` what one begins with that need not care. ``name`` tells the
    operator which database it is.
    """

    name: str
    owner: AsyncEngine
    services: AsyncEngine
    readers: AsyncEngine
    writers: AsyncEngine
    writing: str
    adding: str

    async def admit(self, connection: AsyncConnection, rights: tuple[Right, ...], *, writes: bool = False) -> None:
        """Give a connection of ``readers`` or ``writers`` a pass for its next transaction; no rights open nothing."""

    def is_refusal(self, reason: object) -> bool:
        """Whether the driver tells that a wall, a privilege or a constraint stopped a statement."""

    def is_busy(self, reason: object) -> bool:
        """Whether the driver tells that other writers were waited for until there was no patience left."""

    async def commits(self) -> str:
        """A text that stays the same for as long as nobody commits a change."""

    async def raise_walls(self) -> None:
        """Bring the walls up to the declared tables, after tables were made or changed."""

    async def refuse_unless_walled(self) -> None:
        """Stop whoever would serve a database whose walls are not those of the declared tables."""

    async def fault(self) -> str | None:
        """Why the database cannot be looked at, with the remedy; None if it can."""

    async def read_mark(self) -> str | None:
        """What ``write_mark`` wrote into the database itself, outside every table."""

    async def write_mark(self, mark: str) -> None: ...

    async def close(self) -> None: ...
