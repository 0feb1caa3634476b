"""A plugin that tries to read more than its caller may is given nothing, by its fields and by its resolvers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
import sqlalchemy as sa
import strawberry
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from dean06_core import catalogue, computing
from dean06_core.access import Action, Caller, DataClass, Grant
from dean06_core.backends.postgresql import Postgresql
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.graphql import Context
from dean06_core.indicators import Indicator, IndicatorKind
from dean06_core.observations import Observation
from dean06_core.periods import Period
from dean06_core.records import declared_access, records_of
from dean06_core.sectors import Sector
from dean06_core.testing import everything_kept, migrated_database
from dean06_core.testing.leaks.core_rows import add_core_rows
from dean06_core.testing.leaks.matrix import REFUSALS

pytestmark = pytest.mark.anyio

OWN, FOREIGN = 2, 3
NOW: Final = datetime(2025, 8, 5, tzinfo=UTC)
SECRET: Final = "foreign"
"""Stands in the comment of every figure that the officer may not see; no statement has it in one piece."""


@dataclass
class Loot:
    """What the plugin tries, and what it was able to find out."""

    statements: Sequence[str]
    found: list[str]

    async def rob(self, session: AsyncSession) -> None:
        """Send each as it is; what comes back and what is said in refusing it are loot alike."""
        for statement in self.statements:
            try:
                connection = await session.connection()
                result = await connection.exec_driver_sql(statement)
                self.found += [str(tuple(row)) for row in result] if result.returns_rows else []
            except REFUSALS as refusal:
                self.found.append(str(getattr(refusal, "orig", refusal)))
                await session.rollback()


LOOT: Final = Loot((), [])


async def rob(info: strawberry.Info[Context]) -> int:
    async with info.context.reading() as session:
        await LOOT.rob(session)
    return len(LOOT.found)


@strawberry.type
class HostileQuery:
    rob: int = strawberry.field(resolver=rob, description="Thử đọc quá phạm vi")


async def resolve(session: AsyncSession, *_: Any) -> Sequence[Any]:
    await LOOT.rob(session)
    return []


RATE: Final = Indicator(
    code="hostile.tries",
    name="Số lần thử",
    name_en="Tries",
    kind=IndicatorKind.COUNT,
    unit_of_measure="lần",
    numerator="Số lần thử",
    definition="Số lần đọc quá phạm vi",
)
HOSTILE: Final = Sector(
    code="hostile", title="Thử", indicators=(RATE,), resolvers={RATE.code: resolve}, query=HostileQuery
)

IN_BOTH: Final[Mapping[str, Sequence[str]]] = {
    "text": ["select comment from observation"],
    "every table in turn": [
        f"select comment from observation where unit_key = {FOREIGN}",
        f"select 'for' || 'eign' from observation_part where value_scaled = {FOREIGN}",
        f"select 'for' || 'eign' from target where addressee_key = {FOREIGN}",
        f"select 'for' || 'eign' from task_party p where unit_key = {FOREIGN} "
        f"and not exists (select 1 from task_party o where o.task_id = p.task_id and o.unit_key = {OWN})",
    ],
    "counting": ["select 'for' || 'eign' where (select count(*) from observation) > 1"],
    "a commit and a statement": ["commit; select comment from observation"],
    "a commit, a begin and a statement": ["commit; begin; select comment from observation"],
    "the end of the transaction": ["commit", "select comment from observation"],
    "a rollback and a statement": ["rollback; select comment from observation"],
    "a table of its own": ["create temp table observation as select 'for' || 'eign' as comment", "select 1"],
    "proposals of indicators": ["select 'for' || 'eign' || code from indicator_proposal"],
}

SQLITE: Final[Mapping[str, Sequence[str]]] = {
    "the base table": ["select comment from main.observation"],
    "a natural join": ["select comment from (select 1) natural join main.observation"],
    "another view": ["create temp view mine as select * from main.observation", "select comment from mine"],
    "attaching": ["attach 'dean06.db' as other", "select comment from other.observation"],
    "the catalogue of views": ["select sql from sqlite_temp_master"],
    "the plan": ["explain select comment from observation"],
    "a pragma": ["pragma writable_schema = on", "pragma table_info(observation)"],
}

_FOREIGN: Final = "comment like 'foreign%'"
_LONG: Final = "a" * 1000
SQLITE_ORACLES: Final = {
    "an escape of two letters": f"comment like 'x' escape case when {_FOREIGN} then 'ab' else 'a' end",
    "an escape as a function": f"like('x', comment, case when {_FOREIGN} then 'ab' else 'a' end) = 0",
    "a long pattern": f"comment not like replace(replace(case when {_FOREIGN} then 'aaaaaaaaaa' else '' end, 'a', "
    f"'{_LONG}'), 'a', '{_LONG[:100]}')",
    "a long glob": f"comment not glob replace(replace(case when {_FOREIGN} then 'aaaaaaaaaa' else '' end, 'a', "
    f"'{_LONG}'), 'a', '{_LONG[:100]}')",
    "a long text": f"length(replace(replace(replace(case when {_FOREIGN} then 'aaaaaaaaaa' else '' end, 'a', "
    f"'{_LONG}'), 'a', '{_LONG}'), 'a', '{_LONG}')) >= 0",
}
POSTGRESQL_ORACLES: Final = {
    "a division": f"1 / (case when {_FOREIGN} then 0 else 1 end) > 0",
    "a cast": f"cast(case when {_FOREIGN} then comment else '1' end as int) > 0",
    "a regular expression": f"comment ~ case when {_FOREIGN} then '(' else '.' end",
    "an escape": f"comment not like 'x' escape case when {_FOREIGN} then 'ab' else 'a' end",
    "a long text": f"length(repeat('a', case when {_FOREIGN} then 2000000000 else 1 end)) > 0",
    "a subquery of two rows": f"(select x from (values (1), (2)) v (x) where x = 1 or {_FOREIGN}) = 1",
}

_MINE: Final = "select string_agg(comment, ',') from observation"
POSTGRESQL: Final[Mapping[str, Sequence[str]]] = {
    "a guessed pass": ["select set_config('dean06.pass', '0', true)", "select comment from observation"],
    "no pass": ["reset dean06.pass", "select comment from observation"],
    "the passes": ["select * from wall.pass", "select 'for' || 'eign' from wall.pass"],
    "a pass of its own": [
        "commit; begin; insert into wall.pass values (sha256('0'), 'A', null, null, now() + interval '1 day'); "
        "select set_config('dean06.pass', '0', true); select comment from observation"
    ],
    "the functions of the wall": [
        f"select 'for' || 'eign' where {FOREIGN} = any (wall.units('A'))",
        f"select 'for' || 'eign' from wall.pairs('A') where unit = {FOREIGN} or sector <> 'health'",
        "select 'for' || 'eign' where wall.everything('A')",
        f"select 'for' || 'eign' where {FOREIGN} = any (wall.sector_units('A', 'health'))",
    ],
    "functions of its own in place of the wall's": [
        "commit; begin; create or replace function wall.everything(class text) returns boolean "
        "language sql as 'select true'",
        "select comment from observation",
    ],
    "the role of services": ["set role {services}", "select comment from observation"],
    "the role of the owner": ["set role {owner}", "select comment from observation"],
    "the role of before": ["reset role", "select comment from observation"],
    "another session": ["set session authorization {services}", "select comment from observation"],
    "the session of before": ["reset session authorization", "select comment from observation"],
    "more powers": ["commit; begin; alter role {callers} bypassrls; grant {services} to {callers}", "select 1"],
    "no walls": ["set row_security = off", "select comment from observation"],
    "walls disabled": [
        "commit; begin; alter table observation disable row level security",
        "select comment from observation",
    ],
    "walls not forced": [
        "commit; begin; alter table observation no force row level security",
        "select comment from observation",
    ],
    "no policy": ["commit; begin; drop policy callers on observation", "select comment from observation"],
    "another policy": [
        "commit; begin; create policy mine on observation for select using (true)",
        "select comment from observation",
    ],
    "a trigger": ["commit; begin; create trigger mine after insert on observation execute function pg_catalog.now()"],
    "an operator that tells": [
        "commit; begin; create function pg_temp.tells(text) returns boolean language plpgsql cost 0.0001 as "
        "$$ begin raise notice '%', $1; raise exception '%', $1; end $$; select comment from observation "
        "where pg_temp.tells(comment)"
    ],
    "a block": [f"do $$ begin raise exception '%', ({_MINE}); end $$"],
    "a block that commits": [f"commit; do $$ begin commit; raise exception '%', ({_MINE}); end $$"],
    "a query in XML": ["select query_to_xml('select comment from observation', true, false, '')"],
    "a table in XML": ["select table_to_xml('observation', true, false, '')"],
    "a schema in XML": ["select schema_to_xml('public', true, false, '')"],
    "a cursor": ["declare mine cursor with hold for select comment from observation", "commit; fetch all from mine"],
    "a prepared statement": ["prepare mine as select comment from observation", "commit; execute mine"],
    "copy": ["copy observation to '/tmp/loot'", "copy (select comment from observation) to '/tmp/loot'"],
    "a program": ["copy (select 1) to program 'true'", "commit; begin; copy observation (comment) from program 'true'"],
    "a file": ["select pg_read_file('postgresql.conf')", "select 'for' || 'eign' from pg_ls_dir('.')"],
    "a large object": ["select lo_import('/etc/hostname')", f"select lo_from_bytea(0, convert_to(({_MINE}), 'UTF8'))"],
    "an extension": ["commit; begin; create extension dblink", "create extension postgres_fdw"],
    "statistics": [
        "select most_common_vals::text, histogram_bounds::text from pg_stats where tablename = 'observation'",
        "select stavalues1::text from pg_statistic",
    ],
    "statements of others": ["select query from pg_stat_activity where usename <> current_user"],
    "passwords": [
        "select rolpassword from pg_authid",
        "select passwd from pg_shadow",
        "select 'for' || 'eign' from pg_authid",
    ],
    "the place of a row": ["select comment from observation where ctid = '(0,1)' or ctid = '(0,2)' or ctid = '(0,3)'"],
    "a lock of a row": ["commit; begin; select comment from observation for update"],
    "the toast": ["select 'for' || 'eign' from pg_toast.pg_toast_2619"],
    "a change": [
        "commit; begin; update observation set comment = 'x' returning comment",
        "commit; begin; delete from observation returning comment",
        "commit; begin; merge into observation using (select 1) s on true when matched then update set comment = 'x'",
        "commit; begin; truncate observation cascade",
    ],
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    tables = declared_access(records_of("dean06_core"))
    async with migrated_database(tmp_path_factory.mktemp("hostile"), tables=tables) as database:
        async with database.service() as session:
            await add_core_rows(session)
            await catalogue.register(session, [HOSTILE])
            is_own = sa.and_(Observation.unit_key == OWN, Observation.sector == "health")
            await session.execute(update(Observation).values(comment=sa.case((is_own, "own"), else_=SECRET)))
        if isinstance(database.backend, Postgresql):
            async with database.owner.connect() as connection:
                await connection.execute(text("analyze"))
        yield database


def officer() -> Caller:
    grant = Grant(
        role="sector",
        actions=frozenset({Action.READ}),
        sectors=frozenset({"health"}),
        units=frozenset({OWN}),
        data_classes=frozenset({DataClass.AGGREGATE}),
        starts=date(2025, 1, 1),
        ends=date(2026, 1, 1),
    )
    return Caller("officer", "Cán bộ", OWN, (grant,))


async def reference(database: Database) -> tuple[Directory, Catalogue]:
    async with database.service_reading() as session:
        return await Directory.load(session), await Catalogue.load(session, [HOSTILE])


async def by_field(database: Database, statements: Sequence[str]) -> list[str]:
    """What the plugin finds when an officer asks its field."""
    directory, known = await reference(database)
    LOOT.statements, LOOT.found = statements, []
    caller, today = officer(), NOW.date()
    async with database.reading(caller.rights(today)) as session:
        context = Context(caller, today, NOW, directory.limited_to(caller.units(today)), known, session=session)
        answer = await strawberry.Schema(query=HostileQuery).execute("{ rob }", context_value=context)
    assert answer.errors is None, answer.errors
    return LOOT.found


async def by_resolver(database: Database, statements: Sequence[str]) -> list[str]:
    """What it finds when its indicator is computed."""
    directory, known = await reference(database)
    LOOT.statements, LOOT.found = statements, []
    july = Period.parse("2025-07")
    computed = computing.compute(
        database, HOSTILE, units=[OWN], periods=[july], catalogue=known, directory=directory, now=NOW
    )
    assert [code async for code, _ in computed] == [RATE.code]
    return LOOT.found


def named(database: Database, statements: Sequence[str]) -> list[str]:
    """The statements with the logins of this server in them."""
    if not isinstance(database.backend, Postgresql):
        return [*statements]
    logins = database.backend.logins
    for name in ("owner", "services", "callers"):
        statements = [each.replace(f"{{{name}}}", f'"{getattr(logins, name)}"') for each in statements]
    return [*statements]


async def assert_nothing_happened(database: Database, before: str) -> None:
    assert await everything_kept(database) == before
    async with database.reading(officer().rights(NOW.date())) as session:
        assert [*await session.scalars(select(Observation.comment))] == ["own"]


def attacks(name: str, table: Mapping[str, Sequence[str]]) -> list[Any]:
    mark = [] if name == "both" else [getattr(pytest.mark, name)]
    return [pytest.param(statements, id=attack, marks=mark) for attack, statements in table.items()]


@pytest.mark.parametrize(
    "statements", attacks("both", IN_BOTH) + attacks("sqlite", SQLITE) + attacks("postgresql", POSTGRESQL)
)
@pytest.mark.parametrize("ask", [by_field, by_resolver])
async def test_sql_of_a_plugin_finds_nothing_foreign(database: Database, ask: Any, statements: Sequence[str]) -> None:
    before = await everything_kept(database)

    found = await ask(database, named(database, statements))

    assert SECRET not in "".join(found)
    await assert_nothing_happened(database, before)


@pytest.mark.parametrize("ask", [by_field, by_resolver])
async def test_what_is_ones_own_is_found(database: Database, ask: Any) -> None:
    found = await ask(database, ["select comment from observation", "select count(*) from unit"])

    assert found == (["('own',)", "(4,)"] if ask is by_field else ["(4,)"])


@pytest.mark.parametrize(
    "condition",
    [
        *(pytest.param(sql, id=name, marks=pytest.mark.sqlite) for name, sql in SQLITE_ORACLES.items()),
        *(pytest.param(sql, id=name, marks=pytest.mark.postgresql) for name, sql in POSTGRESQL_ORACLES.items()),
    ],
)
async def test_no_error_tells_of_a_hidden_row(database: Database, condition: str) -> None:
    """The condition fails on foreign rows alone: whoever gets an error knows that there are some."""
    refused_anyway = await by_field(database, [f"select 1 from observation where unit_key = {OWN} and {condition}"])
    on_every_row = await by_field(database, [f"select 1 from observation where {condition}"])
    on_foreign = await by_field(database, [f"select 1 from observation where unit_key = {FOREIGN} and {condition}"])
    on_none = await by_field(database, [f"select 1 from observation where unit_key = 99 and {condition}"])

    assert on_foreign == on_none
    assert on_every_row == refused_anyway


async def test_objects_that_a_session_reaches_open_nothing_more(database: Database) -> None:
    async with database.reading(officer().rights(NOW.date())) as session:
        connection = await session.connection()
        comments = select(Observation.comment)
        async with connection.engine.connect() as another:
            assert [*await another.scalars(comments)] == []
        async with AsyncSession(connection.engine) as another_session:
            assert [*await another_session.scalars(comments)] == []
        assert [*(await connection.execute(comments)).scalars()] == ["own"]


@pytest.mark.postgresql
async def test_a_copy_has_ones_own_rows(database: Database) -> None:
    async with database.reading(officer().rights(NOW.date())) as session:
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        async with driver.cursor() as cursor, cursor.copy("copy observation (comment) to stdout") as copy:
            assert [row async for row in copy.rows()] == [("own",)]


@pytest.mark.postgresql
async def test_the_address_of_the_connection_opens_nothing_more(database: Database) -> None:
    engine = create_async_engine(database.readers.url, poolclass=NullPool)
    async with engine.connect() as connection:
        assert [*await connection.scalars(select(Observation.comment))] == []
    await engine.dispose()
