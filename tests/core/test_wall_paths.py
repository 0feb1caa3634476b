"""Whatever way a statement is written, a reading session gives the rows of its rights and no others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Bundle,
    aliased,
    contains_eager,
    defer,
    immediateload,
    joinedload,
    load_only,
    make_transient_to_detached,
    selectinload,
    subqueryload,
    undefer,
    with_parent,
)

from dean06_core.database import Database
from dean06_core.walls.sqlite import StatementRefused, refuse_unless_reading

from .walled import OFFICER, SECRETARIAT, Ledger, Note, Unit, Visit, assert_keeps_its_secret, make, open_database

pytestmark = pytest.mark.anyio

OWN = ["own one", "own two"]
EVERY = [*OWN, "foreign unit", "foreign sector", "foreign for want of a sector"]

Reading = Callable[[AsyncSession], Awaitable[object]]

visit = sa.table("visit", sa.column("id"), sa.column("unit_id"), sa.column("name"), sa.column("amount"))


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("walled") / "dean06.db"
    make(path)
    return path


@pytest.fixture
async def database(province: Path) -> AsyncIterator[Database]:
    database = open_database(province)
    yield database
    await database.close()


def listed(statement: sa.Executable | str) -> Reading:
    """Reads the first column; a string goes to the driver as it is."""

    async def read(session: AsyncSession) -> object:
        if isinstance(statement, str):
            connection = await session.connection()
            return [row[0] for row in await connection.exec_driver_sql(statement)]
        return list(await session.scalars(statement))

    return read


def spelled(take: Callable[[Iterable[object]], object], statement: sa.Executable | str) -> Reading:
    """Reads as ``listed`` does and takes something of what was read."""
    read = listed(statement)

    async def reading(session: AsyncSession) -> object:
        found = await read(session)
        assert isinstance(found, list)
        return take(found)

    return reading


def names(found: Iterable[object]) -> list[str]:
    return [one.name for one in found if isinstance(one, Unit | Visit | Note)]


async def through_connection(session: AsyncSession) -> object:
    connection = await session.connection()
    return list((await connection.execute(select(Visit.__table__.c.name).order_by("id"))).scalars())


async def through_driver(session: AsyncSession) -> object:
    connection = await session.connection()
    return [name for (name,) in await connection.exec_driver_sql("select name from visit order by id")]


async def through_sync_session(session: AsyncSession) -> object:
    return await session.run_sync(lambda sync: [one.name for one in sync.query(Visit).order_by(Visit.id)])


async def streamed(session: AsyncSession) -> object:
    return [name async for name in await session.stream_scalars(select(Visit.name).order_by(Visit.id))]


async def one_by_one(session: AsyncSession) -> object:
    found = [await session.get(Visit, key) for key in range(1, 7)]
    return [one.name for one in found if one]


async def refreshed(session: AsyncSession) -> object:
    found = []
    for key in range(1, 7):
        guessed = Visit(id=key)
        make_transient_to_detached(guessed)
        session.add(guessed)
        try:
            await session.refresh(guessed)
        except InvalidRequestError:
            continue
        found.append(guessed.name)
    return found


async def merged(session: AsyncSession) -> object:
    found = [await session.merge(Visit(id=key)) for key in range(1, 7)]
    return [one.name for one in found if one not in session.new]


async def lazily(session: AsyncSession) -> object:
    return await session.run_sync(lambda sync: [one.name for unit in sync.query(Unit) for one in unit.visits])


async def of_a_parent(session: AsyncSession) -> object:
    units = await session.scalars(select(Unit).order_by(Unit.id))
    return [
        name
        for unit in units
        for name in await session.scalars(select(Visit.name).where(with_parent(unit, Unit.visits)).order_by(Visit.id))
    ]


async def after_commit(session: AsyncSession) -> object:
    await session.commit()
    return await listed(select(Visit.name).order_by(Visit.id))(session)


async def after_rollback(session: AsyncSession) -> object:
    await session.execute(select(1))
    await session.rollback()
    return await listed(select(Visit.name).order_by(Visit.id))(session)


async def after_a_refusal(session: AsyncSession) -> object:
    with pytest.raises(DBAPIError):
        await session.execute(text("select * from main.visit"))
    return await listed(select(Visit.name).order_by(Visit.id))(session)


async def in_a_parent_of_a_child(session: AsyncSession) -> object:
    found = await session.scalars(select(Note).options(joinedload(Note.visit)).order_by(Note.id))
    return [note.visit.name for note in found if note.visit]


UNIT_VISITS = "select v.name from unit u join visit v on v.unit_id = u.id order by v.id"
NUMBERS = "with recursive n (id) as (select 1 union all select id + 1 from n where id < 9)"


@pytest.mark.parametrize(
    ("reading", "own", "every"),
    [
        pytest.param(listed(select(Visit.name)), OWN, EVERY, id="a column"),
        pytest.param(spelled(names, select(Visit)), OWN, EVERY, id="an entity"),
        pytest.param(spelled(names, select(Visit).options(load_only(Visit.name))), OWN, EVERY, id="load_only"),
        pytest.param(
            spelled(names, select(Visit).options(defer(Visit.name), undefer(Visit.name))), OWN, EVERY, id="undefer"
        ),
        pytest.param(
            spelled(lambda found: [one.name for one in found], select(Bundle("b", Visit.name))),  # type: ignore[attr-defined]
            OWN,
            EVERY,
            id="a bundle",
        ),
        pytest.param(listed(select(Visit.__table__.c.name)), OWN, EVERY, id="a Core table"),
        pytest.param(listed(select(visit.c.name)), OWN, EVERY, id="a lightweight table"),
        pytest.param(listed(select(func.count()).select_from(Visit)), [2], [5], id="count"),
        pytest.param(listed(select(func.count(Visit.id))), [2], [5], id="count of a column"),
        pytest.param(listed(select(func.sum(Visit.amount))), [15], [7015], id="sum"),
        pytest.param(listed(select(func.max(Visit.amount))), [10], [4000], id="max"),
        pytest.param(listed("select total(amount) from visit"), [15.0], [7015.0], id="total"),
        pytest.param(listed("select max(doubled) from visit"), [20], [8000], id="a generated column"),
        pytest.param(
            listed(select(func.group_concat(Visit.name))), [",".join(OWN)], [",".join(EVERY)], id="group_concat"
        ),
        pytest.param(
            listed("select json_group_array(amount) from visit"),
            ["[10,5]"],
            ["[10,5,1000,2000,4000]"],
            id="json_group_array",
        ),
        pytest.param(
            listed("select count(*) filter (where name like 'foreign%') from visit"),
            [0],
            [3],
            id="a filtered aggregate",
        ),
        pytest.param(listed("select count(*) from visit group by unit_id"), [2], [4, 1], id="group by"),
        pytest.param(
            listed("select sector from visit group by sector having sum(amount) > 0 order by 1"),
            ["health"],
            [None, "health", "tax"],
            id="having",
        ),
        pytest.param(
            listed("select distinct sector from visit order by 1"), ["health"], [None, "health", "tax"], id="distinct"
        ),
        pytest.param(listed(select(aliased(Visit).name)), OWN, EVERY, id="aliased"),
        pytest.param(listed(select(select(Visit.name).subquery().c.name)), OWN, EVERY, id="a subquery"),
        pytest.param(
            spelled(names, select(aliased(Visit, select(Visit).subquery()))), OWN, EVERY, id="an entity on a subquery"
        ),
        pytest.param(listed(select(select(Visit.name).cte().c.name)), OWN, EVERY, id="a CTE"),
        pytest.param(
            listed(select(func.count()).select_from(select(Visit.name).distinct().cte())), [2], [5], id="count of a CTE"
        ),
        pytest.param(
            listed("with visit as (select * from visit) select name from visit"), None, None, id="a CTE on itself"
        ),
        pytest.param(
            listed("with visits as materialized (select * from visit) select name from visits"),
            OWN,
            EVERY,
            id="a kept CTE",
        ),
        pytest.param(
            listed("with a as (select * from visit), b as (select * from a) select name from b"),
            OWN,
            EVERY,
            id="CTE in CTE",
        ),
        pytest.param(
            listed(f"{NUMBERS} select v.name from n join visit v on v.id = n.id"), OWN, EVERY, id="a recursive CTE"
        ),
        pytest.param(
            listed(
                "with recursive r (id) as (select min(id) from visit union all select v.id from r join visit v on v.id > r.id "
                "limit 9) select name from visit where id in (select id from r)"
            ),
            OWN,
            EVERY,
            id="a CTE that walks the table",
        ),
        pytest.param(
            listed(sa.union(select(Visit.name), select(Visit.name)).order_by(text("1"))), OWN, sorted(EVERY), id="union"
        ),
        pytest.param(
            listed(sa.union_all(select(Visit.id), select(Visit.id))), [1, 2] * 2, [1, 2, 3, 4, 5] * 2, id="union all"
        ),
        pytest.param(listed(sa.intersect(select(Visit.id), select(Visit.id))), [1, 2], [1, 2, 3, 4, 5], id="intersect"),
        pytest.param(
            listed(f"{NUMBERS} select id from n except select id from visit"),
            [3, 4, 5, 6, 7, 8, 9],
            [6, 7, 8, 9],
            id="except",
        ),
        pytest.param(listed(select(Visit.name).join(Unit.visits).order_by(Visit.id)), OWN, EVERY, id="a join"),
        pytest.param(listed(UNIT_VISITS), OWN, EVERY, id="a join in SQL"),
        pytest.param(
            listed("select v.name from unit u, visit v where u.id = v.unit_id order by v.id"),
            OWN,
            EVERY,
            id="a cross join",
        ),
        pytest.param(
            listed(
                "select v.name from unit u left join visit v on v.unit_id = u.id and v.id > 2 where v.id is not null"
            ),
            [],
            EVERY[3:] + EVERY[2:3],
            id="a left join",
        ),
        pytest.param(
            listed("select v.name from unit u right join visit v on u.id = v.unit_id order by v.id"),
            OWN,
            EVERY,
            id="a right join",
        ),
        pytest.param(
            listed("select v.name from visit v full join unit u on u.id = v.unit_id where v.id > 0 order by v.id"),
            OWN,
            EVERY,
            id="a full join",
        ),
        pytest.param(
            listed("select a.name from visit a join visit b on a.id = b.id"), OWN, EVERY, id="a join with itself"
        ),
        pytest.param(listed("select * from (select name from visit)"), OWN, EVERY, id="a select from a select"),
        pytest.param(listed("select name from (visit)"), OWN, EVERY, id="a table in parentheses"),
        pytest.param(listed("select name from VISIT"), OWN, EVERY, id="capitals"),
        pytest.param(listed('select name from "visit"'), OWN, EVERY, id="double quotes"),
        pytest.param(listed("select name from [Visit]"), OWN, EVERY, id="brackets"),
        pytest.param(listed("select name from `visit`"), OWN, EVERY, id="backquotes"),
        pytest.param(listed("select name from temp.visit"), OWN, EVERY, id="the temp schema"),
        pytest.param(listed("select temp.visit.name from visit"), OWN, EVERY, id="a column of the temp schema"),
        pytest.param(listed("select name from visit not indexed"), None, None, id="not indexed"),
        pytest.param(
            listed(select(Unit.id).where(sa.exists().where(Visit.unit_id == Unit.id))), [1], [1, 2], id="exists"
        ),
        pytest.param(listed(select(Unit.id).where(Unit.visits.any(Visit.amount > 500))), [], [1, 2], id="any"),
        pytest.param(listed(select(Note.id).where(Note.visit.has(Visit.amount > 500))), [], [2], id="has"),
        pytest.param(listed(select(Unit.id).where(Unit.id.in_(select(Visit.unit_id)))), [1], [1, 2], id="in"),
        pytest.param(listed(select(Unit.id).where(Unit.id.not_in(select(Visit.unit_id)))), [2], [], id="not in"),
        pytest.param(listed("select 3 in (select id from visit)"), [0], [1], id="in without from"),
        pytest.param(listed("select (3, 'foreign unit') in (select id, name from visit)"), [0], [1], id="row values"),
        pytest.param(
            listed(
                select(select(func.sum(Visit.amount)).where(Visit.unit_id == Unit.id).scalar_subquery()).order_by(
                    Unit.id
                )
            ),
            [15, None],
            [6015, 1000],
            id="a correlated subquery",
        ),
        pytest.param(
            listed("select id from unit order by (select max(amount) from visit where unit_id = unit.id) desc"),
            [1, 2],
            [1, 2],
            id="a subquery in order by",
        ),
        pytest.param(
            listed(f"{NUMBERS} select id from n limit (select count(*) from visit)"),
            [1, 2],
            [1, 2, 3, 4, 5],
            id="in limit",
        ),
        pytest.param(
            listed(f"{NUMBERS} select id from n limit 9 offset (select count(*) from visit)"),
            [3, 4, 5, 6, 7, 8, 9],
            [6, 7, 8, 9],
            id="in offset",
        ),
        pytest.param(listed("values ((select count(*) from visit))"), [2], [5], id="in values"),
        pytest.param(
            listed("select case when exists (select 1 from visit where id > 2) then 'more' end"),
            [None],
            ["more"],
            id="case",
        ),
        pytest.param(
            listed("select sum(amount) over (order by id) from visit"),
            [10, 15],
            [10, 15, 1015, 3015, 7015],
            id="a window",
        ),
        pytest.param(
            listed("select lead(name) over w from visit window w as (order by id)"),
            [OWN[1], None],
            [*EVERY[1:], None],
            id="lead",
        ),
        pytest.param(listed("select row_number() over () from visit"), [1, 2], [1, 2, 3, 4, 5], id="row_number"),
        pytest.param(
            listed("select last_value(name) over (rows between current row and unbounded following) from visit"),
            [OWN[-1]] * 2,
            [EVERY[-1]] * 5,
            id="last_value",
        ),
        pytest.param(listed(text("select name from visit")), OWN, EVERY, id="text"),
        pytest.param(listed(text("select name from visit").columns(Visit.name)), OWN, EVERY, id="text with columns"),
        pytest.param(
            spelled(names, select(Visit).from_statement(text("select * from visit"))), OWN, EVERY, id="from_statement"
        ),
        pytest.param(
            listed(select(sa.literal_column("(select group_concat(name) from visit)"))),
            [",".join(OWN)],
            [",".join(EVERY)],
            id="literal_column",
        ),
        pytest.param(listed(select(Visit.name).prefix_with("all")), OWN, EVERY, id="a prefix"),
        pytest.param(listed(select(Visit.name).suffix_with("limit 9")), OWN, EVERY, id="a suffix"),
        pytest.param(listed(" \n\t/* a */ -- b\n select name from visit"), OWN, EVERY, id="comments before"),
        pytest.param(listed("select name from visit -- a comment behind"), OWN, EVERY, id="a comment behind"),
        pytest.param(listed("select name from visit;"), OWN, EVERY, id="a semicolon behind"),
        pytest.param(through_connection, OWN, EVERY, id="connection()"),
        pytest.param(through_driver, OWN, EVERY, id="exec_driver_sql"),
        pytest.param(through_sync_session, OWN, EVERY, id="run_sync"),
        pytest.param(streamed, OWN, EVERY, id="stream"),
        pytest.param(one_by_one, OWN, EVERY, id="get"),
        pytest.param(refreshed, OWN, EVERY, id="refresh"),
        pytest.param(merged, OWN, EVERY, id="merge"),
        pytest.param(lazily, OWN, [*OWN, *EVERY[3:], EVERY[2]], id="a lazy load"),
        pytest.param(of_a_parent, OWN, [*OWN, *EVERY[3:], EVERY[2]], id="with_parent"),
        pytest.param(in_a_parent_of_a_child, [OWN[0]], [OWN[0], EVERY[2]], id="a parent by reference"),
        pytest.param(after_commit, OWN, EVERY, id="after a commit"),
        pytest.param(after_rollback, OWN, EVERY, id="after a rollback"),
        pytest.param(after_a_refusal, OWN, EVERY, id="after a refusal"),
        pytest.param(listed("select name from note"), ["own"], ["own", "foreign"], id="a child"),
        pytest.param(listed("select count(*) from note"), [1], [2], id="count of children"),
        pytest.param(listed("select name from remark"), ["own"], ["own", "foreign"], id="a grandchild"),
        pytest.param(listed("select count(*) from remark"), [1], [2], id="count of grandchildren"),
    ],
)
async def test_every_way_of_reading_gives_the_rows_of_its_rights(
    database: Database, reading: Reading, own: object, every: object
) -> None:
    for rights, expected in ((OFFICER, own), (SECRETARIAT, every)):
        async with database.reading(rights) as session:
            assert await reading(session) == expected


@pytest.mark.parametrize(
    "load",
    [
        pytest.param(selectinload, id="selectinload"),
        pytest.param(joinedload, id="joinedload"),
        pytest.param(subqueryload, id="subqueryload"),
        pytest.param(immediateload, id="immediateload"),
    ],
)
async def test_a_collection_is_loaded_within_the_rights(
    database: Database, load: Callable[[object], sa.orm.interfaces.ORMOption]
) -> None:
    for rights, expected in ((OFFICER, {1: 2, 2: 0}), (SECRETARIAT, {1: 4, 2: 1})):
        async with database.reading(rights) as session:
            units = (await session.scalars(select(Unit).options(load(Unit.visits)))).unique()
            assert {unit.id: len(unit.visits) for unit in units} == expected


async def test_a_collection_of_a_join_is_within_the_rights(database: Database) -> None:
    joined = select(Unit).outerjoin(Unit.visits).options(contains_eager(Unit.visits))

    for rights, expected in ((OFFICER, {1: 2, 2: 0}), (SECRETARIAT, {1: 4, 2: 1})):
        async with database.reading(rights) as session:
            units = (await session.scalars(joined)).unique()
            assert {unit.id: len(unit.visits) for unit in units} == expected
