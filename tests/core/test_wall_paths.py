"""Whatever way a question is put, a reading session answers with the rows of its rights and no others.

Each way is asked twice: for an officer, who holds two of the visits, and for
the secretariat, which holds them all and so shows that the way does lead to them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy import func, literal_column, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Bundle,
    aliased,
    contains_eager,
    immediateload,
    joinedload,
    load_only,
    make_transient_to_detached,
    selectinload,
    subqueryload,
    with_parent,
)
from sqlalchemy.orm.interfaces import ORMOption

from dean06_core.database import Database

from .walled import OFFICER, SECRETARIAT, Note, Unit, Visit, make, open_database

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

Case = TypeVar("Case")
Read = TypeVar("Read")
Reading = Callable[[AsyncSession], Awaitable[object]]

OWN: Final = ["own one", "own two"]
EVERY: Final = [*OWN, "foreign unit", "foreign sector", "foreign for want of a sector"]

NUMBERS: Final = "with recursive n (id) as (select 1 union all select id + 1 from n where id < 9)"

NAMES_IN_SQL: Final = {
    "a column": "select name from visit",
    "a select from a select": "select * from (select name from visit)",
    "a table in parentheses": "select name from (visit)",
    "capitals": "select NAME from VISIT",
    "double quotes": 'select "name" from "visit"',
    "brackets": "select name from [Visit]",
    "backquotes": "select name from `visit`",
    "single quotes": "select name from 'visit'",
    "the temp schema": "select temp.visit.name from temp.visit",
    "an alias": "select a.name from visit as a",
    "an alias that is another table": "select ledger.name from visit as ledger",
    "no index": "select name from visit not indexed",
    "a CTE": "with v as (select * from visit) select name from v",
    "a kept CTE": "with v as materialized (select * from visit) select name from v",
    "a CTE in a CTE": "with a as (select * from visit), b as (select * from a) select name from b",
    "a CTE within a CTE": "with a as (with b as (select * from visit) select * from b) select name from a",
    "a CTE named like another table": "with ledger as (select * from visit) select name from ledger",
    "a recursive CTE": f"{NUMBERS} select v.name from n join visit v on v.id = n.id",
    "a CTE that walks the table": "with recursive r (id, name) as (select id, name from visit where id = 1 "
    "union select v.id, v.name from visit v join r on v.id > r.id) select name from r",
    "union": "select name from visit union select name from visit",
    "intersect": "select name from visit intersect select name from visit",
    "except": "select name from visit except select 'none'",
    "a join": "select v.name from unit u join visit v on v.unit_id = u.id",
    "a comma": "select v.name from unit u, visit v where v.unit_id = u.id",
    "a cross join": "select v.name from unit u cross join visit v where v.unit_id = u.id",
    "a left join": "select v.name from unit u left join visit v on v.unit_id = u.id where v.id > 0",
    "a right join": "select v.name from unit u right join visit v on v.unit_id = u.id",
    "a full join": "select v.name from visit v full join unit u on u.id = v.unit_id where v.id > 0",
    "a join with itself": "select a.name from visit a join visit b on a.id = b.id",
    "a join in parentheses": "select name from (select v.name from (unit u join visit v on u.id = v.unit_id))",
    "row values": "select name from visit where (id, name) in (select id, name from visit)",
    "in": "select name from visit where id in (select id from visit)",
    "exists": "select name from visit v where exists (select 1 from visit w where w.id = v.id)",
    "a comment before": " \n\t/* a */ -- b\n select name from visit",
    "a comment behind": "select name from visit -- that is all",
    "a semicolon": "select name from visit;",
}

NAMES_IN_ORM: Final[Mapping[str, sa.Executable]] = {
    "a column": select(Visit.name),
    "a Core table": select(Visit.__table__.c.name),
    "a lightweight table": select(sa.table("visit", sa.column("name")).c.name),
    "aliased": select(aliased(Visit).name),
    "a subquery": select(select(Visit.name).subquery().c.name),
    "an entity on a subquery": select(aliased(Visit, select(Visit).subquery()).name),
    "a CTE": select(select(Visit.name).cte().c.name),
    "a join by relationship": select(Visit.name).join(Visit.unit),
    "union": select(sa.union(select(Visit.name), select(Visit.name)).subquery().c.name),
    "text": text("select name from visit"),
    "text with columns": text("select name from visit").columns(Visit.name),
    "a column of text": select(literal_column("name")).select_from(text("visit")),
    "a prefix": select(Visit.name).prefix_with("all"),
    "a suffix": select(Visit.name).suffix_with("limit 9"),
    "a hint": select(Visit.name).with_hint(Visit, "not indexed", "sqlite"),
}

ENTITIES: Final[Mapping[str, sa.Executable]] = {
    "an entity": select(Visit),
    "some of its columns": select(Visit).options(load_only(Visit.name)),
    "a bundle": select(Bundle("visit", Visit.id, Visit.name)),
    "from_statement": select(Visit).from_statement(text("select * from visit")),
    "an entity on a CTE": select(aliased(Visit, select(Visit).cte())),
    "an entity with its unit": select(Visit).options(joinedload(Visit.unit)),
}

VALUES: Final[Mapping[str, tuple[str | sa.Executable, list[object], list[object]]]] = {
    "count": ("select count(*) from visit", [2], [5]),
    "count in the ORM": (select(func.count()).select_from(Visit), [2], [5]),
    "count of a subquery": (select(func.count()).select_from(select(Visit.name).distinct().subquery()), [2], [5]),
    "count of a CTE": (select(func.count()).select_from(select(Visit.name).distinct().cte()), [2], [5]),
    "count of a join": ("select count(*) from unit left join visit on 1", [4], [10]),
    "count of children": ("select count(*) from note", [1], [2]),
    "count of grandchildren": ("select count(*) from remark", [1], [2]),
    "a filtered count": ("select count(*) filter (where amount > 500) from visit", [0], [3]),
    "sum": (select(func.sum(Visit.amount)), [15], [7015]),
    "max": (select(func.max(Visit.amount)), [10], [4000]),
    "min of an indexed column": ("select min(name) from visit", ["own one"], ["foreign for want of a sector"]),
    "total": ("select total(amount) from visit", [15.0], [7015.0]),
    "group_concat": ("select group_concat(id) from (select id from visit order by id)", ["1,2"], ["1,2,3,4,5"]),
    "group by": ("select count(*) from visit group by unit_id", [2], [4, 1]),
    "having": ("select unit_id from visit group by unit_id having max(amount) > 500", [], [1, 2]),
    "distinct": ("select distinct sector from visit order by sector", ["health"], [None, "health", "tax"]),
    "a generated column": ("select max(doubled) from visit", [20], [8000]),
    "rows of a union": ("select count(*) from (select * from visit union all select * from visit)", [4], [10]),
    "what is missing": (f"{NUMBERS} select id from n except select id from visit", [3, 4, 5, 6, 7, 8, 9], [6, 7, 8, 9]),
    "exists": (select(Unit.id).where(sa.exists().where(Visit.unit_id == Unit.id)), [1], [1, 2]),
    "any": (select(Unit.id).where(Unit.visits.any(Visit.amount > 500)), [], [1, 2]),
    "has": (select(Note.id).where(Note.visit.has(Visit.amount > 500)), [], [2]),
    "in": (select(Unit.id).where(Unit.id.in_(select(Visit.unit_id))), [1], [1, 2]),
    "not in": (select(Unit.id).where(Unit.id.not_in(select(Visit.unit_id))), [2], []),
    "in a table": ("select 2 in (select id from visit), 3 in (select id from visit)", [1], [1]),
    "a row value in a table": ("select (3, 'foreign unit') in (select id, name from visit)", [0], [1]),
    "a correlated subquery": (
        "select (select sum(amount) from visit where unit_id = unit.id) from unit order by id",
        [15, None],
        [6015, 1000],
    ),
    "a subquery of a column": (
        select(literal_column("(select group_concat(id) from visit where unit_id = 2)")),
        [None],
        ["3"],
    ),
    "order by a subquery": (
        "select id from unit order by (select count(*) from visit where unit_id = unit.id and amount > 3000), id desc",
        [2, 1],
        [2, 1],
    ),
    "limit": (f"{NUMBERS} select id from n limit (select count(*) from visit)", [1, 2], [1, 2, 3, 4, 5]),
    "offset": (f"{NUMBERS} select id from n limit 9 offset (select count(*) + 3 from visit)", [6, 7, 8, 9], [9]),
    "values": ("values ((select count(*) from visit))", [2], [5]),
    "case": ("select case when exists (select 1 from visit where id > 2) then 'more' end", [None], ["more"]),
    "a window": ("select sum(amount) over (order by id) from visit", [10, 15], [10, 15, 1015, 3015, 7015]),
    "row_number": ("select row_number() over () from visit", [1, 2], [1, 2, 3, 4, 5]),
    "lead": ("select lead(id) over (order by id) from visit", [2, None], [2, 3, 4, 5, None]),
    "a window to the end": (
        "select last_value(id) over (order by id rows between current row and unbounded following) from visit",
        [2, 2],
        [5, 5, 5, 5, 5],
    ),
    "a child": ("select name from note", ["own"], ["own", "foreign"]),
    "a grandchild": ("select name from remark", ["own"], ["own", "foreign"]),
    "a child of a hidden row": ("select count(*) from note where visit_id > 2", [0], [1]),
    "a child of an internal row": ("select count(*) from ledger_line", [0], [0]),
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """One for all, with one connection: whatever a reading left behind, the next would meet."""
    path = tmp_path_factory.mktemp("walled") / "dean06.db"
    make(path)
    database = open_database(path)
    yield database
    await database.close()


def cases(table: Mapping[str, Case]) -> list[object]:
    return [pytest.param(case, id=name) for name, case in table.items()]


async def answers(database: Database, reading: Callable[[AsyncSession], Awaitable[Read]]) -> tuple[Read, Read]:
    """What the officer and the secretariat are given."""
    async with database.reading(OFFICER) as session:
        own = await reading(session)
    async with database.reading(SECRETARIAT) as session:
        return own, await reading(session)


def first_column(statement: str | sa.Executable) -> Callable[[AsyncSession], Awaitable[list[str]]]:
    """Reads it; a string is handed to the driver as it is."""

    async def read(session: AsyncSession) -> list[str]:
        if isinstance(statement, str):
            connection = await session.connection()
            return [row[0] for row in await connection.exec_driver_sql(statement)]
        return list(await session.scalars(statement))

    return read


@pytest.mark.parametrize("statement", cases(NAMES_IN_SQL) + cases(NAMES_IN_ORM))
async def test_names_are_read_within_the_rights(database: Database, statement: str | sa.Executable) -> None:
    own, every = await answers(database, first_column(statement))

    assert sorted(own) == sorted(OWN)
    assert sorted(every) == sorted(EVERY)


@pytest.mark.parametrize("statement", cases(ENTITIES))
async def test_entities_are_read_within_the_rights(database: Database, statement: sa.Executable) -> None:
    async def read(session: AsyncSession) -> set[str]:
        return {found.name for found in await session.scalars(statement)}

    assert await answers(database, read) == (set(OWN), set(EVERY))


@pytest.mark.parametrize("case", cases(VALUES))
async def test_values_are_worked_out_within_the_rights(
    database: Database, case: tuple[str | sa.Executable, list[object], list[object]]
) -> None:
    statement, own, every = case

    assert await answers(database, first_column(statement)) == (own, every)


async def through_the_connection(session: AsyncSession) -> list[str]:
    connection = await session.connection()
    return list((await connection.execute(select(Visit.__table__.c.name).order_by("id"))).scalars())


async def through_the_driver(session: AsyncSession) -> list[str]:
    connection = await session.connection()
    return [name for (name,) in await connection.exec_driver_sql("select name from visit order by id")]


async def through_a_query(session: AsyncSession) -> list[str]:
    return await session.run_sync(lambda sync: [found.name for found in sync.query(Visit).order_by(Visit.id)])


async def through_a_stream(session: AsyncSession) -> list[str]:
    return [name async for name in await session.stream_scalars(select(Visit.name).order_by(Visit.id))]


async def by_key(session: AsyncSession) -> list[str]:
    found = [await session.get(Visit, key) for key in range(1, 7)]
    return [one.name for one in found if one]


async def by_refreshing(session: AsyncSession) -> list[str]:
    guesses = [Visit(id=key) for key in range(1, 7)]
    names = []
    for guess in guesses:
        make_transient_to_detached(guess)
        session.add(guess)
        try:
            await session.refresh(guess)
        except InvalidRequestError:
            continue
        names.append(guess.name)
    return names


async def by_merging(session: AsyncSession) -> list[str]:
    found = [await session.merge(Visit(id=key)) for key in range(1, 7)]
    return [one.name for one in found if one not in session.new]


async def after_a_commit(session: AsyncSession) -> list[str]:
    await session.execute(select(1))
    await session.commit()
    return await through_the_driver(session)


async def after_a_rollback(session: AsyncSession) -> list[str]:
    await session.execute(select(1))
    await session.rollback()
    return await through_the_driver(session)


async def after_a_refusal(session: AsyncSession) -> list[str]:
    with pytest.raises(DBAPIError):
        await session.execute(text("select * from main.visit"))
    return await through_the_driver(session)


@pytest.mark.parametrize(
    "reading",
    [
        through_the_connection,
        through_the_driver,
        through_a_query,
        through_a_stream,
        by_key,
        by_refreshing,
        by_merging,
        after_a_commit,
        after_a_rollback,
        after_a_refusal,
    ],
)
async def test_a_session_reads_within_the_rights(database: Database, reading: Reading) -> None:
    assert await answers(database, reading) == (OWN, EVERY)


@pytest.mark.parametrize("load", [selectinload, joinedload, subqueryload, immediateload])
async def test_a_collection_is_loaded_within_the_rights(
    database: Database, load: Callable[[object], ORMOption]
) -> None:
    async def read(session: AsyncSession) -> dict[int, int]:
        units = (await session.scalars(select(Unit).options(load(Unit.visits)))).unique()
        return {unit.id: len(unit.visits) for unit in units}

    assert await answers(database, read) == ({1: 2, 2: 0}, {1: 4, 2: 1})


async def test_a_collection_is_loaded_later_within_the_rights(database: Database) -> None:
    async def read(session: AsyncSession) -> dict[int, int]:
        return await session.run_sync(lambda sync: {unit.id: len(unit.visits) for unit in sync.query(Unit)})

    assert await answers(database, read) == ({1: 2, 2: 0}, {1: 4, 2: 1})


async def test_a_collection_is_taken_from_a_join_within_the_rights(database: Database) -> None:
    async def read(session: AsyncSession) -> dict[int, int]:
        joined = select(Unit).outerjoin(Unit.visits).options(contains_eager(Unit.visits))
        return {unit.id: len(unit.visits) for unit in (await session.scalars(joined)).unique()}

    assert await answers(database, read) == ({1: 2, 2: 0}, {1: 4, 2: 1})


async def test_what_belongs_to_a_parent_is_read_within_the_rights(database: Database) -> None:
    async def read(session: AsyncSession) -> list[str]:
        thach_ha = await session.get_one(Unit, 2)
        return list(await session.scalars(select(Visit.name).where(with_parent(thach_ha, Unit.visits))))

    assert await answers(database, read) == ([], ["foreign unit"])


async def test_a_parent_is_reached_within_the_rights(database: Database) -> None:
    async def read(session: AsyncSession) -> list[str]:
        notes = await session.scalars(select(Note).options(joinedload(Note.visit)).order_by(Note.id))
        return [note.visit.name for note in notes]

    assert await answers(database, read) == (["own one"], ["own one", "foreign unit"])
