"""What every table has in common: keys made by the application, and a declaration of who may see its rows."""

from __future__ import annotations

import importlib
import pkgutil
import secrets
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from dean06_core.access import Access, Via
from dean06_core.errors import UndeclaredTable

_APART: Final = frozenset({"testing", "migrations"})


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment. Kept as UTC without an offset, so that both databases compare it alike."""

    impl = sa.DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A moment needs its time zone; {value!r} has none.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Record(DeclarativeBase):
    """A mapped table. Each one declares ``__access__``; one that does not stops start-up."""

    __access__: ClassVar[Access]

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: sa.Uuid(),
        datetime: UtcDateTime(),
        date: sa.Date(),
        str: sa.Text(),
        int: sa.BigInteger(),
    }


def new_id() -> UUID:
    """A UUIDv7: unique everywhere, rising in time, so that indexes grow at one end.

    4096ths of a millisecond stand behind the milliseconds (RFC 9562, 6.2, method 3);
    to count milliseconds up instead runs hours ahead of the clock in a large import.
    """
    ticks = time.time_ns() * 4096 // 1_000_000
    return UUID(int=(ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62))


def table_of(record: type[Record]) -> sa.Table:
    table = record.__table__
    assert isinstance(table, sa.Table)  # noqa: S101  every mapped class of ours maps a plain table
    return table


def dialect_of(session: AsyncSession) -> str:
    """``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def insert_unless(dialect: str, record: type[Record]) -> Any:
    """An insert that can be told what to do about a row that is there already, in the words of either database."""
    kind = sqlite if dialect == "sqlite" else postgresql
    return kind.insert(record)


def declared_access(records: Iterable[type[Record]]) -> dict[str, Access]:
    """Each table's name with its declaration. One undeclared, or naming a column that is not there, stops start-up."""
    found: dict[str, Access] = {}
    for record in records:
        table = table_of(record)
        access = getattr(record, "__access__", None)
        if not isinstance(access, Access):
            raise UndeclaredTable(
                f"Table '{table.name}' ({record.__module__}.{record.__qualname__}) does not say who may see its rows. "
                "Give the class an __access__ = Access(data_class=..., unit=..., sector=...)."
            )
        for column in access.columns():
            if column not in table.c:
                raise UndeclaredTable(
                    f"Table '{table.name}' declares access through its column '{column}', which it does not have. "
                    f"Its columns are: {', '.join(table.c.keys())}."
                )
        for via in access.vias:
            _refuse_unless_there(table, via)
        found[table.name] = access
    return found


def _refuse_unless_there(table: sa.Table, via: Via) -> None:
    """What a table that nobody has mapped yet has is not known."""
    other = table.metadata.tables.get(via.table)
    for column in (via.key, via.column):
        if other is not None and column not in other.c:
            raise UndeclaredTable(
                f"Table '{table.name}' declares access through the column '{column}' of '{via.table}', which has none. "
                f"Its columns are: {', '.join(other.c.keys())}."
            )


def records_of(package: str) -> list[type[Record]]:
    """Every mapped class of one package, in order of table name, whichever of its modules was used before.

    All are imported for it but those under ``testing`` and ``migrations``.
    """
    _import_all(package)
    return mapped_in(package)


def mapped_in(package: str) -> list[type[Record]]:
    """Those of the package's modules that were imported."""
    classes = [mapper.class_ for mapper in Record.registry.mappers]
    own = [record for record in classes if record.__module__ == package or record.__module__.startswith(package + ".")]
    return sorted(own, key=lambda record: record.__tablename__)


def _import_all(package: str) -> None:
    folders = getattr(importlib.import_module(package), "__path__", ())  # a single file has none
    for module in pkgutil.iter_modules(folders, f"{package}."):
        if module.name.rpartition(".")[2] in _APART:
            continue
        if module.ispkg:
            _import_all(module.name)
        else:
            importlib.import_module(module.name)
