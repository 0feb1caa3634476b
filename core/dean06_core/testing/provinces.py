"""A small province for a sector's own tests: its units, files of records, the sector's fields, and what follows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import strawberry

from dean06_core import answers, catalogue, computing, imports, unit_register
from dean06_core.access import ALL, Action, All, Caller, DataClass, Grant, Right
from dean06_core.answers import Question
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.figures import Figure
from dean06_core.graphql import Context
from dean06_core.imports import ImportReport
from dean06_core.migrating import histories_of
from dean06_core.periods import Period
from dean06_core.records import declared_access, records_of
from dean06_core.sectors import Sector
from dean06_core.testing.databases import migrated_database
from dean06_core.unit_register import UnitEntry
from dean06_core.units import CodeScheme, Tier, UnitLevel

NOW: Final = datetime(2025, 7, 28, 2, tzinfo=UTC)
LONG_AGO: Final = date(1991, 8, 12)
REFORM: Final = date(2025, 7, 1)
_JULY: Final = Period.parse("2025-07")


def place(
    code: str, name: str, level: UnitLevel = UnitLevel.COMMUNE, tier: Tier = Tier.COMMUNE, **other: Any
) -> UnitEntry:
    """A unit of the province, unless ``other`` says otherwise: a commune since the reform of 1 July 2025."""
    values = {"parent": "42", "valid_from": REFORM if level is UnitLevel.COMMUNE else LONG_AGO, **other}
    scheme = CodeScheme.NSO if code.isdigit() else CodeScheme.SLUG
    return UnitEntry(code=code, scheme=scheme, name=name, level=level, tier=tier, **values)


COMMUNES: Final = (place("18823", "Phường Vũng Áng"), place("18844", "Xã Kỳ Thượng"))
_AROUND: Final = (
    place("VN", "Việt Nam", UnitLevel.COUNTRY, Tier.CENTRAL, parent=None),
    place("42", "Tỉnh Hà Tĩnh", UnitLevel.PROVINCE, Tier.PROVINCIAL, parent="VN"),
)


@dataclass(frozen=True, slots=True)
class SmallProvince:
    """An open database with the units of a small province and the indicators of one sector, asked at one moment."""

    database: Database
    sector: Sector
    now: datetime

    async def load(self, noun: str, *rows: Mapping[str, Any], now: datetime | None = None) -> ImportReport:
        """Import rows of one of the sector's nouns, named without the sector."""
        async with self.database.service() as session:
            return await imports.run(
                session,
                noun=f"{self.sector.code}.{noun}",
                rows=imports.rows_of(rows),
                directory=await Directory.load(session),
                catalogue=await Catalogue.load(session, [self.sector]),
                now=now or self.now,
                sectors=[self.sector],
            )

    async def ask(self, query: str, *codes: str) -> dict[str, Any]:
        """Ask the sector's own fields as somebody who sees its records of the units with these codes, else of all."""
        assert self.sector.query is not None, f"Sector '{self.sector.code}' has no fields."
        directory, known = await self._reference()
        units: frozenset[int] | All = ALL
        if codes:
            units = frozenset(directory.named(code, self.now.date()).key for code in codes)
        caller = self._reader(units)
        async with self.database.reading(caller.rights(self.now.date())) as session:
            context = Context(caller, self.now.date(), self.now, directory.limited_to(units), known, session=session)
            answer = await strawberry.Schema(query=self.sector.query).execute(query, context_value=context)
        assert answer.errors is None, answer.errors
        assert answer.data is not None
        return answer.data

    async def figures(self) -> dict[tuple[str, str], Figure]:
        """Compute July 2025 behind the wall; what answers then, by the unit's code and the indicator's name."""
        directory, known = await self._reference()
        units = sorted(directory.versions)
        computed = computing.compute(
            self.database, self.sector, units=units, periods=[_JULY], catalogue=known, directory=directory, now=self.now
        )
        assert {code async for code, _ in computed} == set(self.sector.resolvers)
        rights = Right(DataClass.DIRECTORY, ALL, ALL), Right(DataClass.AGGREGATE, frozenset({self.sector.code}), ALL)
        async with self.database.reading(rights) as session:
            question = Question(units=units, indicators=known.listed(), periods=[_JULY])
            answered = await answers.answer(session, directory, known, question)
        return {
            (directory.unit(figure.cell.unit, self.now.date()).code, figure.indicator.code.partition(".")[2]): figure
            for figure in answered
            if figure.numerator is not None
        }

    async def _reference(self) -> tuple[Directory, Catalogue]:
        async with self.database.service_reading() as session:
            return await Directory.load(session), await Catalogue.load(session, [self.sector])

    def _reader(self, units: frozenset[int] | All) -> Caller:
        grant = Grant(
            role="sector",
            actions=frozenset({Action.READ}),
            sectors=frozenset({self.sector.code}),
            units=units,
            data_classes=frozenset({DataClass.RECORD}),
            starts=self.now.date(),
            ends=self.now.date() + timedelta(days=1),
        )
        return Caller(self.sector.code, self.sector.title, 1, (grant,))


@asynccontextmanager
async def small_province(
    folder: Path, sector: Sector, units: Sequence[UnitEntry] = COMMUNES, *, now: datetime = NOW
) -> AsyncIterator[SmallProvince]:
    """A province with these units, two communes unless others are given, and none of the sector's records."""
    tables = {**declared_access(records_of("dean06_core")), **sector.table_access}
    async with migrated_database(folder, *histories_of([sector]), tables=tables) as database:
        async with database.service() as session:
            await unit_register.enter(session, [*_AROUND, *units])
            await catalogue.register(session, [sector])
        yield SmallProvince(database, sector, now)
