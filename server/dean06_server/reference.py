"""Units and indicators in memory, never older than the moment a request asks for them."""

from __future__ import annotations

import hashlib
from asyncio import Lock, Task, create_task, shield
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.indicators import IndicatorRow
from dean06_core.records import Record
from dean06_core.sectors import Sector
from dean06_core.units import UnitArea, UnitCode, UnitGroupMember, UnitGroupRow, UnitRow, UnitSuccession, UnitVersion

_READ: Final[tuple[type[Record], ...]] = (
    UnitRow,
    UnitVersion,
    UnitCode,
    UnitGroupRow,
    UnitGroupMember,
    UnitArea,
    UnitSuccession,
    IndicatorRow,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    digest: bytes
    directory: Directory
    catalogue: Catalogue


NOTHING: Final = Snapshot(b"", Directory({}, {}, {}, {}, {}), Catalogue({}, {}))
"""What somebody without a token is shown of units and indicators; nothing is read for him."""


class Reference:
    """Holds a snapshot, and replaces it when somebody has changed what it was read from.

    The database tells whether anybody has committed since; while nobody has,
    nothing can have changed. When somebody did, one statement compares the
    tables with what was read, and only a difference is loaded anew. Whoever
    asks before that statement begins shares its answer.
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
            digest = await _digest(session)
            if held is not None and digest == held.digest:
                return held
            return Snapshot(digest, await Directory.load(session), await Catalogue.load(session, self._sectors))


async def _digest(session: AsyncSession) -> bytes:
    """A hash of every row that a snapshot is made of; one statement."""
    rows = (await session.execute(sa.select(*(_contents(record) for record in _READ)))).one()
    return hashlib.blake2b("\n".join(text or "" for text in rows).encode()).digest()


def _contents(record: type[Record]) -> sa.ScalarSelect[str]:
    text = _AsText(*record.__table__.c).label("text")
    ordered = sa.select(text).order_by(text).subquery()
    return sa.select(sa.func.aggregate_strings(ordered.c.text, ",")).scalar_subquery()


class _AsText(FunctionElement[str]):
    """The values of a row as one text, in which a null is told from an empty text and each value from the next."""

    type = sa.Text()
    inherit_cache = True


@compiles(_AsText, "sqlite")
def _json(row: _AsText, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array({compiler.process(row.clauses, **options)})"


@compiles(_AsText, "postgresql")
def _record(row: _AsText, compiler: SQLCompiler, **options: Any) -> str:
    return f"cast(row({compiler.process(row.clauses, **options)}) as text)"
