"""Units and indicators in memory, never older than the moment a request asks for them."""

from __future__ import annotations

from asyncio import Lock, Task, create_task, shield
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dean06_core import directory_changes
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.sectors import Sector


@dataclass(frozen=True, slots=True)
class Snapshot:
    changes: int
    directory: Directory
    catalogue: Catalogue


NOTHING: Final = Snapshot(-1, Directory({}, {}, {}, {}, {}), Catalogue({}, {}))
"""What somebody without a token is shown of units and indicators; nothing is read for him."""


class Reference:
    """Holds a snapshot, and replaces it when somebody has changed what it was read from.

    The database tells whether anybody has committed since; while nobody has,
    nothing can have changed. When somebody did, one statement tells whether it
    was something of this. Whoever asks before that statement begins shares its
    answer.
    """

    def __init__(self, database: Database, sectors: Sequence[Sector]) -> None:
        self._database = database
        self._sectors = sectors
        self._held: tuple[str, Snapshot] | None = None
        self._turn = Lock()
        self._next: Task[Snapshot] | None = None

    async def current(self) -> Snapshot:
        return await self._fresh() or await self._renewed()

    async def _fresh(self) -> Snapshot | None:
        """What is held, unless somebody has committed since it was read."""
        commits = await self._database.backend.commits()
        return self._held[1] if self._held is not None and self._held[0] == commits else None

    async def _renewed(self) -> Snapshot:
        if self._next is None:
            self._next = create_task(self._renew())
        return await shield(self._next)

    async def _renew(self) -> Snapshot:
        """Counts before it reads: what is committed meanwhile is found next time."""
        async with self._turn:
            self._next = None
            commits = await self._database.backend.commits()
            snapshot = await self._read(None if self._held is None else self._held[1])
            self._held = commits, snapshot
            return snapshot

    async def _read(self, held: Snapshot | None) -> Snapshot:
        async with self._database.service_reading() as session:
            changes = await directory_changes.number(session)
            if held is not None and changes == held.changes:
                return held
            return Snapshot(changes, await Directory.load(session), await Catalogue.load(session, self._sectors))
