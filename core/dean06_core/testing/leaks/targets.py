"""A table as somebody attacks it who knows its columns and every key in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import InstrumentedAttribute, foreign, relationship, remote

from dean06_core.records import Record, table_of

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """``guess`` is mapped to nothing but the keys of all rows, and related to the rows as ``rows``, ``row``, ``later``.

    Its ``found`` is how many rows of the table have that key.
    """

    record: type[Record]
    guess: Any
    guessed: Sequence[Key]
    dialect: sa.Dialect

    @staticmethod
    def of(record: type[Record], keys: Sequence[Key], dialect: sa.Dialect) -> Target:
        return Target(record, _guess(record, keys), keys, dialect)

    @property
    def table(self) -> sa.Table:
        return table_of(self.record)

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The primary key."""
        return [*self.table.primary_key.columns]

    @property
    def attributes(self) -> list[str]:
        mapper = sa.inspect(self.record)
        return [mapper.get_property_by_column(column).key for column in self.columns]

    @property
    def others(self) -> list[str]:
        """The attributes that are no part of the key."""
        mapper = sa.inspect(self.record)
        return [each.key for each in mapper.column_attrs if each.key not in self.attributes]

    @property
    def keys(self) -> list[InstrumentedAttribute[Any]]:
        return self.keys_of(self.record)

    @property
    def guess_keys(self) -> list[InstrumentedAttribute[Any]]:
        return [getattr(self.guess, _guessed(number)) for number in range(len(self.columns))]

    @property
    def name(self) -> str:
        return self._quoted(self.table.name)

    def keys_of(self, entity: Any) -> list[Any]:
        """The primary key of an alias, or of the rows of a sub-select that is mapped."""
        return [getattr(entity, name) for name in self.attributes]

    def columns_of(self, selected: sa.FromClause) -> list[Any]:
        return [selected.c[column.name] for column in self.columns]

    def same(self, one: Sequence[Any], other: Sequence[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(*(left == right for left, right in zip(one, other, strict=True)))

    def is_guess(self, keys: Sequence[Any] = ()) -> sa.ColumnElement[bool]:
        return self.same(keys or self.keys, self.guess_keys)

    def is_key(self, key: Key) -> sa.ColumnElement[bool]:
        return self.same(self.columns, key)

    def k(self, alias: str = "") -> str:
        """The primary key in SQL, each column behind the alias."""
        before = f"{alias}." if alias else ""
        return ", ".join(before + self.k_of(column) for column in self.columns)

    def k_of(self, column: sa.Column[Any]) -> str:
        return self._quoted(column.name)

    def key_of(self, found: object) -> Key:
        return tuple(getattr(found, name) for name in self.attributes)

    def typed(self, raw: Collection[Any]) -> Key:
        """A key as the driver gives it, as the mapped class would."""
        return tuple(_typed(column, value, self.dialect) for column, value in zip(self.columns, raw, strict=True))

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Named by column, as attributes."""
        mapper = sa.inspect(self.record)
        return {mapper.get_property_by_column(self.table.c[name]).key: value for name, value in row.items()}

    def _quoted(self, name: str) -> str:
        return self.dialect.identifier_preparer.quote(name)


def _typed(column: sa.Column[Any], value: Any, dialect: sa.Dialect) -> Any:
    process = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return value if process is None else process(value)


def _guessed(number: int) -> str:
    return f"key_{number}"


def _guess(record: type[Record], keys: Sequence[Key]) -> Any:
    """A class over the keys alone, which anybody may select, because they are in the statement."""
    table = table_of(record)
    columns = [*table.primary_key.columns]
    known = sa.union_all(
        *(
            sa.select(*(sa.literal(part, column.type).label(_guessed(number)) for number, (column, part) in pairs))
            for pairs in (list(enumerate(zip(columns, key, strict=True))) for key in keys)
        )
    ).subquery("guesses")
    guessed = [known.c[_guessed(number)] for number in range(len(columns))]
    same = list(zip(guessed, columns, strict=True))
    of_one = sa.and_(*(left == foreign(remote(right)) for left, right in same))
    found = sa.select(sa.func.count()).select_from(table).where(sa.and_(*(left == right for left, right in same)))
    guess: Any = type("Guess", (), {})
    orm.registry().map_imperatively(
        guess,
        known,
        primary_key=guessed,
        properties={
            "rows": relationship(record, primaryjoin=of_one, viewonly=True, uselist=True),
            "row": relationship(
                record,
                primaryjoin=sa.and_(*(foreign(left) == remote(right) for left, right in same)),
                viewonly=True,
                uselist=False,
            ),
            "later": relationship(record, primaryjoin=of_one, viewonly=True, lazy="write_only"),
            "found": orm.column_property(found.correlate_except(table).scalar_subquery()),
        },
    )
    return guess
