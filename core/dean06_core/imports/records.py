"""Rows of a sector's own records: read by the types of their columns, told apart by their key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.errors import BadInput
from dean06_core.imports.cells import Cells, count, day, flag, one_of, prose
from dean06_core.imports.references import References
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.record_imports import Parse, RecordImport
from dean06_core.records import Record, table_of

_AT_ONCE: Final = 500
_OURS: Final = frozenset({"id", "unit_key"})


@dataclass(frozen=True)
class RecordNoun:
    """One kind of record of one sector, as ``imports.run`` asks a noun to read and write its rows."""

    name: str
    declared: RecordImport

    def read(self, row: Cells, references: References) -> dict[str, Any]:
        written = row.need("unit", str)
        values = {column.key: self._value(row, column) for column in self._columns}
        for name, parse in self.declared.checked.items():
            row.get(name, parse)
        row.finish()
        if self.declared.check is not None:
            try:
                self.declared.check(values)
            except BadInput as refusal:
                row.refuse(".".join(refusal.field), refusal.code, refusal.message)
        on = references.today if self.declared.on is None else values[self.declared.on] or references.today
        values["unit_key"] = row.attempt("unit", references.unit_on, written, on)
        row.stop_if_wrong()
        return values

    async def write(
        self, session: AsyncSession, entries: Sequence[Mapping[str, Any]], references: References, now: datetime
    ) -> Tally:
        """Make the records that are new and change those that say something else; one statement reads 500."""
        self._refuse_twice(entries)
        outcomes: list[Outcome] = []
        units: set[int] = set()
        days: list[date] = []
        for start in range(0, len(entries), _AT_ONCE):
            part = entries[start : start + _AT_ONCE]
            known = await self._known(session, part)
            for values in part:
                record = known.get(self._key(values))
                if record is not None and all(getattr(record, name) == value for name, value in values.items()):
                    outcomes.append(Outcome.UNCHANGED)
                    continue
                if record is None:
                    outcomes.append(Outcome.CREATED)
                    session.add(self.declared.record(**values))
                else:
                    outcomes.append(Outcome.UPDATED)
                    units.add(record.unit_key)
                    days += self._days({name: getattr(record, name) for name in values})
                    for name, value in values.items():
                        setattr(record, name, value)
                units.add(values["unit_key"])
                days += self._days(values)
            await session.flush()
            session.expunge_all()
        tally = Tally.of(outcomes)
        return replace(tally, units=frozenset(units), since=min(days, default=None))

    @property
    def _columns(self) -> list[sa.Column[Any]]:
        return [column for column in table_of(self.declared.record).columns if column.key not in _OURS]

    def _value(self, row: Cells, column: sa.Column[Any]) -> Any:
        parse = self.declared.parse.get(column.key) or by_type(column)
        default = getattr(column.default, "arg", None)
        if column.nullable or default is not None:
            return row.get(column.key, parse, default)
        return row.need(column.key, parse)

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.declared.key)

    def _days(self, values: Mapping[str, Any]) -> Iterable[date]:
        return (value for value in values.values() if isinstance(value, date))

    async def _known(self, session: AsyncSession, entries: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, ...], Any]:
        record: Any = self.declared.record
        wanted = {self._key(values) for values in entries}
        rows: Iterable[Record] = await session.scalars(
            sa.select(record).where(
                *(
                    getattr(record, name).in_({*values})
                    for name, values in zip(self.declared.key, zip(*wanted, strict=True), strict=True)
                )
            )
        )
        found = {tuple(getattr(row, name) for name in self.declared.key): row for row in rows}
        return {key: row for key, row in found.items() if key in wanted}

    def _refuse_twice(self, entries: Sequence[Mapping[str, Any]]) -> None:
        refusals = Refusals()
        first: dict[tuple[Any, ...], int] = {}
        for place, values in enumerate(entries):
            key = self._key(values)
            if first.setdefault(key, place) != place:
                said = ", ".join(f"{name} “{value}”" for name, value in zip(self.declared.key, key, strict=True))
                refusals.add(
                    place,
                    BadInput(
                        "RECORD_TWICE",
                        f"Tệp có hai dòng cùng {said}. Hãy giữ một dòng.",
                        field=(self.declared.key[0],),
                    ),
                )
        refusals.stop_if_any()


def by_type(column: sa.Column[Any]) -> Parse:
    type_ = column.type
    if isinstance(type_, sa.Enum) and type_.enum_class is not None:
        return one_of(type_.enum_class)
    for kind, parse in ((sa.Boolean, flag), (sa.Date, day), (sa.Integer, count), (sa.String, prose)):
        if isinstance(type_, kind):
            return parse
    raise TypeError(f"Column '{column}' is {type_!r}, which no cell is read as. Say how with parse=.")
