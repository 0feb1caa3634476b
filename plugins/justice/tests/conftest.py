"""What every test of the sector may ask for: a small province, files for it, and the sector's own fields."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import strawberry

from dean06_core import imports, unit_register
from dean06_core.access import ALL, Action, Caller, DataClass, Grant
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.graphql import Context
from dean06_core.imports import ImportReport
from dean06_core.migrating import histories_of
from dean06_core.records import declared_access, records_of
from dean06_core.testing import migrated_database
from dean06_core.unit_register import UnitEntry
from dean06_core.units import CodeScheme, Tier, UnitLevel
from dean06_justice.plugin import SECTOR
from dean06_justice.query import JusticeQuery

NOW: Final = datetime(2025, 7, 28, 2, tzinfo=UTC)
_REFORM: Final = date(2025, 7, 1)
_SCHEMA: Final = strawberry.Schema(query=JusticeQuery)


def _unit(code: str, name: str, level: UnitLevel, tier: Tier, **other: Any) -> UnitEntry:
    scheme = CodeScheme.NSO if code.isdigit() else CodeScheme.SLUG
    values: Mapping[str, Any] = {"valid_from": date(1991, 8, 12), **other}
    return UnitEntry(code=code, scheme=scheme, name=name, level=level, tier=tier, **values)


UNITS: Final = (
    _unit("VN", "Việt Nam", UnitLevel.COUNTRY, Tier.CENTRAL),
    _unit("42", "Tỉnh Hà Tĩnh", UnitLevel.PROVINCE, Tier.PROVINCIAL, parent="VN"),
    _unit("18823", "Phường Vũng Áng", UnitLevel.COMMUNE, Tier.COMMUNE, parent="42", valid_from=_REFORM),
    _unit("18844", "Xã Kỳ Thượng", UnitLevel.COMMUNE, Tier.COMMUNE, parent="42", valid_from=_REFORM),
    _unit("so-xay-dung", "Sở Xây dựng", UnitLevel.DEPARTMENT, Tier.PROVINCIAL, parent="42"),
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def province(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with the units of a small province and none of the sector's records."""
    tables = {**declared_access(records_of("dean06_core")), **SECTOR.table_access}
    async with migrated_database(tmp_path, *histories_of([SECTOR]), tables=tables) as database:
        async with database.service() as session:
            await unit_register.enter(session, UNITS)
        yield database


@pytest.fixture
def load(province: Database) -> Callable[..., Awaitable[ImportReport]]:
    """Import rows of one of the sector's nouns, named without the sector."""

    async def load(noun: str, *rows: Mapping[str, Any], now: datetime = NOW) -> ImportReport:
        async with province.service() as session:
            return await imports.run(
                session,
                noun=f"{SECTOR.code}.{noun}",
                rows=imports.rows_of(rows),
                directory=await Directory.load(session),
                catalogue=await Catalogue.load(session, [SECTOR]),
                now=now,
                sectors=[SECTOR],
            )

    return load


@pytest.fixture
def ask(province: Database) -> Callable[[str], Awaitable[dict[str, Any]]]:
    """Ask the sector's own fields on the day of the import, as somebody who sees its records in the whole province."""
    grant = Grant(
        role="sector",
        actions=frozenset({Action.READ}),
        sectors=frozenset({SECTOR.code}),
        units=ALL,
        data_classes=frozenset({DataClass.RECORD}),
        starts=date(2025, 1, 1),
        ends=date(2026, 1, 1),
    )
    caller = Caller(SECTOR.code, SECTOR.title, 1, (grant,))

    async def ask(query: str) -> dict[str, Any]:
        async with province.service_reading() as session:
            directory, catalogue = await Directory.load(session), await Catalogue.load(session, [SECTOR])
        async with province.reading(caller.rights(NOW.date())) as session:
            context = Context(caller, NOW.date(), NOW, directory, catalogue, session=session)
            answer = await _SCHEMA.execute(query, context_value=context)
        assert answer.errors is None
        assert answer.data is not None
        return answer.data

    return ask
