"""What every plugin promises, as tests that the plugin's own suite inherits."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import migrating, plugins, sectors
from dean06_core.database import Database
from dean06_core.indicators import Indicator
from dean06_core.measuring import Span
from dean06_core.periods import Period, PeriodType, Window, containing
from dean06_core.records import records_of
from dean06_core.sectors import Sector
from dean06_core.testing.databases import differences, migrated_database, statements

_NATION: Final = range(1, 3504)
"""As many unit keys as there are provinces, communes and what lies between in the whole country."""


class PluginContract:
    """Subclass it in the plugin's tests and name the module that its entry point names::

    class TestLand(PluginContract):
        plugin = dean06_land.plugin
    """

    plugin: ModuleType
    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @property
    def sector(self) -> Sector:
        declared = self.plugin.declare_sector()
        assert isinstance(declared, Sector)
        return declared

    def test_declares_the_same_value_every_time(self) -> None:
        assert self.sector == self.sector

    def test_is_found_through_its_entry_point(self) -> None:
        own = [point for point in entry_points(group=plugins.GROUP) if point.value == self.plugin.__name__]
        found = plugins.discover(own)
        assert [plugin.broken for plugin in found.plugins] == [None]
        assert found.sectors == (self.sector,)

    def test_can_be_composed(self) -> None:
        sectors.check(self.sector)

    def test_every_indicator_is_prefixed_and_documented_in_vietnamese(self) -> None:
        assert self.sector.indicators
        for indicator in self.sector.indicators:
            assert indicator.sector == self.sector.code
            assert undocumented(indicator) == []

    def test_every_mapped_class_is_declared(self) -> None:
        package = self.plugin.__name__.partition(".")[0]
        assert records_of(package) == sorted(self.sector.tables, key=lambda record: record.__tablename__)

    async def test_migrations_make_the_tables_as_declared_and_remove_them(self, tmp_path: Path) -> None:
        tables = set(self.sector.table_access)
        own = migrating.histories_of([self.sector])
        async with migrated_database(tmp_path, *own) as database:
            assert await differences(database, tables) == []
            assert await migrating.upgrade(database, [migrating.CORE, *own]) == []
            for history in own:
                assert await migrating.downgrade(database, history)
            assert not tables & await _existing(database)
            assert await migrating.orphans(database, [migrating.CORE]) == []

    async def test_a_resolver_asks_once_however_many_units_and_spans(self, tmp_path: Path) -> None:
        async with (
            migrated_database(tmp_path, *migrating.histories_of([self.sector])) as database,
            AsyncSession(database.services) as session,
        ):
            for code, resolver in self.sector.resolvers.items():
                with statements(database) as sent:
                    assert await resolver(session, _NATION, _a_year_of_spans()) == [], code
                assert len(sent) == 1, code


async def _existing(database: Database) -> set[str]:
    async with database.services.connect() as connection:
        return set(await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names()))


def undocumented(indicator: Indicator) -> list[str]:
    """The texts of an indicator that an official could not use: missing, or not Vietnamese where they have to be."""
    vietnamese = {"name": indicator.name, "definition": indicator.definition, "numerator": indicator.numerator}
    if indicator.denominator is not None:
        vietnamese["denominator"] = indicator.denominator
    missing = [field for field, text in vietnamese.items() if text.isascii()]
    return missing if indicator.name_en.strip() and indicator.name_en.isascii() else [*missing, "name_en"]


def _a_year_of_spans() -> list[Span]:
    weeks = [containing(date(2025, 1, 6) + timedelta(weeks=number), PeriodType.WEEK) for number in range(51)]
    return [Span.of(period, window) for period in (*weeks, Period.parse("2025")) for window in Window]
