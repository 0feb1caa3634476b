"""What every plugin promises, as tests that the plugin's own suite inherits."""

from __future__ import annotations

import socket
import sqlite3
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import migrating, plugins, sectors
from dean06_core.pages import LARGEST_SIZE
from dean06_core.plugins import Plugin
from dean06_core.records import records_of
from dean06_core.sectors import Sector
from dean06_core.testing import descriptions, faults, fields, files, measurements
from dean06_core.testing.databases import as_sentences, differences, migrated_database, statements, tables_of
from dean06_core.testing.filled_provinces import filled_province
from dean06_core.testing.hand_counts import HandCounts
from dean06_core.testing.importing import COMMUNES
from dean06_core.testing.leaks.provinces import walled_province
from dean06_core.testing.measurements import NATION, SPANS

_FEW, _SOME, _MANY = 3, 60, LARGEST_SIZE + 50
_ONE_UNIT: Final = COMMUNES[:1]


class PluginContract:
    """Subclass it in the plugin's tests and name the module that its entry point names::

        class TestLand(PluginContract):
            plugin = dean06_land.plugin

    Its resolvers are compared with the counts by hand that it ships, in
    ``BY_HAND`` of ``dean06_land.by_hand``. Columns that cannot be made up, such
    as codes with a rule of their own, take cells from ``SAMPLES`` there.
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

    @property
    def by_hand(self) -> HandCounts:
        return HandCounts.of(self.plugin)

    def test_declares_the_same_value_every_time(self) -> None:
        if self.sector != self.sector:
            faults.tell("declare_sector() returned another value the second time. Return one constant.")

    def test_declares_without_a_database_or_a_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            faults.tell("declare_sector() opened a database or a connection. Declare from constants alone.")

        monkeypatch.setattr(sqlite3, "connect", refuse)
        monkeypatch.setattr(socket.socket, "connect", refuse)
        assert self.sector

    def test_is_found_through_its_entry_point(self) -> None:
        name = self.plugin.__name__
        own = [point for point in entry_points(group=plugins.GROUP) if point.value == name]
        if not own:
            faults.tell(f"No entry point in the group 'dean06' names '{name}'. Add it, and install again.")
        found: list[Plugin] = []
        faults.tell(*faults.refusals(lambda: found.extend(plugins.discover(own).broken)))
        faults.tell(*(f"It is left out: {plugin.broken}" for plugin in found))

    def test_can_be_composed(self) -> None:
        faults.tell(*faults.refusals(lambda: sectors.check(self.sector)))

    def test_every_indicator_is_prefixed_and_told_to_officials(self) -> None:
        if not self.sector.indicators:
            faults.tell(f"Sector '{self.sector.code}' declares no indicator.")
        faults.tell(
            *(
                f"Indicator '{indicator.code}' has no {field} that an official could read. Write it in "
                f"{'English' if field == 'name_en' else 'Vietnamese'}."
                for indicator in self.sector.indicators
                for field in descriptions.undocumented(indicator)
            )
        )

    def test_every_mapped_class_is_declared(self) -> None:
        package = self.plugin.__name__.partition(".")[0]
        undeclared = sorted(record.__qualname__ for record in set(records_of(package)) - set(self.sector.tables))
        faults.tell(*(f"{record} is in no Sector(tables=...). Name it there." for record in undeclared))

    async def test_migrations_make_the_tables_as_declared_and_remove_them(self, tmp_path: Path) -> None:
        tables = set(self.sector.table_access)
        own = migrating.histories_of([self.sector])
        async with migrated_database(tmp_path, *own) as database:
            faults.tell(*as_sentences(await differences(database, tables)))
            assert await migrating.upgrade(database, [migrating.CORE, *own]) == []
            for history in own:
                assert await migrating.downgrade(database, history)
            left = sorted(tables & await tables_of(database))
            faults.tell(*(f"Table '{table}' is left after downgrade(). Drop it there." for table in left))
            assert await migrating.orphans(database, [migrating.CORE]) == []

    async def test_no_way_leads_to_a_row_outside_the_pass(self, tmp_path: Path) -> None:
        async with walled_province(tmp_path, self.sector, self.by_hand.samples) as matrix:
            for record in self.sector.tables:
                faults.tell(*await matrix.reading(record), *await matrix.changing(record))

    async def test_a_resolver_asks_once_however_many_units_and_spans(self, tmp_path: Path) -> None:
        async with (
            migrated_database(tmp_path, *migrating.histories_of([self.sector])) as database,
            AsyncSession(database.services) as session,
        ):
            for code, resolver in self.sector.resolvers.items():
                for units, spans in ((NATION[:2], SPANS), (NATION, measurements.a_year_of_spans())):
                    with statements(database) as sent:
                        found = await resolver(session, units, spans)
                    if found:
                        faults.tell(f"The resolver of '{code}' measured {found[0]} where there is no record.")
                    if len(sent) != 1:
                        faults.tell(
                            f"The resolver of '{code}' sent {len(sent)} statements for {len(units)} units. "
                            f"Ask for all units and spans in one."
                        )

    def test_every_resolver_has_a_count_by_hand(self) -> None:
        faults.tell(*self.by_hand.faults(self.sector.resolvers))

    async def test_a_resolver_measures_what_counting_one_by_one_gives(self, tmp_path: Path) -> None:
        by_hand = self.by_hand
        async with filled_province(tmp_path, self.sector, by_hand.samples, _SOME) as here:
            asked = here.asked
            for code, resolver in self.sector.resolvers.items():
                found = await resolver(here.session, asked, SPANS)
                if len(found) != len({(each.unit, each.period, each.window) for each in found}):
                    faults.tell(f"The resolver of '{code}' measured one unit and span twice. Group by all of them.")
                alone = [
                    each for unit in asked for span in SPANS for each in await resolver(here.session, [unit], [span])
                ]
                measurements.compare(code, found, alone, "asking for that alone")
                if by_hand.counts is not None and code in by_hand.counts:
                    counted = by_hand.counts[code](here.records, asked, SPANS)
                    measurements.compare(code, found, counted, "counting by hand")

    def test_its_fields_are_prefixed_and_told_to_officials(self) -> None:
        for schema in fields.schemas(self.sector.query):
            faults.tell(*descriptions.untold(schema, self.sector))

    async def test_its_fields_answer_by_pages_and_ask_as_often_for_many_records(self, tmp_path: Path) -> None:
        samples = self.by_hand.samples
        for schema in fields.schemas(self.sector.query):
            asked = fields.questions(schema)
            async with filled_province(tmp_path, self.sector, samples, _FEW, owners=_ONE_UNIT) as here:
                few = await fields.answers(here, schema, [*asked.values()])
            async with filled_province(tmp_path, self.sector, samples, _MANY, owners=_ONE_UNIT) as here:
                many = await fields.answers(here, schema, [*asked.values()])
            for field, before, after in zip(asked, few, many, strict=True):
                if after.longest > LARGEST_SIZE:
                    faults.tell(
                        f"Field '{field}' answers a list of {after.longest} for one unit. "
                        f"Give it First and After, and let it return a Connection."
                    )
                if after.statements > before.statements:
                    faults.tell(
                        f"Field '{field}' sends {before.statements} statements for few records and "
                        f"{after.statements} for many. Ask for all parents at once with batch_field."
                    )

    async def test_an_import_keeps_what_a_file_says_and_again_leaves_it(self, tmp_path: Path) -> None:
        samples = self.by_hand.samples
        for name in self.sector.records:
            async with filled_province(tmp_path, self.sector, samples, 0) as here:
                faults.tell(*await files.faults_of_loading(here, name, samples))
