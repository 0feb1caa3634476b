"""How a sector says that files of its records may be loaded, and what a sound row of them is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from dean06_core.errors import StartUpError
from dean06_core.records import Record, table_of

Parse = Callable[[Any], Any]
"""Turns a cell into the value of a column, or refuses it with BadInput."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordImport:
    """A file has the columns of the mapped class but for ``id`` and ``unit_key``, and ``unit``: its code or name.

    ``key`` are the columns that tell one record from another; the table has a
    unique constraint on them. ``on`` is the column with the day on which the
    unit is looked up, None for the day of the import. ``parse`` reads columns
    that are not read by their type alone. ``checked`` columns may stand in a
    file, are parsed and never kept. ``check`` refuses values that do not go
    together with a BadInput that names a column.
    """

    record: type[Record]
    key: tuple[str, ...]
    on: str | None = None
    parse: Mapping[str, Parse] = field(default_factory=lambda: MappingProxyType({}))
    checked: Mapping[str, Parse] = field(default_factory=lambda: MappingProxyType({}))
    check: Callable[[Mapping[str, Any]], None] | None = None


def check(noun: str, declared: RecordImport) -> None:
    """Refuse an import that names columns which the table lacks, or a key that the table does not keep unique."""
    table = table_of(declared.record)
    columns = set(table.columns.keys())
    named = {*declared.key, *declared.parse, *([declared.on] if declared.on else []), "unit_key"}
    for name in sorted(named - columns):
        raise StartUpError(
            f"The import '{noun}' names column '{name}', which table '{table.name}' does not have. "
            f"Its columns are: {', '.join(sorted(columns))}."
        )
    for name in sorted(columns & set(declared.checked)):
        raise StartUpError(f"The import '{noun}' only checks column '{name}', but the table keeps it. Use parse=.")
    for column in table.columns:
        if column.key != "id" and callable(getattr(column.default, "arg", None)):
            raise StartUpError(
                f"The import '{noun}' cannot fill column '{column.key}', whose default is made by calling something. "
                "Give it a fixed default, let it be null, or let files bring it."
            )
    uniques = [set(index.columns.keys()) for index in table.indexes if index.unique]
    uniques += [set(each.columns.keys()) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    if set(declared.key) not in uniques:
        raise StartUpError(
            f"The import '{noun}' tells records by {', '.join(declared.key)}, "
            f"but table '{table.name}' may hold two of a kind. Add a unique constraint on these columns."
        )
