"""A sector is a value: its name, its indicators and how they are measured, its tables, its fields in the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from dean06_core.access import Access
from dean06_core.errors import StartUpError
from dean06_core.indicators import LOCAL, Indicator
from dean06_core.measuring import Resolver
from dean06_core.record_imports import RecordImport
from dean06_core.record_imports import check as check_import
from dean06_core.records import Record, declared_access

SDK_VERSION: Final = (1, 0)
"""Major and minor of what a plugin builds on; a new minor adds, a new major breaks."""

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_RESERVED: Final = frozenset({LOCAL, "auth", "core", "platform"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """What a plugin declares.

    ``code`` prefixes every indicator (``code.name``) and every table
    (``code_name``). ``query`` is a Strawberry type whose fields stand under one
    root field of the sector's name. ``resolvers`` measure indicators by code.
    ``records`` are the kinds of record that files bring, by the name after the
    dot in ``dean06 import code.name FILE``. ``migrations`` is the import path of the package that holds ``versions/``.
    ``sdk`` is the SDK version that the plugin was written for.
    """

    code: str
    title: str
    indicators: tuple[Indicator, ...] = ()
    resolvers: Mapping[str, Resolver] = field(default_factory=lambda: MappingProxyType({}))
    tables: tuple[type[Record], ...] = ()
    migrations: str | None = None
    query: type | None = None
    records: Mapping[str, RecordImport] = field(default_factory=lambda: MappingProxyType({}))
    sdk: tuple[int, int] = SDK_VERSION

    @property
    def root_field(self) -> str:
        """Under which root field the sector's own fields stand: ``public_services`` is ``publicServices``."""
        first, *rest = self.code.split("_")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def table_access(self) -> dict[str, Access]:
        return declared_access(self.tables)


def check(sector: Sector) -> None:
    """Refuse a sector that cannot be composed, in words for the person who wrote it."""
    if not _CODE.fullmatch(sector.code) or sector.code in _RESERVED:
        raise StartUpError(
            f"Sector code {sector.code!r} cannot be used. Choose lower-case letters, digits and '_', "
            f"and none of: {', '.join(sorted(_RESERVED))}."
        )
    major, minor = sector.sdk
    if major != SDK_VERSION[0] or minor > SDK_VERSION[1]:
        raise StartUpError(
            f"Sector '{sector.code}' needs SDK {major}.{minor}; this is SDK {SDK_VERSION[0]}.{SDK_VERSION[1]}. "
            f"{'Upgrade dean06-core' if (major, minor) > SDK_VERSION else 'Install a newer release of the plugin'}."
        )
    codes = [indicator.code for indicator in sector.indicators]
    for code in codes:
        if not code.startswith(f"{sector.code}."):
            raise StartUpError(
                f"Sector '{sector.code}' declares indicator '{code}'. Prefix the code with its sector, "
                f"for example '{sector.code}.{code.rpartition('.')[2]}'."
            )
        if codes.count(code) > 1:
            raise StartUpError(f"Sector '{sector.code}' declares indicator '{code}' twice. Remove one of the two.")
    for code in sector.resolvers:
        if code not in codes:
            raise StartUpError(
                f"Sector '{sector.code}' has a resolver for '{code}', which it does not declare. "
                f"Declare the indicator or remove the resolver."
            )
    for table in sector.table_access:
        if not table.startswith(f"{sector.code}_"):
            raise StartUpError(
                f"Sector '{sector.code}' has a table '{table}'. "
                f"Prefix its name with the sector: '{sector.code}_{table}'."
            )
    for name, declared in sector.records.items():
        if declared.record not in sector.tables:
            raise StartUpError(
                f"The import '{sector.code}.{name}' loads '{declared.record.__tablename__}', "
                f"which is no table of sector '{sector.code}'. Name the class in tables=."
            )
        check_import(f"{sector.code}.{name}", declared)
    if sector.tables and sector.migrations is None:
        raise StartUpError(
            f"Sector '{sector.code}' has tables but no migrations. Set migrations='{sector.code}_package.migrations'."
        )
