"""What is installed here: the sectors that were found, all tables and histories, and the API made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Final

from dean06_core import catalogue, migrating, plugins
from dean06_core.access import Access
from dean06_core.database import Address, Database
from dean06_core.errors import BadInput, StartUpError
from dean06_core.migrating import History, Step
from dean06_core.plugins import Installed
from dean06_core.records import declared_access, records_of
from dean06_core.sectors import Sector
from dean06_schema.engine import Engine, compose

AUTH: Final = History("auth", "dean06_auth.migrations")


@dataclass(frozen=True, slots=True)
class Installation:
    """A value: the same distributions give the same installation, and nothing is opened by it."""

    plugins: Installed
    tables: Mapping[str, Access]
    histories: tuple[History, ...]
    engine: Engine

    @staticmethod
    def found(points: Iterable[EntryPoint] | None = None) -> Installation:
        """Compose what is installed. Two owners of one name, or a table that declares no access, stop start-up."""
        installed = plugins.discover(points)
        composed = compose(installed.sectors)
        for code, fault in composed.faults.items():
            installed = installed.without(code, fault)
        return Installation(
            plugins=installed,
            tables=_tables(installed.sectors),
            histories=(migrating.CORE, AUTH, *migrating.histories_of(installed.sectors)),
            engine=composed.engine,
        )

    @property
    def sectors(self) -> tuple[Sector, ...]:
        return self.plugins.sectors

    def sector(self, code: str) -> Sector:
        """The installed sector of a code; SECTOR_NOT_INSTALLED with those that are."""
        for sector in self.sectors:
            if sector.code == code:
                return sector
        known = ", ".join(sector.code for sector in self.sectors)
        raise BadInput(
            "SECTOR_NOT_INSTALLED", f"Chưa cài lĩnh vực “{code}”. Hãy chọn một trong: {known}.", field=("sector",)
        )

    def database(self, address: Address | str) -> Database:
        return Database(address, self.tables)

    async def bring_up(self, database: Database) -> list[Step]:
        """Apply the revisions that are missing and keep the indicators that the sectors declare; again: nothing."""
        steps = await migrating.upgrade(database, self.histories)
        async with database.service() as session:
            await catalogue.register(session, self.sectors)
        return steps

    async def refuse_unless_current(self, database: Database) -> None:
        """Stop whoever would serve a database that these distributions do not fit."""
        states = [state for state in await migrating.state(database, self.histories) if not state.is_current]
        if not states:
            return await database.backend.refuse_unless_walled()
        told = "; ".join(
            f"'{state.history.name}' is at {state.current or 'nothing'}, here is {state.head}" for state in states
        )
        remedy = "install the newer release again" if any(state.is_newer for state in states) else "run: dean06 migrate"
        raise StartUpError(
            f"The database at {database.name} does not fit what is installed ({told}). To go on, {remedy}."
        )


def _tables(sectors: Iterable[Sector]) -> dict[str, Access]:
    found = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
    for sector in sectors:
        found |= sector.table_access
    return found
