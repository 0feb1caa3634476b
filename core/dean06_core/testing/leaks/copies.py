"""Rows that could be written as well: a copy under a key that is free, and a change that means nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from dean06_core.access import Access
from dean06_core.records import new_id
from dean06_core.testing.leaks.rule import Row, Rows

_MANY: Final = 10_000


def copies(table: sa.Table, row: Row, rows: Rows, access: Access) -> Iterator[dict[str, Any]]:
    """The row under other keys, first those of the same unit and sector.

    Where no two rows may be alike, it is unlike ``row``.
    """
    taken = {tuple(each[column.name] for column in table.primary_key) for each in rows[table.name]}
    for key in _keys(table, row, rows):
        if key not in taken:
            new = {**row, **dict(zip(table.primary_key.columns.keys(), key, strict=True))}
            for names in _uniques(table):
                if all(new[name] == row[name] for name in names):
                    for name in itertools.islice((name for name in names if _is_free(table.c[name], access)), 1):
                        new[name] = _other(table.c[name], row[name])
            yield new


def change(table: sa.Table, row: Row, access: Access) -> dict[str, Any]:
    """Another value in a column on which nothing depends; {} where there is none."""
    told = {name for names in _uniques(table) for name in names}
    checks = " ".join(str(each.sqltext) for each in table.constraints if isinstance(each, sa.CheckConstraint))
    for column in table.columns:
        if not (column.primary_key or column.name in told or column.name in checks) and _is_free(column, access):
            return {column.name: _other(column, row[column.name])}
    return {}


def _keys(table: sa.Table, row: Row, rows: Rows) -> Iterator[tuple[Any, ...]]:
    """Keys with which the row could stand there; a column that says who sees it stays as it is if it can."""
    return itertools.islice(itertools.product(*(_parts(column, row, rows) for column in table.primary_key)), _MANY)


def _parts(column: sa.Column[Any], row: Row, rows: Rows) -> Iterable[Any]:
    value = row[column.name]
    if column.foreign_keys:
        [foreign] = column.foreign_keys
        return [value, *(each[foreign.column.name] for each in rows[foreign.column.table.name])]
    if isinstance(column.type, sa.Enum):
        return list(column.type.enum_class or column.type.enums)
    return [value, _other(column, value)]


def _other(column: sa.Column[Any], value: Any) -> Any:
    python = column.type.python_type
    if python is str:
        return f"{value or ''}x"
    if python is int:
        return (value or 0) + _MANY
    if python is date:
        return (value or date(2025, 1, 1)) + timedelta(days=1)
    if python is bytes:
        return (value or b"x")[::-1]
    return new_id()


def _is_free(column: sa.Column[Any], access: Access) -> bool:
    """Whether any text or number may stand in it."""
    is_plain = isinstance(column.type, sa.Text | sa.Integer | sa.Date | sa.Uuid | sa.LargeBinary) and not isinstance(
        column.type, sa.Enum
    )
    return is_plain and not column.foreign_keys and column.name not in access.columns()


def _uniques(table: sa.Table) -> Sequence[Sequence[str]]:
    found: list[sa.UniqueConstraint | sa.Index] = [index for index in table.indexes if index.unique]
    found += [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return [list(each.columns.keys()) for each in found]


def of_two(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> int:
    """How many rows were added, taken away or changed; a changed one counts once."""
    old, new = ({repr(row) for row in rows} for rows in (before, after))
    return max(len(old - new), len(new - old))
