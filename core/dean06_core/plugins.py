"""Finding the installed sectors, one by one, so that a broken plugin is told about and the others serve on."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final

import pluggy

from dean06_core import hookspecs, sectors
from dean06_core.errors import StartUpError, UndeclaredTable
from dean06_core.records import mapped_in
from dean06_core.sectors import Sector

GROUP: Final = "dean06"


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed plugin: the sector it declares, or the reason why it is left out."""

    name: str
    distribution: str
    version: str
    sector: Sector | None = None
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """Everything that was found under the entry-point group, in order of name."""

    plugins: tuple[Plugin, ...]

    @property
    def sectors(self) -> tuple[Sector, ...]:
        return tuple(plugin.sector for plugin in self.plugins if plugin.sector is not None)

    @property
    def broken(self) -> tuple[Plugin, ...]:
        return tuple(plugin for plugin in self.plugins if plugin.broken is not None)

    def without(self, name: str, reason: str) -> Installed:
        """The same with one plugin left out for a reason found later, such as a field that does not compose."""
        return Installed(
            tuple(
                Plugin(plugin.name, plugin.distribution, plugin.version, broken=reason)
                if plugin.name == name
                else plugin
                for plugin in self.plugins
            )
        )


def discover(found: Iterable[EntryPoint] | None = None) -> Installed:
    """Load every plugin by itself; one that fails to import or declare is kept with its reason.

    A table that does not say who may see its rows stops start-up,
    whoever brings it. Two sectors that own one code, table or root field cannot both be
    right: that stops start-up and names both.
    """
    points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
    plugins = tuple(_load(point) for point in points)
    _refuse_two_owners(plugins)
    return Installed(plugins)


def _load(point: EntryPoint) -> Plugin:
    distribution = point.dist.name if point.dist else point.value
    version = point.dist.version if point.dist else "?"
    try:
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        manager.add_hookspecs(sys.modules[hookspecs.__name__])
        manager.register(point.load(), name=point.name)
        manager.check_pending()
        declared = [sector for sector in manager.hook.declare_sector() if sector is not None]
        if len(declared) != 1 or not isinstance(declared[0], Sector):
            raise StartUpError(
                f"Plugin '{point.name}' ({point.value}) has to declare one Sector through 'declare_sector', "
                f"marked with @hookimpl; it declared {declared!r}."
            )
        _refuse_unlisted_tables(point, declared[0])
        sectors.check(declared[0])
    except UndeclaredTable:
        raise
    except Exception as error:
        return Plugin(point.name, distribution, version, broken=f"{type(error).__name__}: {error}")
    return Plugin(point.name, distribution, version, sector=declared[0])


def _refuse_unlisted_tables(point: EntryPoint, sector: Sector) -> None:
    """A mapped table that its sector does not list would stand outside the walls."""
    mapped = set(mapped_in(point.module.partition(".")[0]))
    for record in sorted(mapped - set(sector.tables), key=lambda record: record.__tablename__):
        raise UndeclaredTable(
            f"Plugin '{point.name}' maps table '{record.__tablename__}', which its sector does not list. "
            f"Add {record.__qualname__} to Sector(tables=...)."
        )


def _refuse_two_owners(plugins: Iterable[Plugin]) -> None:
    owners: dict[tuple[str, str], Plugin] = {}
    for plugin in plugins:
        sector = plugin.sector
        if sector is None:
            continue
        owned = [
            ("Sector", sector.code),
            ("Root field", sector.root_field),
            *(("Indicator", indicator.code) for indicator in sector.indicators),
            *(("Table", table) for table in sector.table_access),
        ]
        for kind, code in owned:
            other = owners.setdefault((kind, code), plugin)
            if other is not plugin:
                both = (other.name, plugin.name)
                one, two = both if other.name != plugin.name else (other.distribution, plugin.distribution)
                raise StartUpError(
                    f"{kind} '{code}' is declared by both '{one}' and '{two}'. Prefix the code with its sector, "
                    f"or uninstall one of the two plugins."
                )
