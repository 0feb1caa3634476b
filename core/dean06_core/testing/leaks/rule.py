"""Who may see and who may write a row, worked out in Python from plain rows; the walls say the same in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dean06_core.access import Access, Action, All, DataClass, Right, Via

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


def sees(rights: Sequence[Right], table: str, row: Row, rows: Rows, tables: Mapping[str, Access]) -> bool:
    """One right to read covers the row's class, one of its units and one of its sectors together."""
    access = tables[table]
    if access.internal:
        return False
    if access.within is not None:
        column, parent = access.within
        above = (each for each in rows[parent] if each["id"] == row[column])
        return any(sees(rights, parent, each, rows, tables) for each in above)
    reading = [right for right in rights if right.action is Action.READ and right.data_class is access.data_class]
    return any(_covers(right, access, row, rows) for right in reading)


def writes(
    rights: Sequence[Right],
    table: str,
    row: Row,
    rows: Rows,
    tables: Mapping[str, Access],
    action: Action | None = None,
) -> bool:
    """One right to the action covers the row where it is written, and the row above it where one is; a row of no unit
    wants it in every unit. Without an action, by that which writes the table; the table above is asked for the same.
    Rows that are appended by all want any right to write at all.
    """
    access = tables[table]
    if access.appended_by_all is not None:
        return any(right.action is not Action.READ and right.units and right.sectors for right in rights)
    asked = action or access.written_by
    if access.internal or asked is None:
        return False
    where = access if access.written_where is None or access.written_by is not asked else access.written_where
    if where.within is not None:
        column, parent = where.within
        above = [each for each in rows[parent] if each["id"] == row[column]]
        if not any(writes(rights, parent, each, rows, tables, asked) for each in above):
            return False
        if where.unit is None and where.sector is None and where.sector_is is None:
            return True
    meant = [right for right in rights if right.action is asked and right.data_class is access.data_class]
    if where.unit is not None and units_of(where, row, rows) == [None]:
        meant = [right for right in meant if isinstance(right.units, All)]
    return any(_covers(right, where, row, rows) for right in meant)


def class_of(table: str, tables: Mapping[str, Access]) -> DataClass:
    """The class that a right has to name: of a row that is seen with another, that of the other."""
    return root_of(table, tables).data_class


def root_of(table: str, tables: Mapping[str, Access]) -> Access:
    access = tables[table]
    return access if access.within is None else root_of(access.within[1], tables)


def root_rows(table: str, tables: Mapping[str, Access], rows: Rows) -> Sequence[Row]:
    """The rows on which it depends who sees those of the table."""
    access = tables[table]
    return rows[table] if access.within is None else root_rows(access.within[1], tables, rows)


def units_of(access: Access, row: Row, rows: Rows) -> Sequence[Any]:
    return _held_by(access.unit, row, rows)


def sectors_of(access: Access, row: Row, rows: Rows) -> Sequence[Any]:
    return [access.sector_is] if access.sector_is else _held_by(access.sector, row, rows)


def _covers(right: Right, access: Access, row: Row, rows: Rows) -> bool:
    of_no_unit = access.unit is None or (access.unit_optional and units_of(access, row, rows) == [None])
    of_no_sector = access.sector is None and access.sector_is is None
    return (
        bool(right.units)
        and bool(right.sectors)
        and (of_no_unit or _shares(right.units, units_of(access, row, rows)))
        and (of_no_sector or _shares(right.sectors, sectors_of(access, row, rows)))
    )


def _shares(granted: frozenset[Any] | All, held: Sequence[Any]) -> bool:
    return isinstance(granted, All) or any(each in granted for each in held)


def _held_by(where: str | Via | None, row: Row, rows: Rows) -> Sequence[Any]:
    if isinstance(where, Via):
        return [other[where.column] for other in rows[where.table] if other[where.key] == row[where.of]]
    return [] if where is None else [row[where]]
