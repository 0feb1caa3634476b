"""What would lead past the wall is refused or finds nothing, and no refusal tells the wall's secret.

After each attack its twin is asked in the same session: the same thing done as
it may be done, which gives rows, and rows of the caller's own only.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, NoSuchTableError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.backends.sqlite import sqlite_of
from dean06_core.database import Database
from dean06_core.walls.sqlite import StatementRefused, refuse_unless_reading

from .walled import OFFICER, SECRETARIAT, Visit, assert_keeps_its_secret, make, names, open_database

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

OWN: Final = ["own one", "own two"]
DENIED: Final = r"not authorized|authorization denied|may not be (modified|indexed)|because it is a view|no such table"
REFUSALS: Final = (DBAPIError, StatementRefused, sqlite3.Error)

BASE_TABLE: Final = {
    "a column": "select name from main.visit",
    "every column": "select * from main.visit",
    "no column": "select 'seen' from main.visit",
    "count": "select count(*) from main.visit",
    "max": "select max(name) from main.visit",
    "group_concat": "select group_concat(name) from main.visit",
    "a window": "select lead(name) over () from main.visit",
    "a generated column": "select doubled from main.visit",
    "double quotes": 'select name from "main"."visit"',
    "brackets and capitals": "select NAME from [MAIN].[VISIT]",
    "parentheses": "select name from (main.visit)",
    "an alias like the table": "select visit.name from main.visit as visit",
    "a subquery like the table": "select visit.name from (select * from main.visit) as visit",
    "a CTE": "with v as (select * from main.visit) select name from v",
    "a CTE without columns": "with v as (select 'seen' from main.visit) select count(*) from v",
    "a CTE like another table": "with ledger as (select * from main.visit) select name from ledger",
    "a CTE in a CTE": "with a as (with visits as (select * from main.visit) select * from visits) select name from a",
    "a recursive CTE": "with recursive r (n) as (select name from main.visit union select n from r) select n from r",
    "union": "select name from visit union select name from main.visit",
    "except": "select name from main.visit except select 'none'",
    "exists": "select 'seen' where exists (select 1 from main.visit)",
    "in": "select 'seen' where 1 in (select id from main.visit)",
    "row values in a table": "select 'seen' where (1, 'Vũng Áng') in main.unit",
    "order by": "select name from visit order by (select name from main.visit)",
    "limit": "select name from visit limit (select count(*) from main.visit)",
    "values": "values ((select name from main.visit))",
    "case": "select case when (select count(*) from main.visit) then 'seen' end",
    "a correlated subquery": "select (select max(v.name) from main.visit v where v.unit_id = u.id) from unit u",
    "a join": "select m.name from visit v join main.visit m on m.id = v.id",
    "a comma": "select m.name from visit v, main.visit m",
    "a left join": "select m.name from unit u left join main.visit m on true",
    "a join of nothing": "select 'seen' from unit u join main.visit m",
    "a child": "select name from main.note",
    "a grandchild": "select name from main.remark",
    "where units stand": "select name from main.unit",
}
"""Twins: the same without the schema."""

_SCHEMA: Final = re.compile(r"""["\[]?main["\]]?\.""", re.IGNORECASE)

ATTACKS: Final[Mapping[str, tuple[str, str]]] = {
    "a CTE in place of the table": (
        "with visit as (select * from main.visit) select name from visit",
        "with v as (select * from visit) select name from v",
    ),
    "a recursive CTE in place of the table": (
        "with recursive visit as (select * from main.visit) select name from visit",
        "with recursive v as (select * from visit) select name from v",
    ),
    "a CTE on itself": (
        "with visit as (select * from visit) select name from visit",
        "with visits as (select * from visit) select name from visits",
    ),
    "rowid": ("select rowid, _rowid_, oid from main.visit", "select id from visit"),
    "an index of the base table": (
        "select name from main.visit indexed by visit_name where name > ''",
        "select name from visit where name > ''",
    ),
    "an index of the shadow": (
        "select name from visit indexed by visit_name where name > ''",
        "select name from visit not indexed where name > ''",
    ),
    "a natural join": (
        "select count(*) from (select 'foreign unit' as name) natural join main.visit",
        "select count(*) from (select 'own one' as name) p join visit v on v.name = p.name",
    ),
    "a natural join where it exists": (
        "select exists (select 1 from (select 'foreign unit' as name) natural join main.visit)",
        "select exists (select 1 from (select 'own one' as name) p join visit v on v.name = p.name)",
    ),
    "a join using": (
        "select group_concat(p.name) from (select 'foreign unit' as name) p join main.visit using (name)",
        "select group_concat(p.name) from (select 'own one' as name) p join visit v on v.name = p.name",
    ),
    "a natural full join": (
        "select id, name from (select null as id, null as name where 0) natural full join main.visit",
        "select v.id, v.name from (select null as id, null as name where 0) p full join visit v on v.id = p.id",
    ),
    "a full join using": (
        "select name from (select null as name where 0) full join ledger using (name)",
        "select v.name from (select null as name where 0) p full join visit v on v.name = p.name",
    ),
    "a full join with the catalogue": (
        "select sql from (select null as sql where 0) full join sqlite_temp_master using (sql)",
        "select v.name from (select null as name where 0) p full join visit v on v.name = p.name",
    ),
    "a natural right join": (
        "select name from (select null as name where 0) natural right join main.visit",
        "select v.name from (select null as name where 0) p right join visit v on v.name = p.name",
    ),
    "natural with a comment behind": (
        "select name from (select 'foreign unit' as name) natural/**/full/**/join main.visit",
        "select v.name from (select 1)/**/full/**/join visit v on true",
    ),
    "an internal table": ("select name from ledger", "select name from note"),
    "no column of an internal table": ("select 'seen' from ledger", "select 'seen' from note"),
    "count of an internal table": ("select count(*) from Ledger", "select count(*) from Note"),
    "an internal table by its schema": ("select name from main.ledger", "select name from temp.note"),
    "an internal table in a CTE": (
        "with note as (select * from ledger) select name from note",
        "select name from note",
    ),
    "a child of an internal table": ("select name from ledger_line", "select name from note"),
    "an undeclared table": ("select name from undeclared", "select name from note"),
    "count of an undeclared table": ("select count(*) from undeclared", "select count(*) from note"),
    "a declared table that is not there": ("select name from absent", "select name from unit"),
    "a view of the base table": ("select name from every_visit", "select name from (select * from visit)"),
    "count of a view": ("select count(*) from every_visit", "select count(*) from (select * from visit)"),
    "a full-text table": ("select name from searched", "select name from visit"),
    "a full-text search": ("select name from searched where searched match 'foreign'", "select name from visit"),
    "a full-text search as a function": ("select name from searched('foreign')", "select name from visit"),
    "the rows of a full-text table": ("select c0 from searched_content", "select name from visit"),
    "the catalogue": ("select sql from sqlite_master", "select name from unit"),
    "the catalogue by its other name": ("select sql from main.sqlite_schema", "select name from unit"),
    "count of the catalogue": ("select count(*) from sqlite_schema", "select count(*) from unit"),
    "the catalogue of views": ("select sql from sqlite_temp_master", "select name from unit"),
    "the catalogue of views by its other name": ("select sql from sqlite_temp_schema", "select name from unit"),
    "the catalogue of views by its schema": ("select sql from temp.sqlite_master", "select name from unit"),
    "no column of the catalogue of views": ("select 'seen' from sqlite_temp_master", "select 'seen' from unit"),
    "the catalogue of views in place of a table": (
        "with visit as (select * from sqlite_temp_master) select sql from visit",
        "with v as (select * from visit) select name from v",
    ),
    "sequences": ("select seq from sqlite_sequence", "select count(*) from visit"),
    "statistics": ("select stat from sqlite_stat1", "select count(*) from visit"),
    "the columns of a table": ("select name from pragma_table_info('visit')", "select name from unit"),
    "the columns of the pass": ("select name from pragma_table_list", "select name from unit"),
    "open files": ("select file from pragma_database_list", "select name from unit"),
    "count of open files": ("select count(*) from pragma_database_list", "select count(*) from unit"),
    "functions": ("select name from pragma_function_list", "select name from unit"),
    "a pragma as a join": (
        "select p.name from visit v, pragma_table_info(v.name) p",
        "select v.name from visit v, unit u",
    ),
    "elements of JSON": ("select value from json_each('[1]')", "select name from visit"),
    "a tree of JSON": ("select value from json_tree('[1]')", "select name from visit"),
    "pages": ("select name from dbstat", "select name from unit"),
    "raw pages": ("select data from sqlite_dbpage", "select name from unit"),
    "statements": ("select sql from sqlite_stmt", "select name from unit"),
    "count of statements": ("select count(*) from sqlite_stmt", "select count(*) from unit"),
    "bytecode": ("select p4 from bytecode('select name from visit')", "select name from visit"),
    "tables of a statement": ("select name from tables_used('select name from visit')", "select name from visit"),
    "tokens": ("select token from fts3tokenize('simple', 'a b')", "select lower('A B') from visit"),
    "a series": (
        "select value from generate_series(1, 2)",
        "with recursive n (i) as (select 1 union all select i + 1 from n limit 2) select count(*) from n",
    ),
    "the pass by a guessed name": ("select * from temp.right", "select name from temp.visit"),
    "the pass by another": ("select * from temp.wall_right", "select name from temp.visit"),
    "the pass by its pattern": (f"select * from temp.wall_{'0' * 32}_right", "select name from temp.visit"),
    "the units of the pass": (f"select * from wall_{'0' * 32}_unit", "select name from visit"),
    "the inner view by its pattern": (
        f"select * from wall__of_visit, wall_{'0' * 32}_of_visit",
        "select name from visit",
    ),
    "a CTE like the inner view": (
        f"with wall_{'0' * 32}_of_visit as (select * from main.visit) select name from wall_{'0' * 32}_of_visit",
        f"with wall_{'0' * 32}_of_visit as (select * from visit) select name from wall_{'0' * 32}_of_visit",
    ),
    "an extension": ("select load_extension('mod_spatialite')", "select upper(name) from visit"),
    "an extension by its entry point": ("select Load_Extension('a', 'b')", "select upper(name) from visit"),
    "a tokenizer": ("select fts3_tokenizer('simple')", "select upper(name) from visit"),
    "a file": ("select readfile('/etc/hostname')", "select upper(name) from visit"),
    "a file to write": ("select writefile('/tmp/visit', name) from visit", "select upper(name) from visit"),
    "a check of an R-tree": ("select rtreecheck('main', 'visit')", "select upper(name) from visit"),
    "explain": ("explain select name from visit", "select name from visit"),
    "explain query plan": ("explain query plan select name from visit", "select name from visit"),
    "explain behind blanks": (" \n\t explain select name from visit", " \n\t select name from visit"),
    "explain behind a comment": ("/* a */ explain select name from visit", "/* a */ select name from visit"),
    "explain between comments": ("/**/explain/**/select name from visit", "/**/select/**/name from visit"),
    "explain between lines": ("--\nexplain--\nselect name from visit", "--\nselect--\nname from visit"),
    "explain in capitals": ("EXPLAIN QUERY PLAN SELECT name FROM visit", "SELECT name FROM visit"),
    "explain behind a byte order mark": ("\ufeffexplain select name from visit", "select '\ufeff' || name from visit"),
    "explain behind a semicolon": (";explain select name from visit", "select name from visit;"),
    "explain behind a statement": ("select 1; explain select name from visit", "select 1 from visit"),
    "two statements": ("select name from visit; select name from main.visit", "select name from visit"),
    "a commit and a statement": ("commit; select name from main.visit", "select name from visit"),
    "a begin and a statement": ("begin; select name from main.visit", "select name from visit"),
    "begin": ("begin immediate", "select name from visit"),
    "commit": ("commit", "select name from visit"),
    "end": ("end", "select name from visit"),
    "rollback": ("rollback", "select name from visit"),
    "savepoint": ("savepoint a", "select name from visit"),
    "release": ("release a", "select name from visit"),
    "pragma": ("pragma table_info(visit)", "select name from visit"),
    "pragma behind a comment": ("/**/pragma database_list", "/**/select name from visit"),
    "a writable schema": ("pragma writable_schema = on", "select name from visit"),
    "a trusted schema": ("pragma trusted_schema = on", "select name from visit"),
    "uncommitted reading": ("pragma read_uncommitted = on", "select name from visit"),
    "attach": ("attach ':memory:' as other", "select name from visit"),
    "attach this file": ("attach 'dean06.db' as other", "select name from visit"),
    "detach": ("detach main", "select name from visit"),
    "reindex": ("reindex visit", "select name from visit"),
    "analyze": ("analyze", "select name from visit"),
}

WRITING: Final = {
    "insert": "insert into visit (id, unit_id, sector, name) values (9, 1, 'health', 'own')",
    "insert into the base table": "insert into main.visit (id, unit_id, sector, name) values (9, 1, 'health', 'own')",
    "insert returning": "insert into main.visit (name) select name from main.visit returning name",
    "insert behind with": "with v as (select 'own' as name) insert into main.visit (name) select name from v",
    "insert or replace": "insert or replace into main.visit (id, name) values (3, 'own') returning name",
    "replace": "replace into main.visit (id, name) values (3, 'own') returning name",
    "upsert": "insert into main.visit (id) values (3) on conflict (id) do update set unit_id = 1 returning name",
    "update": "update visit set unit_id = 1",
    "update the base table": "update main.visit set unit_id = 1, sector = 'health' returning name",
    "update behind with": "with v as (select 1) update main.visit set unit_id = 1 returning name",
    "update from": "update main.visit set name = m.name from main.visit m where visit.id = 1 returning name",
    "delete": "delete from visit where id = 1",
    "delete from the base table": "delete from main.visit returning name",
    "delete behind with": "with v as (select 1) delete from main.visit returning name",
    "a wider pass": "insert into temp.right values ('R', null, 0)",
    "a temp table": "create temp table mine as select * from main.visit",
    "a table": "create table mine as select * from main.visit",
    "a temp view": "create temp view mine as select * from main.visit",
    "a temp view in place": "create temp view if not exists visit as select * from main.visit",
    "a temp trigger": "create temp trigger mine instead of insert on visit begin select * from main.visit; end",
    "a virtual table": "create virtual table temp.mine using fts5vocab('main', 'searched', 'row')",
    "a virtual table of a table": "create virtual table temp.mine using fts5(name, content = 'visit')",
    "an index": "create index temp.mine on visit (name)",
    "no view": "drop view visit",
    "no temp view": "drop view temp.visit",
    "no table": "drop table main.visit",
    "another name": "alter table main.visit rename to mine",
    "a copy": "vacuum into '/tmp/copy-of-visit.db'",
    "vacuum": "vacuum",
    "a catalogue": "update sqlite_temp_master set sql = ''",
}

SETTING: Final = {
    "a pragma": "pragma table_info(visit)",
    "a writable schema": "pragma writable_schema = on",
    "a query on the plan": "pragma vdbe_listing = on",
    "attach": "attach ':memory:' as other",
    "detach": "detach main",
    "reindex": "reindex visit",
    "analyze": "analyze",
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


def pairs() -> list[object]:
    plain: Mapping[str, tuple[str, str]] = {
        name: (attack, _SCHEMA.sub("", attack)) for name, attack in BASE_TABLE.items()
    }
    return [pytest.param(*pair, id=name) for name, pair in {**plain, **ATTACKS}.items()]


async def ask(session: AsyncSession, statement: str) -> list[tuple[object, ...]]:
    """Hand the statement to the driver as it is."""
    connection = await session.connection()
    return [tuple(row) for row in await connection.exec_driver_sql(statement)]


async def attacked(database: Database, session: AsyncSession, statement: str) -> list[tuple[object, ...]]:
    """What the attack finds; nothing where it is refused."""
    try:
        found = await ask(session, statement)
    except REFUSALS as refusal:
        assert_keeps_its_secret(database, refusal)
        assert_keeps_its_secret(database, refusal.__cause__)
        return []
    assert_keeps_its_secret(database, found)
    return found


@pytest.mark.parametrize(("attack", "twin"), pairs())
async def test_an_attack_finds_nothing_and_its_twin_finds_what_is_ones_own(
    database: Database, attack: str, twin: str
) -> None:
    async with database.reading(OFFICER) as session:
        assert await attacked(database, session, attack) == []

        found = await ask(session, twin)
        assert found
        assert "foreign" not in str(found)
        assert_keeps_its_secret(database, found)
        assert await names(session) == OWN

    async with database.reading(SECRETARIAT) as session:
        assert await attacked(database, session, attack) == []
        assert await ask(session, twin)


@pytest.mark.parametrize("attack", [pytest.param(attack, id=name) for name, attack in WRITING.items()])
async def test_a_reading_session_changes_nothing(database: Database, attack: str) -> None:
    before = contents(sqlite_of(database).path)

    async with database.reading(SECRETARIAT) as session:
        with pytest.raises(REFUSALS) as refused:
            await ask(session, attack)
        assert_keeps_its_secret(database, refused.value)
        assert len(await names(session)) == 5
        await session.commit()

    assert contents(sqlite_of(database).path) == before


@pytest.mark.parametrize("attack", [pytest.param(attack, id=name) for name, attack in {**WRITING, **SETTING}.items()])
async def test_the_database_would_refuse_it_too(database: Database, attack: str) -> None:
    """Core's hottest readings go to the driver itself, past the look at the text."""
    async with database.readers.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        with pytest.raises(sqlite3.DatabaseError, match=DENIED):
            await driver.execute(attack)


async def test_a_mapped_object_is_not_written_either(database: Database) -> None:
    before = contents(sqlite_of(database).path)

    async with database.reading(OFFICER) as session:
        own = await session.get_one(Visit, 1)
        own.name = "changed"
        session.add(Visit(id=9, unit_id=1, sector="health", name="new", amount=0))
        with pytest.raises(StatementRefused):
            await session.commit()

    async with database.reading(OFFICER) as session:
        for statement in (
            update(Visit).values(name="changed"),
            insert(Visit).from_select(["name"], select(Visit.name)),
            text("savepoint a"),
        ):
            with pytest.raises(StatementRefused):
                await session.execute(statement)
    assert contents(sqlite_of(database).path) == before


async def test_a_service_writes_the_same_rows(tmp_path: Path) -> None:
    make(tmp_path / "dean06.db")
    database = open_database(tmp_path / "dean06.db")

    async with database.service() as session:
        session.add(Visit(id=9, unit_id=1, sector="health", name="own three", amount=0))
    async with database.reading(OFFICER) as session:
        assert await names(session) == [*OWN, "own three"]
    await database.close()


async def test_the_database_describes_itself_to_services_only(database: Database) -> None:
    async with database.reading(SECRETARIAT) as session:
        connection = await session.connection()
        with pytest.raises((*REFUSALS, NoSuchTableError)) as refused:
            await connection.run_sync(lambda sync: inspect(sync).get_columns("visit"))
        assert_keeps_its_secret(database, refused.value)

    async with database.services.connect() as connection:
        columns = await connection.run_sync(lambda sync: inspect(sync).get_columns("visit"))
        assert columns[0]["name"] == "id"


@pytest.mark.parametrize(
    "change",
    [
        "alter table visit drop column amount_text",
        "alter table visit rename column sector to branch",
        "alter table visit rename to visits",
        "drop table remark",
    ],
)
async def test_a_wall_that_no_longer_fits_its_tables_tells_nothing(tmp_path: Path, change: str) -> None:
    make(tmp_path / "dean06.db")
    database = open_database(tmp_path / "dean06.db")
    async with database.service() as session:
        await session.execute(text("alter table visit add column amount_text text"))
    async with database.reading(OFFICER) as session:
        assert await names(session) == OWN
    async with database.service() as session:
        await session.execute(text(change))

    async with database.reading(OFFICER) as session:
        for table in ("visit", "note", "remark"):
            for column in ("*", "name", "count(*)"):
                found = await attacked(database, session, f"select {column} from {table}")
                assert "foreign" not in str(found)
    await database.close()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("select 1 from a natural join b", id="natural"),
        pytest.param("select 1 from a NATURAL\njoin b", id="capitals"),
        pytest.param("select 1 from (a)natural join b", id="behind a parenthesis"),
        pytest.param("select 1 from a join b on ?1natural join c", id="behind a parameter"),
        pytest.param("select 1 from a join b on x''natural join c", id="behind a blob"),
        pytest.param("select 1 from 'a'natural join b", id="behind quotes"),
        pytest.param("select 1 from a join b using(id)", id="using"),
        pytest.param("select 1 from a join b/**/using/**/(id)", id="between comments"),
        pytest.param("select 1 from a join b on ?using(id)", id="behind a bare parameter"),
    ],
)
def test_a_join_that_merges_columns_is_refused_and_says_how_to_join(statement: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        refuse_unless_reading(statement)

    word = "USING" if "using" in statement else "NATURAL"
    assert str(refused.value) == (
        f"A reading session takes no join with {word}: {statement[:60]!r}. Join with ON, and pass text as a parameter."
    )


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("select housing, causing from unit", id="words that end alike"),
        pytest.param("select naturalised, using_card from unit", id="words that begin alike"),
        pytest.param("select super_natural from unit", id="words with an underscore"),
        pytest.param("values (1)", id="values"),
        pytest.param("WITH a as (select 1) select * from a", id="with"),
        pytest.param("select 1", id="select"),
        pytest.param("/***/ /*/ */ -- */\n select 1", id="comments"),
    ],
)
def test_what_reads_passes(statement: str) -> None:
    refuse_unless_reading(statement)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("", id="nothing"),
        pytest.param("-- select", id="a comment"),
        pytest.param("/* */ */ select 1", id="a comment that ended before"),
        pytest.param("/*/ select 1", id="a comment that did not end"),
        pytest.param("selection", id="a longer word"),
        pytest.param("begin", id="the start of a transaction"),
        pytest.param("\ufeffselect 1", id="a byte order mark"),
    ],
)
def test_what_does_not_read_is_refused(statement: str) -> None:
    with pytest.raises(StatementRefused, match="takes SELECT, WITH and VALUES only"):
        refuse_unless_reading(statement)


@pytest.mark.parametrize("filler", [" ", "\n", "/**/", "--\n", " /* */ "])
def test_a_long_beginning_is_judged_at_once(filler: str) -> None:
    started = time.perf_counter()

    with pytest.raises(StatementRefused):
        refuse_unless_reading(filler * 20_000 + "explain select 1")

    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param("abs(case when name like 'foreign%' then -9223372036854775808 else 1 end) > 0", id="an overflow"),
        pytest.param("json_extract(case when name like 'foreign%' then '{' else '{}' end, '$') > ''", id="JSON"),
        pytest.param("case when name like 'foreign%' then '{' else '{}' end -> '$' is not null", id="an arrow"),
        pytest.param("case when name like 'foreign%' then name match 'x' else 1 end", id="match"),
        pytest.param("length(zeroblob(case when name like 'foreign%' then 9999999999 else 1 end)) > 0", id="a size"),
    ],
)
async def test_a_condition_that_can_fail_on_a_hidden_row_is_refused_before_any_row(
    database: Database, condition: str
) -> None:
    async with database.reading(OFFICER) as session:
        with pytest.raises(DBAPIError, match="not authorized"):
            await ask(session, f"select name from visit where {condition}")
        assert len(await ask(session, "select name from visit where length(name) > 0")) == 2


def contents(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        catalogue = connection.execute("select name, sql from sqlite_master order by name").fetchall()
        return [*catalogue, *connection.execute("select * from visit order by id")]
    finally:
        connection.close()
