"""Records made up from what their tables and imports say, so that promises can be tried on any sector.

What cannot be, such as a day before counting began, is made up as well: the
import has to refuse it before the table does.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import unit_register
from dean06_core.by_hand import Samples
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.imports.records import by_type
from dean06_core.measuring import BEGINNING
from dean06_core.record_imports import Parse, RecordImport
from dean06_core.records import Record, table_of
from dean06_core.sectors import Sector
from dean06_core.unit_register import UnitEntry
from dean06_core.units import Tier, UnitLevel

PROVINCE: Final = "10"
COMMUNES: Final = ("10001", "10002", "10003")
DAYS: Final = tuple(date(2025, 5, 30) + timedelta(days=number) for number in range(66))
_EDGES: Final = (BEGINNING - timedelta(days=1), BEGINNING, date(2024, 12, 31), date(2025, 1, 1))
_SINCE: Final = BEGINNING - timedelta(days=366)
_LETTERS: Final = "ABCDEFGHKLMN"
_MARKS: Final = " .,:;“”"
_OURS: Final = frozenset({"id", "unit_key"})
_FEW_TRIES: Final = 40
_TRIES: Final = 400
_TRIES_A_RECORD: Final = 20
_AT_ONCE: Final = 25
_SOMETIMES: Final = 0.3
_SELDOM: Final = 0.1


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One record: as a file would bring it, and as it would be kept."""

    cells: Mapping[str, Any]
    values: Mapping[str, Any]


async def enter_province(session: AsyncSession) -> Directory:
    """A province with the communes to which made-up records belong, older than any record."""
    province = _entry(PROVINCE, UnitLevel.PROVINCE, Tier.PROVINCIAL)
    communes = [_entry(code, UnitLevel.COMMUNE, Tier.COMMUNE, parent=PROVINCE) for code in COMMUNES]
    await unit_register.enter(session, [province, *communes])
    return await Directory.load(session)


async def add_records(
    session: AsyncSession, sector: Sector, units: Sequence[int], count: int, samples: Samples
) -> list[Record]:
    """Up to ``count`` records of each table of the sector, of these units; what its table refuses is left out."""
    imports = {declared.record: declared for declared in sector.records.values()}
    chance, added = Random(count), list[Record]()  # noqa: S311  the same records every time
    for kind in _parents_first(sector.tables):
        candidates = made_up(kind, imports.get(kind), chance, count * _TRIES_A_RECORD, samples, added)
        records = (_record(kind, each.values, chance.choice(units)) for each in candidates)
        unlike, own = _told_apart(kind, records), list[Record]()
        while len(own) < count and (some := [*itertools.islice(unlike, min(count - len(own), _AT_ONCE))]):
            own += await _added(session, some)
        added += own
    return added


def _record(kind: type[Record], values: Mapping[str, Any], unit: int) -> Record:
    return kind(**values, **({"unit_key": unit} if "unit_key" in table_of(kind).columns else {}))


def _told_apart(kind: type[Record], records: Iterable[Record]) -> Iterator[Record]:
    """The records without those that the table would refuse because of one before."""
    uniques = _uniques(table_of(kind))
    seen: set[tuple[tuple[str, ...], tuple[Any, ...]]] = set()
    for record in records:
        keys = {(names, tuple(getattr(record, name) for name in names)) for names in uniques}
        if not keys & seen:
            seen |= keys
            yield record


def _uniques(table: sa.Table) -> list[tuple[str, ...]]:
    """The columns in which no two records may be alike, by constraint or by index."""
    uniques: list[sa.UniqueConstraint | sa.Index] = [index for index in table.indexes if index.unique]
    uniques += [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return [tuple(unique.columns.keys()) for unique in uniques]


async def _added(session: AsyncSession, records: list[Record]) -> list[Record]:
    """Those of the records that their table takes; all in one go, or each by itself where one is refused."""
    try:
        async with session.begin_nested():
            session.add_all(records)
    except sa.exc.IntegrityError:
        return [] if len(records) == 1 else [record for each in records for record in await _added(session, [each])]
    return records


def made_up(
    kind: type[Record],
    declared: RecordImport | None,
    chance: Random,
    count: int,
    samples: Samples,
    parents: Sequence[Record] = (),
) -> Iterator[MadeUp]:
    """As many records as are asked for, less those that the import would refuse for themselves."""
    for number in range(count):
        cells: dict[str, Any] = {"unit": chance.choice(COMMUNES)}
        values: dict[str, Any] = {}
        for column in table_of(kind).columns:
            if column.key not in _OURS:
                parse = None if declared is None else declared.parse.get(column.key)
                cells[column.key], values[column.key] = _cell(column, parse, chance, number, samples, parents)
        if declared is None or _passes(declared, values):
            yield MadeUp(cells, values)


def _entry(code: str, level: UnitLevel, tier: Tier, parent: str | None = None) -> UnitEntry:
    return UnitEntry(code=code, name=f"Đơn vị mẫu {code}", level=level, tier=tier, valid_from=_SINCE, parent=parent)


def _passes(declared: RecordImport, values: Mapping[str, Any]) -> bool:
    if any(values[name] is None for name in (*declared.key, *([declared.on] if declared.on else []))):
        return False
    try:
        if declared.check is not None:
            declared.check(values)
    except BadInput:
        return False
    return True


def _cell(
    column: sa.Column[Any],
    parse: Parse | None,
    chance: Random,
    number: int,
    samples: Samples,
    parents: Sequence[Record],
) -> tuple[Any, Any]:
    """How a cell of the column is written, and the value that is kept of it."""
    if column.nullable and chance.random() < _SOMETIMES:
        return None, None
    if column.key in samples:
        written = chance.choice(samples[column.key])
        return written, None if written is None else (parse or by_type(column))(written)
    if parse is not None:
        return _readable(parse, chance)
    value = _of_a_parent(column, chance, parents) if column.foreign_keys else _typed(column, chance, number)
    return (value.isoformat() if isinstance(value, date) else value), value


def _readable(parse: Parse, chance: Random) -> tuple[Any, Any]:
    """Something that the column's own parser reads: a code at random, or an example out of its refusal."""
    refusal = ""
    for tried in (_codes(chance, _FEW_TRIES), None, _codes(chance, _TRIES)):
        for written in tried or [word.strip(_MARKS) for word in refusal.split()]:
            try:
                return written, parse(written)
            except BadInput as refused:
                refusal = refused.message
    return None, None


def _codes(chance: Random, count: int) -> Iterator[str]:
    for _ in range(count):
        digits = "".join(chance.choices("0123456789", k=chance.randint(1, 15)))
        yield chance.choice((digits, "0" + digits, chance.choice(_LETTERS) + digits))


def _of_a_parent(column: sa.Column[Any], chance: Random, parents: Sequence[Record]) -> Any:
    [foreign] = column.foreign_keys
    known = [parent for parent in parents if parent.__table__ is foreign.column.table]
    return getattr(chance.choice(known), foreign.column.key) if known else None


def _typed(column: sa.Column[Any], chance: Random, number: int) -> Any:
    kind = column.type
    if isinstance(kind, sa.Enum):
        return chance.choice(list(kind.enum_class) if kind.enum_class is not None else kind.enums)
    python = kind.python_type
    if python is bool:
        return chance.random() < 1 / 2
    if python is int:
        return number if _tells_apart(column) else chance.choice((-1, 0, 1, 2, 3, 10, 100))
    if python is date:
        return chance.choice(_EDGES if chance.random() < _SELDOM else DAYS)
    if python is datetime:
        return datetime.combine(chance.choice(DAYS), datetime.min.time(), UTC)
    if python is UUID:
        return UUID(int=number)
    return f"{_LETTERS[number % len(_LETTERS)]}{number}" if python is str else None


def _tells_apart(column: sa.Column[Any]) -> bool:
    """Whether two records may not have the same value in it."""
    return (column.key,) in _uniques(column.table)


def _parents_first(records: Collection[type[Record]]) -> list[type[Record]]:
    order = {table.name: place for place, table in enumerate(Record.metadata.sorted_tables)}
    return sorted(records, key=lambda record: order[record.__tablename__])
