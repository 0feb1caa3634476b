"""A piece of Hà Tĩnh for tests, as files describe it: before and after the communes of 2025."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from dean06_core import catalogue, imports, proposals, unit_register
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.imports import ImportReport
from dean06_core.indicators import Indicator, IndicatorKind, OverTime, Part
from dean06_core.outcomes import Tally
from dean06_core.periods import Window
from dean06_core.records import records_of
from dean06_core.sectors import Sector
from dean06_core.testing import migrated_database
from dean06_core.unit_register import Predecessor, UnitEntry
from dean06_core.units import CodeScheme, SuccessionKind, Tier, UnitLevel

LONG_AGO: Final = date(1991, 8, 12)
REFORM: Final = date(2025, 7, 1)
NOW: Final = datetime(2025, 7, 28, 2, tzinfo=UTC)
TODAY: Final = NOW.date()
PROPOSER: Final = "lan"
CONFIRMER: Final = "binh"
LATER: Final = datetime(2025, 8, 1, 2, tzinfo=UTC)

RECORDS_ONLINE: Final = Indicator(
    code="justice.criminal_record_vneid_rate",
    name="Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID",
    name_en="Criminal-record certificates through VNeID",
    numerator="hồ sơ cấp qua VNeID",
    denominator="hồ sơ cấp Phiếu lý lịch tư pháp",
    definition="Hồ sơ cấp qua VNeID trên tổng số hồ sơ cấp Phiếu lý lịch tư pháp.",
    windows=(Window.PERIOD, Window.TO_DATE),
    responsible="cong-an-tinh",
)
HEALTH_BOOKS: Final = Indicator(
    code="health.health_book_vneid_rate",
    name="Người dân có Sổ sức khỏe điện tử trên VNeID",
    name_en="People with an e-health book on VNeID",
    numerator="người có Sổ",
    denominator="dân số thường trú",
    definition="Người có Sổ sức khỏe điện tử trên dân số thường trú.",
    over_time=OverTime.LAST,
)
KIOSKS: Final = Indicator(
    code="health.health_kiosk_facility_count",
    name="Cơ sở có Kiosk y tế",
    name_en="Facilities with a health kiosk",
    kind=IndicatorKind.COUNT,
    unit_of_measure="cơ sở",
    numerator="cơ sở có kiosk",
    definition="Số cơ sở khám, chữa bệnh có kiosk y tế.",
    parts=(Part("hospital", "Bệnh viện"), Part("centre", "Trung tâm y tế")),
)
HEALTH: Final = Sector(code="health", title="Y tế", indicators=(HEALTH_BOOKS, KIOSKS))
JUSTICE: Final = Sector(code="justice", title="Tư pháp", indicators=(RECORDS_ONLINE,))
SECTORS: Final = (HEALTH, JUSTICE)


def department(code: str, name: str, **other: Any) -> UnitEntry:
    values: Mapping[str, Any] = {"parent": "42", "valid_from": LONG_AGO} | other
    return UnitEntry(
        code=code,
        scheme=CodeScheme.SLUG,
        name=name,
        level=UnitLevel.DEPARTMENT,
        tier=Tier.PROVINCIAL,
        **values,
    )


def commune(code: str, name: str, **other: Any) -> UnitEntry:
    values: Mapping[str, Any] = {"parent": "42", "valid_from": REFORM} | other
    return UnitEntry(code=code, name=name, level=UnitLevel.COMMUNE, tier=Tier.COMMUNE, **values)


def abolished(code: str, name: str) -> UnitEntry:
    return commune(code, name, parent="436", valid_from=LONG_AGO, valid_to=REFORM)


def province(code: str, name: str) -> UnitEntry:
    return UnitEntry(
        code=code,
        name=name,
        level=UnitLevel.PROVINCE,
        tier=Tier.PROVINCIAL,
        parent="VN",
        valid_from=LONG_AGO,
    )


def merged(*codes: str) -> tuple[Predecessor, ...]:
    return tuple(Predecessor(code=code, kind=SuccessionKind.MERGE, partly=False) for code in codes)


VIET_NAM: Final = UnitEntry(
    code="VN",
    scheme=CodeScheme.SLUG,
    name="Việt Nam",
    level=UnitLevel.COUNTRY,
    tier=Tier.CENTRAL,
    valid_from=date(1945, 9, 2),
)
HA_TINH: Final = province("42", "Tỉnh Hà Tĩnh")
CITY: Final = UnitEntry(
    code="436",
    name="Thành phố Hà Tĩnh",
    level=UnitLevel.DISTRICT,
    tier=Tier.DISTRICT,
    parent="42",
    valid_from=LONG_AGO,
    valid_to=REFORM,
)
UNITS: Final = (
    commune("18073", "Phường Thành Sen", predecessors=merged("18094"), basis="19/2025/QĐ-TTg"),
    commune("18100", "Phường Trần Phú", predecessors=merged("18100"), basis="19/2025/QĐ-TTg"),
    commune("18844", "Xã Kỳ Thượng"),
    commune("18562", "Xã Thạch Hà"),
    commune("18565", "Xã Thạch Hạ"),
    abolished("18094", "Phường Trần Phú"),
    abolished("18100", "Phường Thạch Hạ"),
    CITY,
    department("cong-an-tinh", "Công an tỉnh"),
    department("so-y-te", "Sở Y tế"),
    department("ubnd-tinh", "UBND tỉnh"),
    department("thue-tinh", "Thuế tỉnh Hà Tĩnh", parent="VN", serves=("42",)),
    HA_TINH,
    VIET_NAM,
)
"""Parents after their children, as a file may have them."""


class Office:
    """An open database and the work of loading it; reference data is read again for each file."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def declare(self) -> None:
        async with self.database.service() as session:
            await catalogue.register(session, SECTORS)

    async def directory(self) -> Directory:
        async with self.database.service_reading() as session:
            return await Directory.load(session)

    async def catalogue(self) -> Catalogue:
        async with self.database.service_reading() as session:
            return await Catalogue.load(session, SECTORS)

    async def load(
        self, noun: str, rows: Sequence[Mapping[str, Any] | imports.Row], *, now: datetime = NOW, **options: Any
    ) -> ImportReport:
        numbered = [
            row if isinstance(row, imports.Row) else imports.Row(number, row)
            for number, row in enumerate(rows, start=1)
        ]
        async with self.database.service() as session:
            return await imports.run(
                session,
                noun=noun,
                rows=numbered,
                directory=await Directory.load(session),
                catalogue=await Catalogue.load(session, SECTORS),
                now=now,
                **{"by": PROPOSER, **options},
            )

    async def confirm(self, *codes: str, by: str = CONFIRMER) -> Tally:
        async with self.database.service() as session:
            return await proposals.confirm(session, codes, by=by, now=NOW)

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, in no particular order."""
        async with self.database.service_reading() as session:
            return {
                record.__tablename__: sorted(map(tuple, await session.execute(sa.select(record.__table__))), key=repr)
                for record in records_of("dean06_core")
            }


@asynccontextmanager
async def empty_office(folder: Path) -> AsyncIterator[Office]:
    """An office with tables and nothing in them."""
    async with migrated_database(folder) as database:
        yield Office(database)


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Office]:
    """An office that knows the units and the declared indicators."""
    async with empty_office(folder) as opened:
        async with opened.database.service() as session:
            await unit_register.enter(session, UNITS)
        await opened.declare()
        yield opened
