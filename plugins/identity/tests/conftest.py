"""What every test of the sector may ask for: a small province, files for it, and the sector's own fields."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import strawberry

from dean06_core import imports, unit_register
from dean06_core.access import ALL, Action, All, Caller, DataClass, Grant
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
from dean06_identity.plugin import SECTOR
from dean06_identity.query import IdentityQuery

NOW: Final = datetime(2026, 10, 5, 2, tzinfo=UTC)
_TODAY: Final = NOW.date()
_LONG_AGO: Final = date(1991, 8, 12)
_REFORM: Final = date(2025, 7, 1)
_SCHEMA: Final = strawberry.Schema(query=IdentityQuery)


def _commune(code: str, name: str, starts: date = _REFORM, ends: date | None = None) -> UnitEntry:
    return UnitEntry(
        code=code,
        name=name,
        level=UnitLevel.COMMUNE,
        tier=Tier.COMMUNE,
        parent="42",
        valid_from=starts,
        valid_to=ends,
    )


UNITS: Final = (
    UnitEntry(
        code="VN",
        scheme=CodeScheme.SLUG,
        name="Việt Nam",
        level=UnitLevel.COUNTRY,
        tier=Tier.CENTRAL,
        valid_from=_LONG_AGO,
    ),
    UnitEntry(
        code="42",
        name="Tỉnh Hà Tĩnh",
        level=UnitLevel.PROVINCE,
        tier=Tier.PROVINCIAL,
        parent="VN",
        valid_from=_LONG_AGO,
    ),
    _commune("18823", "Phường Vũng Áng"),
    _commune("18844", "Xã Kỳ Thượng"),
    _commune("18100", "Phường Thạch Hạ", _LONG_AGO, _REFORM),
    _commune("18100", "Phường Trần Phú"),
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

    async def load(noun: str, *rows: Mapping[str, Any]) -> ImportReport:
        async with province.service() as session:
            return await imports.run(
                session,
                noun=f"{SECTOR.code}.{noun}",
                rows=imports.rows_of(rows),
                directory=await Directory.load(session),
                catalogue=await Catalogue.load(session, [SECTOR]),
                now=NOW,
                sectors=[SECTOR],
            )

    return load


@pytest.fixture
def ask(province: Database) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Ask the sector's own fields as somebody who sees its records of the units with these codes, else of all."""

    async def ask(query: str, *codes: str) -> dict[str, Any]:
        async with province.service_reading() as session:
            directory, catalogue = await Directory.load(session), await Catalogue.load(session, [SECTOR])
        units: frozenset[int] | All = frozenset(directory.named(code, _TODAY).key for code in codes) if codes else ALL
        caller = _reader(units)
        async with province.reading(caller.rights(_TODAY)) as session:
            context = Context(caller, _TODAY, NOW, directory.limited_to(units), catalogue, session=session)
            answer = await _SCHEMA.execute(query, context_value=context)
        assert answer.errors is None
        assert answer.data is not None
        return answer.data

    return ask


def _reader(units: frozenset[int] | All) -> Caller:
    grant = Grant(
        role="sector",
        actions=frozenset({Action.READ}),
        sectors=frozenset({SECTOR.code}),
        units=units,
        data_classes=frozenset({DataClass.RECORD}),
        starts=_TODAY,
        ends=date(2027, 1, 1),
    )
    return Caller(SECTOR.code, SECTOR.title, 1, (grant,))
