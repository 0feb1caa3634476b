"""Ways to change a table. Each is aimed at one row: one that is there, or one that would be new."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached

from dean06_core.testing.leaks.targets import Key, Target


class Kind(Enum):
    """What would become of the table. OVER puts a new row in the place of one that is there."""

    INSERT = "insert"
    OVER = "over"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Aim:
    """``row`` is there, ``new`` is not; both by column. ``change`` is what an update would make of ``row``."""

    target: Target
    row: Mapping[str, Any]
    new: Mapping[str, Any]
    change: Mapping[str, Any]

    @property
    def key(self) -> Key:
        return tuple(self.row[column.name] for column in self.target.columns)

    @property
    def changed(self) -> dict[str, Any]:
        return {**self.row, **self.change}

    @property
    def is_it(self) -> sa.ColumnElement[bool]:
        return self.target.is_key(self.key)


@dataclass(frozen=True, slots=True)
class Write:
    """``only`` names the database whose language it is; ``of_the_owner`` is what not even services may do.

    ``shows``: it gives back what it made, so that a server makes no row that the caller would not see.
    """

    kind: Kind
    make: Callable[[AsyncSession, Aim], Awaitable[object]]
    only: str | None = None
    of_the_owner: bool = False
    shows: bool = False


async def _adding(session: AsyncSession, aim: Aim) -> None:
    session.add(aim.target.record(**aim.target.values(aim.new)))
    await session.flush()


async def _merging(session: AsyncSession, aim: Aim) -> None:
    await session.merge(aim.target.record(**aim.target.values(aim.changed)))
    await session.flush()


async def _setting(session: AsyncSession, aim: Aim) -> None:
    held = _held(aim)
    session.add(held)
    for name, value in aim.target.values(aim.change).items():
        setattr(held, name, value)
    await session.flush()


async def _deleting(session: AsyncSession, aim: Aim) -> None:
    held = _held(aim)
    session.add(held)
    await session.delete(held)
    await session.flush()


async def _inserting_many(session: AsyncSession, aim: Aim) -> None:
    await session.execute(insert(aim.target.record), [aim.target.values(aim.new)])


async def _updating_many(session: AsyncSession, aim: Aim) -> None:
    await session.execute(update(aim.target.record), [aim.target.values(aim.changed)])


async def _on_the_connection(session: AsyncSession, aim: Aim) -> None:
    await (await session.connection()).execute(insert(aim.target.table).values(dict(aim.new)))


async def _updating_on_the_connection(session: AsyncSession, aim: Aim) -> None:
    await (await session.connection()).execute(_update(aim))


def _held(aim: Aim) -> Any:
    """The row as an object that was loaded by somebody who may see it."""
    held = aim.target.record(**aim.target.values(aim.row))
    make_transient_to_detached(held)
    return held


def _sent(build: Callable[[Aim], sa.Executable]) -> Callable[[AsyncSession, Aim], Awaitable[object]]:
    async def send(session: AsyncSession, aim: Aim) -> None:
        await session.execute(build(aim))

    return send


def _insert(aim: Aim) -> sa.Insert:
    return insert(aim.target.table).values(dict(aim.new))


def _insert_over(aim: Aim) -> sa.Insert:
    return insert(aim.target.table).values(aim.changed)


def _update(aim: Aim) -> sa.Update:
    return update(aim.target.table).where(aim.is_it).values(dict(aim.change))


def _delete(aim: Aim) -> sa.Delete:
    return delete(aim.target.table).where(aim.is_it)


def _copy(aim: Aim) -> sa.Select[Any]:
    """The new row, as a statement that selects nothing but literals."""
    return select(*(_typed(value, aim.target.table.c[name].type, aim).label(name) for name, value in aim.new.items()))


def _typed(value: object, kind: sa.types.TypeEngine[Any], aim: Aim) -> sa.ColumnElement[Any]:
    """PostgreSQL takes a bare null for text; SQLite would make a number of a date that is cast."""
    typed = literal(value, kind)
    return sa.cast(typed, kind) if aim.target.dialect.name == "postgresql" else typed


def _insert_from_select(aim: Aim) -> sa.Executable:
    return insert(aim.target.table).from_select([*aim.new], _copy(aim))


def _insert_from_a_cte(aim: Aim) -> sa.Executable:
    copy = _copy(aim).cte("copy")
    return insert(aim.target.table).from_select([*aim.new], select(copy))


def _update_from(aim: Aim) -> sa.Executable:
    wanted = select(*aim.target.columns).where(aim.is_it).subquery("wanted")
    same = aim.target.same(aim.target.columns, aim.target.columns_of(wanted))
    return update(aim.target.table).where(same).values(dict(aim.change))


def _update_in(aim: Aim) -> sa.Executable:
    """By a sub-select over what the session sees of the table itself."""
    wanted = select(literal(1)).where(aim.is_it).correlate(aim.target.table)
    return update(aim.target.table).where(wanted.exists()).values(dict(aim.change))


def _upsert(aim: Aim) -> sa.Executable:
    keys = [column.name for column in aim.target.columns]
    return _insert_of(aim).values(aim.changed).on_conflict_do_update(index_elements=keys, set_=dict(aim.change))


def _insert_if_new(aim: Aim) -> sa.Executable:
    return _insert_of(aim).values(dict(aim.new)).on_conflict_do_nothing()


def _insert_of(aim: Aim) -> sqlite.Insert | postgresql.Insert:
    """The insert of the database's own language, which has a verb for conflicts."""
    is_server = aim.target.dialect.name == "postgresql"
    return postgresql.insert(aim.target.table) if is_server else sqlite.insert(aim.target.table)


def _text_of(statement: sa.ClauseElement, aim: Aim) -> str:
    """The statement with its values in it, as somebody writes it by hand."""
    return str(statement.compile(dialect=aim.target.dialect, compile_kwargs={"literal_binds": True}))


async def _inserting_text(session: AsyncSession, aim: Aim) -> None:
    new = {name: _written(value, aim) if isinstance(value, dict | bytes) else value for name, value in aim.new.items()}
    await _on_the_driver(session, _text_of(insert(aim.target.table).values(new), aim))


def _written(value: Mapping[str, Any] | bytes, aim: Aim) -> sa.ColumnElement[Any]:
    """SQLAlchemy writes neither JSON nor bytes into a statement."""
    if not isinstance(value, bytes):
        return sa.literal_column(f"'{json.dumps(value)}'")
    is_server = aim.target.dialect.name == "postgresql"
    return sa.literal_column(f"'\\x{value.hex()}'" if is_server else f"x'{value.hex()}'")


async def _updating_text(session: AsyncSession, aim: Aim) -> None:
    await _on_the_driver(session, _text_of(_update(aim), aim))


async def _updating_behind_with(session: AsyncSession, aim: Aim) -> None:
    await _on_the_driver(session, f"with one as (select 1 as one) {_text_of(_update(aim), aim)}")


async def _deleting_text(session: AsyncSession, aim: Aim) -> None:
    await _on_the_driver(session, _text_of(_delete(aim), aim))


async def _truncating(session: AsyncSession, aim: Aim) -> None:
    await _on_the_driver(session, f"truncate {aim.target.name} cascade")


async def _on_the_driver(session: AsyncSession, statement: str) -> None:
    await (await session.connection()).exec_driver_sql(statement)


WRITES: Final[Mapping[str, Write]] = {
    "add": Write(Kind.INSERT, _adding),
    "insert": Write(Kind.INSERT, _sent(_insert)),
    "insert an entity": Write(Kind.INSERT, _sent(lambda aim: insert(aim.target.record).values(dict(aim.new)))),
    "insert many": Write(Kind.INSERT, _inserting_many),
    "insert on the connection": Write(Kind.INSERT, _on_the_connection),
    "insert from a select": Write(Kind.INSERT, _sent(_insert_from_select)),
    "insert from a CTE": Write(Kind.INSERT, _sent(_insert_from_a_cte)),
    "insert returning": Write(Kind.INSERT, _sent(lambda aim: _insert(aim).returning(*aim.target.columns)), shows=True),
    "insert text": Write(Kind.INSERT, _inserting_text),
    "insert unless there": Write(Kind.INSERT, _sent(_insert_if_new)),
    "insert or ignore": Write(Kind.INSERT, _sent(lambda aim: _insert(aim).prefix_with("or ignore")), only="sqlite"),
    "insert or replace": Write(
        Kind.OVER, _sent(lambda aim: _insert_over(aim).prefix_with("or replace")), only="sqlite"
    ),
    "upsert": Write(Kind.OVER, _sent(_upsert)),
    "merge": Write(Kind.UPDATE, _merging),
    "set": Write(Kind.UPDATE, _setting),
    "update": Write(Kind.UPDATE, _sent(_update)),
    "update an entity": Write(
        Kind.UPDATE, _sent(lambda aim: update(aim.target.record).where(aim.is_it).values(dict(aim.change)))
    ),
    "update many": Write(Kind.UPDATE, _updating_many),
    "update on the connection": Write(Kind.UPDATE, _updating_on_the_connection),
    "update from a sub-select": Write(Kind.UPDATE, _sent(_update_from)),
    "update where it exists": Write(Kind.UPDATE, _sent(_update_in)),
    "update returning": Write(Kind.UPDATE, _sent(lambda aim: _update(aim).returning(*aim.target.columns))),
    "update text": Write(Kind.UPDATE, _updating_text),
    "update behind with": Write(Kind.UPDATE, _updating_behind_with),
    "update or ignore": Write(Kind.UPDATE, _sent(lambda aim: _update(aim).prefix_with("or ignore")), only="sqlite"),
    "update or replace": Write(Kind.UPDATE, _sent(lambda aim: _update(aim).prefix_with("or replace")), only="sqlite"),
    "delete an object": Write(Kind.DELETE, _deleting),
    "delete": Write(Kind.DELETE, _sent(_delete)),
    "delete an entity": Write(Kind.DELETE, _sent(lambda aim: delete(aim.target.record).where(aim.is_it))),
    "delete returning": Write(Kind.DELETE, _sent(lambda aim: _delete(aim).returning(*aim.target.columns))),
    "delete text": Write(Kind.DELETE, _deleting_text),
    "truncate": Write(Kind.DELETE, _truncating, only="postgresql", of_the_owner=True),
}
