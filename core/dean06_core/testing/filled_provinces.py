"""A province with made-up records of one sector, in which its promises are tried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import migrating
from dean06_core.access import ALL, Action, Caller, DataClass, Grant
from dean06_core.by_hand import Samples
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.graphql import Context
from dean06_core.records import Record
from dean06_core.sectors import Sector
from dean06_core.testing import faults
from dean06_core.testing.databases import migrated_database, unkept
from dean06_core.testing.importing import COMMUNES, PROVINCE, add_records, enter_province

NOW: Final = datetime(2025, 8, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FilledProvince:
    """An open database with a province, three communes and ``records``, which may belong to any of the four."""

    database: Database
    session: AsyncSession
    sector: Sector
    directory: Directory
    catalogue: Catalogue
    records: list[Record]

    @property
    def asked(self) -> Mapping[int, Collection[int]]:
        """The province and its communes but the last, each with the units inside it, itself included."""
        communes = [self._key(code) for code in COMMUNES]
        province = self._key(PROVINCE)
        return {province: (province, *communes), **{key: (key,) for key in communes[:-1]}}

    def context(self) -> Context:
        """An operation of somebody who sees everything."""
        on = NOW.date()
        everything = Grant("any", frozenset(Action), ALL, ALL, frozenset(DataClass), on, on + timedelta(days=1))
        caller = Caller("contract", "Hợp đồng", self._key(PROVINCE), (everything,))
        return Context(caller, on, NOW, self.directory, self.catalogue, self.session)

    def _key(self, code: str) -> int:
        return self.directory.named(code, NOW.date()).key


@asynccontextmanager
async def filled_province(
    folder: Path, sector: Sector, samples: Samples, count: int, *, owners: Sequence[str] = (PROVINCE, *COMMUNES)
) -> AsyncIterator[FilledProvince]:
    """A database of its own with so many records of each table; ``owners`` are the codes of those that have them."""
    async with migrated_database(Path(mkdtemp(dir=folder)), *migrating.histories_of([sector])) as database:
        async with database.service() as session:
            directory = await enter_province(session)
        keys = [directory.named(code, NOW.date()).key for code in owners]
        async with unkept(database) as session:
            catalogue = await Catalogue.load(session, [sector])
            records = await add_records(session, sector, keys, count, samples)
            missing = set(sector.tables) - {type(record) for record in records} if count else set()
            faults.tell(
                *(
                    f"No record of '{record.__tablename__}' could be made up. "
                    f"Give its columns cells in SAMPLES of your module by_hand."
                    for record in missing
                )
            )
            yield FilledProvince(database, session, sector, directory, catalogue, records)
