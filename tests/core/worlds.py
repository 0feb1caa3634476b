"""Small provinces for tests, written straight into the tables and read back as the product reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import catalogue, unit_tree
from dean06_core.access import ALL, All, DataClass, Right
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.indicators import Indicator
from dean06_core.observations import Observation
from dean06_core.periods import Period, Window
from dean06_core.records import declared_access, new_id, records_of
from dean06_core.sectors import Sector
from dean06_core.testing import migrated_database
from dean06_core.units import CodeScheme, Tier, UnitCode, UnitLevel, UnitRow, UnitVersion

LONG_AGO = date(2000, 1, 1)
NOW = datetime(2025, 7, 28, 2, tzinfo=UTC)
JULY = Period.parse("2025-07")
PROVINCE = 1

RATE = Indicator(
    code="roads.paved_rate",
    name="Tỷ lệ đường đã trải nhựa",
    name_en="Paved road rate",
    numerator="km đã trải nhựa",
    denominator="km đường",
    definition="Số km đã trải nhựa trên tổng số km.",
    windows=(Window.PERIOD, Window.YEAR_TO_DATE, Window.TO_DATE),
)
ROADS = Sector(code="roads", title="Đường bộ", indicators=(RATE,))


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of a test: by default a commune right below the province."""

    key: int
    parent: int | None = PROVINCE
    level: UnitLevel = UnitLevel.COMMUNE
    tier: Tier = Tier.COMMUNE
    name: str = ""
    valid_from: date = LONG_AGO
    valid_to: date | None = None


@dataclass
class World:
    """An open database with its directory and catalogue, as services and callers see it."""

    database: Database
    directory: Directory
    catalogue: Catalogue
    sectors: Sequence[Sector] = field(default=(ROADS,))

    @asynccontextmanager
    async def seen_by(
        self, *, units: frozenset[int] | All = ALL, sectors: frozenset[str] | All = ALL
    ) -> AsyncIterator[AsyncSession]:
        rights = (Right(DataClass.DIRECTORY, ALL, ALL), Right(DataClass.AGGREGATE, sectors, units))
        async with self.database.reading(rights) as session:
            yield session

    async def add(self, *rows: Any) -> None:
        async with self.database.service() as session:
            session.add_all(rows)

    async def reload(self) -> None:
        async with self.database.service_reading() as session:
            self.directory = await Directory.load(session)
            self.catalogue = await Catalogue.load(session, self.sectors)


@asynccontextmanager
async def world(folder: Path, places: Sequence[Place], sectors: Sequence[Sector] = (ROADS,)) -> AsyncIterator[World]:
    """A migrated database that holds the places and the indicators of the sectors."""
    tables = declared_access(records_of("dean06_core"))
    async with migrated_database(folder, tables=tables) as database:
        yield await settled(database, places, sectors)


async def settled(database: Database, places: Sequence[Place], sectors: Sequence[Sector] = (ROADS,)) -> World:
    """The same in a database that is there, with whatever tables it has."""
    async with database.service() as session:
        for place in places:
            session.add(UnitRow(key=place.key, id=new_id()))
        await session.flush()
        for place in places:
            session.add_all(_rows_of(place))
        await session.flush()
        await unit_tree.rebuild(session)
        await catalogue.register(session, sectors)
    async with database.service_reading() as session:
        return World(database, await Directory.load(session), await Catalogue.load(session, sectors), sectors)


def province(*below: Place) -> list[Place]:
    return [Place(PROVINCE, None, UnitLevel.PROVINCE, Tier.PROVINCIAL, "Tỉnh Thử"), *below]


def stated(
    unit: int,
    numerator: int | None = None,
    denominator: int | None = None,
    *,
    indicator: int = 1,
    period: Period = JULY,
    **other: Any,
) -> Observation:
    """An official statement of a unit about itself, unless ``other`` says otherwise."""
    values: Mapping[str, Any] = {
        "window": Window.PERIOD,
        "official": True,
        "reporter_key": unit,
        "stated_in": f"entry:{new_id()}",
        "recorded_at": NOW,
        "sector": "roads",
        **other,
    }
    return Observation(
        indicator_key=indicator,
        unit_key=unit,
        period=period.code,
        period_starts=period.starts,
        period_ends=period.ends,
        numerator=numerator,
        denominator=denominator,
        **values,
    )


def _rows_of(place: Place) -> list[Any]:
    validity = {"valid_from": place.valid_from, "valid_to": place.valid_to}
    return [
        UnitVersion(
            unit_key=place.key,
            name=place.name or f"Xã Số {place.key}",
            level=place.level,
            tier=place.tier,
            parent_key=place.parent,
            **validity,
        ),
        UnitCode(unit_key=place.key, scheme=CodeScheme.SLUG, code=f"u{place.key}", **validity),
    ]
