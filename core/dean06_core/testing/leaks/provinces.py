"""A database behind its walls with made-up records of one sector, to try its tables in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import migrating
from dean06_core.by_hand import Samples
from dean06_core.records import Record, declared_access, records_of, table_of
from dean06_core.sectors import Sector
from dean06_core.testing.databases import migrated_database
from dean06_core.testing.importing import COMMUNES, DAYS, add_records, enter_province
from dean06_core.testing.leaks.matrix import Matrix

_EACH: Final = 10


@asynccontextmanager
async def walled_province(folder: Path, sector: Sector, samples: Samples) -> AsyncIterator[Matrix]:
    """Its records belong to any of three communes; what a pass shows of them is tried with the matrix."""
    tables = {**declared_access(records_of("dean06_core")), **sector.table_access}
    histories = migrating.histories_of([sector])
    async with migrated_database(Path(mkdtemp(dir=folder)), *histories, tables=tables) as database:
        async with database.service() as session:
            directory = await enter_province(session)
            units = [directory.named(code, DAYS[-1]).key for code in COMMUNES]
            await add_records(session, sector, units, _EACH, samples)
        async with database.service() as session:
            spares = {record.__tablename__: await _spared(session, record) for record in sector.tables}
        yield await Matrix.of(database, tables, spares)


async def _spared(session: AsyncSession, record: type[Record]) -> list[dict[str, Any]]:
    """Take one record of each unit away again, unless others refer to it."""
    table, spared = table_of(record), list[dict[str, Any]]()
    for row in (await session.execute(sa.select(table))).mappings().all():
        if all(row.get("unit_key") != each.get("unit_key") for each in spared):
            with suppress(sa.exc.IntegrityError):
                async with session.begin_nested():
                    await session.execute(
                        sa.delete(table).where(*(column == row[column.name] for column in table.primary_key))
                    )
                spared.append(dict(row))
    return spared
