"""Ways to the rows of a table by what a session loads: entities, relations, connections; each finds keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    aliased,
    contains_eager,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    make_transient_to_detached,
    selectinload,
    subqueryload,
    undefer,
    with_parent,
)

from dean06_core.testing.leaks.targets import Key, Target

Load = Callable[[AsyncSession, Target], Awaitable[Collection[Key]]]


def _keys(target: Target, found: Iterable[Any]) -> list[Key]:
    return [target.key_of(each) for each in found if each is not None]


async def an_entity(session: AsyncSession, target: Target) -> Collection[Key]:
    return _keys(target, await session.scalars(select(target.record)))


async def some_columns_of_an_entity(session: AsyncSession, target: Target) -> Collection[Key]:
    return _keys(target, await session.scalars(select(target.record).options(load_only(*target.keys))))


async def columns_loaded_later(session: AsyncSession, target: Target) -> Collection[Key]:
    found = await session.scalars(select(target.record).options(load_only(*target.keys)))
    return await session.run_sync(lambda _: [target.key_of(each) for each in found if _read_through(target, each)])


async def every_column(session: AsyncSession, target: Target) -> Collection[Key]:
    return _keys(target, await session.scalars(select(target.record).options(undefer("*"))))


async def a_row_of_a_core_table(session: AsyncSession, target: Target) -> Collection[Key]:
    found = await session.execute(select(target.table))
    return [tuple(row._mapping[column] for column in target.columns) for row in found]


async def entities_out_of_text(session: AsyncSession, target: Target) -> Collection[Key]:
    statement = select(target.record).from_statement(text(f"select * from {target.name}"))
    return _keys(target, await session.scalars(statement))


async def entities_out_of_another_statement(session: AsyncSession, target: Target) -> Collection[Key]:
    return _keys(target, await session.scalars(select(target.record).from_statement(select(target.table))))


async def entities_of_a_union(session: AsyncSession, target: Target) -> Collection[Key]:
    both = select(target.table).union_all(select(target.table)).subquery()
    return _keys(target, (await session.scalars(select(aliased(target.record, both)))).unique())


async def entities_read_anew(session: AsyncSession, target: Target) -> Collection[Key]:
    statement = select(target.record).execution_options(populate_existing=True)
    return _keys(target, await session.scalars(statement))


async def a_query(session: AsyncSession, target: Target) -> Collection[Key]:
    return await session.run_sync(lambda sync: _keys(target, sync.query(target.record)))


async def a_stream(session: AsyncSession, target: Target) -> Collection[Key]:
    return [target.key_of(each) async for each in await session.stream_scalars(select(target.record))]


async def a_stream_in_pieces(session: AsyncSession, target: Target) -> Collection[Key]:
    statement = select(target.record).execution_options(yield_per=1)
    return [target.key_of(each) async for each in await session.stream_scalars(statement)]


async def a_key(session: AsyncSession, target: Target) -> Collection[Key]:
    return _keys(target, [await session.get(target.record, key) for key in target.guessed])


async def a_key_read_anew(session: AsyncSession, target: Target) -> Collection[Key]:
    return _keys(target, [await session.get(target.record, key, populate_existing=True) for key in target.guessed])


async def merging(session: AsyncSession, target: Target) -> Collection[Key]:
    with session.no_autoflush:
        merged = [await session.merge(_named(target, key)) for key in target.guessed]
    return _keys(target, (each for each in merged if each not in session.new))


async def refreshing(session: AsyncSession, target: Target) -> Collection[Key]:
    return [key for key, guess in _held(session, target) if await _is_there(session.refresh(guess))]


async def an_attribute_of_a_guess(session: AsyncSession, target: Target) -> Collection[Key]:
    async def read(guess: object) -> None:
        await session.run_sync(lambda _: _read_through(target, guess))

    if not target.others:
        return await refreshing(session, target)
    return [key for key, guess in _held(session, target) if await _is_there(read(guess))]


async def expiring(session: AsyncSession, target: Target) -> Collection[Key]:
    for _ in await session.scalars(select(target.record)):
        session.expire_all()
    return await an_entity(session, target)


async def the_connection(session: AsyncSession, target: Target) -> Collection[Key]:
    connection = await session.connection()
    return [tuple(row) for row in await connection.execute(select(*target.columns))]


async def an_entity_on_the_connection(session: AsyncSession, target: Target) -> Collection[Key]:
    connection = await session.connection()
    return [tuple(row) for row in await connection.execute(select(*target.keys))]


async def text_on_the_connection(session: AsyncSession, target: Target) -> Collection[Key]:
    connection = await session.connection()
    return [target.typed(row) for row in await connection.execute(text(f"select {target.k()} from {target.name}"))]


async def the_driver(session: AsyncSession, target: Target) -> Collection[Key]:
    raw = await (await session.connection()).get_raw_connection()
    driver: Any = raw.driver_connection
    cursor = await driver.execute(f"select {target.k()} from {target.name}")
    return [target.typed(row) for row in await cursor.fetchall()]


async def after_a_commit(session: AsyncSession, target: Target) -> Collection[Key]:
    await session.execute(select(1))
    await session.commit()
    return await the_driver(session, target)


async def after_a_rollback(session: AsyncSession, target: Target) -> Collection[Key]:
    await session.execute(select(1))
    await session.rollback()
    return await an_entity(session, target)


async def related_rows_later(session: AsyncSession, target: Target) -> Collection[Key]:
    return await session.run_sync(
        lambda sync: [key for each in sync.query(target.guess) for key in _keys(target, each.rows)]
    )


async def the_related_row_later(session: AsyncSession, target: Target) -> Collection[Key]:
    return await session.run_sync(lambda sync: _keys(target, [each.row for each in sync.query(target.guess)]))


async def related_rows_of_a_condition(session: AsyncSession, target: Target) -> Collection[Key]:
    wanted = selectinload(target.guess.rows.and_(target.keys[0].is_not(None)))
    found = await session.scalars(select(target.guess).options(wanted))
    return [key for each in found for key in _keys(target, each.rows)]


async def related_rows_taken_from_a_join(session: AsyncSession, target: Target) -> Collection[Key]:
    joined = select(target.guess).outerjoin(target.guess.rows).options(contains_eager(target.guess.rows))
    return [key for each in (await session.scalars(joined)).unique() for key in _keys(target, each.rows)]


async def related_rows_written_only(session: AsyncSession, target: Target) -> Collection[Key]:
    guesses = (await session.scalars(select(target.guess))).all()
    return [key for each in guesses for key in _keys(target, await session.scalars(each.later.select()))]


async def what_belongs_to_a_guess(session: AsyncSession, target: Target) -> Collection[Key]:
    guesses = (await session.scalars(select(target.guess))).all()
    own = [select(target.record).where(with_parent(each, target.guess.rows)) for each in guesses]
    return [key for statement in own for key in _keys(target, await session.scalars(statement))]


def _related(option: Callable[..., Any], name: str) -> Load:
    async def load(session: AsyncSession, target: Target) -> Collection[Key]:
        statement = select(target.guess).options(option(getattr(target.guess, name)))
        found = (await session.scalars(statement)).unique().all()
        if name == "row":
            return await session.run_sync(lambda _: _keys(target, [each.row for each in found]))
        return await session.run_sync(lambda _: [key for each in found for key in _keys(target, each.rows)])

    return load


LOADS: Final[Mapping[str, Load]] = {
    **{
        load.__name__.replace("_", " "): load
        for load in (
            an_entity,
            some_columns_of_an_entity,
            columns_loaded_later,
            every_column,
            a_row_of_a_core_table,
            entities_out_of_text,
            entities_out_of_another_statement,
            entities_of_a_union,
            entities_read_anew,
            a_query,
            a_stream,
            a_stream_in_pieces,
            a_key,
            a_key_read_anew,
            merging,
            refreshing,
            an_attribute_of_a_guess,
            expiring,
            the_connection,
            an_entity_on_the_connection,
            text_on_the_connection,
            the_driver,
            after_a_commit,
            after_a_rollback,
            related_rows_later,
            the_related_row_later,
            related_rows_of_a_condition,
            related_rows_taken_from_a_join,
            related_rows_written_only,
            what_belongs_to_a_guess,
        )
    },
    **{
        f"{what} by {option.__name__}": _related(option, name)
        for name, what in (("rows", "related rows"), ("row", "the related row"))
        for option in (joinedload, selectinload, subqueryload, immediateload, lazyload)
    },
}


def _named(target: Target, key: Key) -> Any:
    return target.record(**dict(zip(target.attributes, key, strict=True)))


def _held(session: AsyncSession, target: Target) -> list[tuple[Key, Any]]:
    """An object for every key, as if it had been loaded before and was out of date."""
    held = [(key, _named(target, key)) for key in target.guessed]
    for _, guess in held:
        make_transient_to_detached(guess)
        session.add(guess)
    return held


def _read_through(target: Target, found: object) -> bool:
    """Read every attribute that is not loaded yet."""
    return all(getattr(found, name) is not found for name in target.others)


async def _is_there(loading: Awaitable[None]) -> bool:
    try:
        await loading
    except InvalidRequestError:
        return False
    return True
