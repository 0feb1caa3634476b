"""Every way to a table is tried with rights that cover some of its rows, and has to lead to those and to no others."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from dean06_core.access import ALL, Access, Action, DataClass, Right
from dean06_core.database import Database
from dean06_core.errors import WriteRefused
from dean06_core.records import Record, table_of
from dean06_core.testing.leaks.copies import change, copies, of_two
from dean06_core.testing.leaks.loads import LOADS
from dean06_core.testing.leaks.passes import are_thorough, officer, passes
from dean06_core.testing.leaks.rule import Row, Rows, sees, writes
from dean06_core.testing.leaks.statements import COUNTS, KEYS
from dean06_core.testing.leaks.targets import Key, Target
from dean06_core.testing.leaks.texts import TEXTS
from dean06_core.testing.leaks.writes import WRITES, Aim, Kind, Write
from dean06_core.testing.owning import owning

REFUSALS: Final = (DBAPIError, PermissionError, WriteRefused, StaleDataError, sqlite3.Error, psycopg.Error)
_EVERYTHING: Final = tuple(Right(each, ALL, ALL, action) for each in DataClass for action in Action)
_EVERYTHING_READ: Final = tuple(Right(each, ALL, ALL) for each in DataClass)
_LONGEST: Final = 300
_FEW: Final = 3
_QUICK: Final = ("columns of an entity", "text", "a count", "a key")

Found = Collection[Key] | int
Ask = Callable[[AsyncSession, Target], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class Way:
    ask: Ask
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """A database behind its walls, with the rows of its tables as services see them.

    ``spares`` are rows that are not there and could be; where there is none, one is made up.
    """

    database: Database
    tables: Mapping[str, Access]
    rows: Rows
    spares: Rows

    @staticmethod
    async def of(database: Database, tables: Mapping[str, Access], spares: Rows | None = None) -> Matrix:
        return Matrix(database, tables, await _rows(database, tables), spares or {})

    async def reading(self, record: type[Record]) -> list[str]:
        """What each way through a reading session shows too much or too little of, in words."""
        name = record.__tablename__
        target, faults = self._target(record), list[str]()
        ways = _ways(target.dialect.name)
        everyone = passes(name, self.tables, self.rows)
        for who, rights in everyone.items():
            expected = {_key_of(target, row) for row in self._seen(name, rights)}
            tried = ways if are_thorough(who, everyone) else {way: ways[way] for way in _QUICK}
            async with self.database.reading(rights) as session:
                for way, meant in tried.items():
                    found = await _found(session, target, meant)
                    if not _is_right(found, expected, meant, is_internal=self.tables[name].internal):
                        faults.append(_told(name, way, who, found, expected, meant))
        return faults

    async def changing(self, record: type[Record]) -> list[str]:
        """What each way to write changes outside the pass, or does not change inside, in words."""
        name = record.__tablename__
        target, rights = self._target(record), officer(name, self.tables, self.rows)
        inside, outside = self._aims(target, rights, is_inside=True), self._aims(target, rights, is_inside=False)
        if not inside and not outside:
            return [f"Table '{name}': no row can be copied, so that writing could be tried. Add rows it refers to."]
        faults = await self._moved(inside, outside, rights)
        any_aim = (inside or outside)[0]
        for way, write in _writes(target.dialect.name).items():
            if write.kind in (Kind.UPDATE, Kind.OVER) and not any_aim.change:
                continue
            await _attempted(self.database.reading(_EVERYTHING), write, any_aim)
            await _attempted(self.database.writing(_EVERYTHING_READ), write, any_aim)
            for aim in outside if self.tables[name].written_by else outside[:1]:
                await _attempted(self.database.writing(rights), write, aim)
            faults += await self._unchanged(name, f"'{way}' without a right to it")
            if self.tables[name].appended_by_all is not None and write.kind is not Kind.INSERT:
                faults += await self._unchanged_for_good(way, write, any_aim, rights)
                continue
            if inside and write.kind is not Kind.DELETE and way != "insert or replace":
                faults += await self._changed_by_one_inside(way, write, inside[0], rights)
            elif not write.of_the_owner:
                faults += await self._changed_by_one_as_a_service(way, write, any_aim)
        return faults

    async def _moved(self, inside: list[Aim], outside: list[Aim], rights: tuple[Right, ...]) -> list[str]:
        """A row inside is not handed out of the pass, and one outside is not taken into it, under whatever key."""
        if not inside or not outside:
            return []
        table, faults = inside[0].target.table, list[str]()
        rule = self._rule(table.name).columns()
        keys = table.primary_key.columns.keys()
        moved = {*rule, *(keys if {*rule} & {*keys} else ())}
        for what, aim, there in (("handing out", inside[0], outside[0]), ("taking in", outside[0], inside[0])):
            aside = replace(aim, change={column: there.new[column] for column in moved})
            await _attempted(self.database.writing(rights), WRITES["update"], aside)
            faults += await self._unchanged(table.name, f"'{what}'")
        return faults

    async def _unchanged(self, name: str, what: str) -> list[str]:
        after = await _rows(self.database, [name])
        count = of_two(self.rows[name], after[name])
        if not count:
            return []
        await self._restore(name, after[name])
        return [f"Table '{name}': {what} changed {count} rows. It may change none."]

    async def _unchanged_for_good(self, way: str, write: Write, aim: Aim, rights: tuple[Right, ...]) -> list[str]:
        """Of a row that is there for good: nobody changes it, not even services, unless they may erase it."""
        name, appended = aim.target.table.name, self.tables[aim.target.table.name].appended_by_all
        await _attempted(self.database.writing(rights), write, aim)
        faults = await self._unchanged(name, f"'{way}' by somebody who adds rows")
        if write.kind is not Kind.DELETE or appended is None or not appended.is_erasable:
            await _attempted(self.database.service(), write, aim)
            return faults + await self._unchanged(name, f"'{way}' by a service")
        return faults if write.of_the_owner else [*faults, *await self._changed_by_one_as_a_service(way, write, aim)]

    async def _changed_by_one_inside(self, way: str, write: Write, aim: Aim, rights: tuple[Right, ...]) -> list[str]:
        name = aim.target.table.name
        meant = 1
        if write.shows and aim.target.dialect.name == "postgresql":
            meant = int(sees(rights, name, aim.new, self.rows, self.tables))
        refused = await _attempted(self.database.writing(rights), write, aim)
        after = await _rows(self.database, [name])
        count = of_two(self.rows[name], after[name])
        await self._restore(name, after[name])
        if count == meant:
            return []
        return [f"Table '{name}': '{way}' inside the pass changed {count} rows, not {meant}. {refused or ''}"]

    async def _changed_by_one_as_a_service(self, way: str, write: Write, aim: Aim) -> list[str]:
        """The same as somebody may do it; on a copy to which nothing refers, and taken back."""
        table = aim.target.table
        async with AsyncSession(self.database.services, expire_on_commit=False, autoflush=False) as session:
            await session.connection(execution_options={"begin": self.database.backend.writing})
            if write.kind is not Kind.INSERT:
                await session.execute(sa.insert(table).values(dict(aim.new)))
                aim = replace(aim, row=aim.new)
            before = await _all(session, table)
            try:
                await write.make(session, aim)
            except REFUSALS as refused:
                return [f"Table '{table.name}': '{way}' is refused to services too: {refused}"]
            count = of_two(before, await _all(session, table))
            await session.rollback()
        return [] if count == 1 else [f"Table '{table.name}': '{way}' by a service changed {count} rows, not one."]

    async def _restore(self, name: str, after: Sequence[Row]) -> None:
        table = Record.metadata.tables[name]
        keys = [column.name for column in table.primary_key]
        was, now = ({tuple(row[key] for key in keys): row for row in rows} for rows in (self.rows[name], after))
        async with owning(self.database) as connection:
            for key in now.keys() - was.keys():
                await connection.execute(sa.delete(table).where(_is(table, key)))
            for key in was.keys() - now.keys():
                await connection.execute(sa.insert(table).values(dict(was[key])))
            for key in (key for key in was.keys() & now.keys() if was[key] != now[key]):
                await connection.execute(sa.update(table).where(_is(table, key)).values(dict(was[key])))

    def _target(self, record: type[Record]) -> Target:
        columns = [*table_of(record).primary_key.columns.keys()]
        keys = [tuple(row[name] for name in columns) for row in self.rows[record.__tablename__]]
        return Target.of(record, keys, self.database.readers.dialect)

    def inside(self, record: type[Record]) -> int:
        """How many rows of a table somebody of one unit and sector may write, and could write anew."""
        name = record.__tablename__
        return len(self._aims(self._target(record), officer(name, self.tables, self.rows), is_inside=True))

    def _aims(self, target: Target, rights: tuple[Right, ...], *, is_inside: bool) -> list[Aim]:
        """The rows that the rights cover, or do not, each with another that is like it in that."""
        name = target.table.name

        def is_meant(row: Row) -> bool:
            return writes(rights, name, row, self.rows, self.tables) is is_inside

        aims = (self._aim(target, row, is_meant) for row in self.rows[name] if is_meant(row))
        return [aim for aim in aims if aim is not None]

    def _aim(self, target: Target, row: Row, is_meant: Callable[[Row], bool]) -> Aim | None:
        table, access = target.table, self.tables[target.table.name]
        alike = (
            each
            for each in self.spares.get(table.name, ())
            if all(each[column] == row[column] for column in access.columns())
        )
        new = next(filter(is_meant, chain(alike, copies(table, row, self.rows, access))), None)
        return None if new is None else Aim(target, row, dict(new), change(table, row, access))

    def _rule(self, name: str) -> Access:
        """Where the table is written, or is seen if nobody writes it."""
        return self.tables[name].written_where or self.tables[name]

    def _seen(self, name: str, rights: tuple[Right, ...]) -> Iterator[Row]:
        return (row for row in self.rows[name] if sees(rights, name, row, self.rows, self.tables))


def _key_of(target: Target, row: Row) -> Key:
    return tuple(row[column.name] for column in target.columns)


def _ways(dialect: str) -> dict[str, Way]:
    return {
        **{name: Way(_keys(build)) for name, build in KEYS.items()},
        **{name: Way(_count(build)) for name, build in COUNTS.items()},
        **{name: Way(load) for name, load in LOADS.items()},
        **{
            name: Way(_text(each.sql), refused=each.refused_by == dialect)
            for name, each in TEXTS.items()
            if each.only in (None, dialect)
        },
    }


def _writes(dialect: str) -> dict[str, Write]:
    return {name: write for name, write in WRITES.items() if write.only in (None, dialect)}


def _keys(build: Callable[[Target], sa.Executable]) -> Ask:
    async def ask(session: AsyncSession, target: Target) -> Found:
        return [tuple(row) for row in await session.execute(build(target))]

    return ask


def _count(build: Callable[[Target], sa.Executable]) -> Ask:
    async def ask(session: AsyncSession, target: Target) -> Found:
        return int((await session.execute(build(target))).scalar_one())

    return ask


def _text(written: Callable[[Target], str]) -> Ask:
    async def ask(session: AsyncSession, target: Target) -> Found:
        connection = await session.connection()
        return [target.typed(row) for row in await connection.exec_driver_sql(written(target))]

    return ask


async def _found(session: AsyncSession, target: Target, way: Way) -> Found | Exception:
    """What a way finds, or that it was refused; the session is as new behind it."""
    try:
        return await way.ask(session, target)
    except REFUSALS as refusal:
        await session.rollback()
        return refusal
    finally:
        session.expunge_all()


def _is_right(found: Found | Exception, expected: Collection[Key], way: Way, *, is_internal: bool) -> bool:
    if isinstance(found, Exception):
        return way.refused or is_internal
    if isinstance(found, int):
        return found == len(expected)
    return not way.refused and len(found) == len(expected) and set(found) == set(expected)


def _told(name: str, way: str, who: str, found: Found | Exception, expected: Collection[Key], meant: Way) -> str:
    what = f"Table '{name}': '{way}', asked by {who},"
    if meant.refused:
        return f"{what} has to be refused and was answered."
    if isinstance(found, Exception):
        return f"{what} has to be answered and was refused: {str(found)[:_LONGEST]}"
    if isinstance(found, int):
        return f"{what} counts {found} rows where the rights cover {len(expected)}."
    surplus, missing = sorted(map(str, set(found) - set(expected))), sorted(map(str, set(expected) - set(found)))
    return (
        f"{what} shows {len(found)} rows where the rights cover {len(expected)}. "
        f"Outside are {', '.join(surplus[:_FEW]) or 'none'}; missing are {', '.join(missing[:_FEW]) or 'none'}."
    )


async def _attempted(opened: Any, write: Write, aim: Aim) -> Exception | None:
    """Try it; the block commits whatever it may."""
    try:
        async with opened as session:
            await write.make(session, aim)
    except REFUSALS as refusal:
        return refusal
    return None


async def _rows(database: Database, names: Collection[str]) -> dict[str, list[Row]]:
    async with database.service_reading() as session:
        there = [Record.metadata.tables[name] for name in names]
        return {table.name: await _all(session, table) for table in there}


async def _all(session: AsyncSession, table: sa.Table) -> list[Row]:
    return [dict(row) for row in (await session.execute(sa.select(table))).mappings()]


def _is(table: sa.Table, key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == part for column, part in zip(table.primary_key, key, strict=True)))
