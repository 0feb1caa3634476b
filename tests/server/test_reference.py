"""Units and indicators are held in memory, yet a request never sees them older than they are in the database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from dean06_core import directory_changes, unit_register
from dean06_core.database import Database
from dean06_core.indicators import Indicator, IndicatorRow, as_definition
from dean06_core.records import declared_access, records_of
from dean06_core.testing import migrated_database, statements
from dean06_core.unit_register import UnitEntry
from dean06_core.units import Tier, UnitLevel, UnitVersion
from dean06_server.reference import Reference

pytestmark = pytest.mark.anyio

DAY = date(2025, 7, 28)
TABLES = declared_access(records_of("dean06_core"))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path, tables=TABLES) as opened:
        async with opened.service() as session:
            await unit_register.enter(session, [province("Tỉnh Hà Tĩnh")])
        yield opened


@pytest.fixture
def reference(database: Database) -> Reference:
    return Reference(database, ())


def province(name: str) -> UnitEntry:
    return UnitEntry(code="42", name=name, level=UnitLevel.PROVINCE, tier=Tier.PROVINCIAL, valid_from=date(1991, 8, 12))


@pytest.mark.sqlite
async def test_without_a_change_nothing_is_read_again(database: Database, reference: Reference) -> None:
    first = await reference.current()
    with statements(database) as sent:
        assert await reference.current() is first
    assert sent == []


@pytest.mark.postgresql
async def test_without_a_change_at_most_one_statement_is_sent(database: Database, reference: Reference) -> None:
    """A server counts the commits of all its databases together."""
    first = await reference.current()
    with statements(database) as sent:
        assert await reference.current() is first
    assert len(sent) <= 1


async def test_a_change_elsewhere_costs_one_statement_and_keeps_what_is_held(
    database: Database, reference: Reference
) -> None:
    first = await reference.current()
    async with database.owner.begin() as connection:
        await connection.execute(sa.text("create table elsewhere (one integer)"))
    with statements(database) as sent:
        assert await reference.current() is first
    assert len(sent) == 1


async def test_a_renamed_unit_is_seen_at_once(database: Database, reference: Reference) -> None:
    """The row is changed in place: neither the count of rows nor the largest key tells."""
    assert (await reference.current()).directory.named("42", DAY).name == "Tỉnh Hà Tĩnh"
    async with database.service() as session:
        await session.execute(sa.update(UnitVersion).values(name="Thành phố Hà Tĩnh"))
    assert (await reference.current()).directory.named("42", DAY).name == "Thành phố Hà Tĩnh"


async def test_a_new_indicator_is_seen_at_once(database: Database, reference: Reference) -> None:
    assert (await reference.current()).catalogue.listed() == ()
    indicator = Indicator(
        code="local.tests", name="Chỉ tiêu thử", name_en="Test", numerator="Tử", denominator="Mẫu", definition="Thử."
    )
    async with database.service() as session:
        session.add(IndicatorRow(key=1, code=indicator.code, sector="local", definition=as_definition(indicator)))
    assert (await reference.current()).catalogue.listed() == (indicator,)


async def test_what_is_not_committed_is_not_seen(database: Database, reference: Reference) -> None:
    first = await reference.current()
    async with database.service() as session:
        await session.execute(sa.update(UnitVersion).values(name="Chưa ghi"))
        assert await reference.current() is first
        await session.rollback()
    assert await reference.current() is first


async def test_every_way_of_changing_a_unit_is_seen(database: Database, reference: Reference) -> None:
    before = await reference.current()
    for changing in (
        "insert into unit (key, id) values (77, '0197f0b6c8d87d3e9f1f6b2a1c4d5e6f')",
        "update unit_version set valid_to = '2030-01-01'",
        "delete from unit where key = 77",
    ):
        async with database.service() as session:
            await session.execute(sa.text(changing))
        after = await reference.current()
        assert after is not before, changing
        before = after


async def test_every_table_that_is_read_is_counted(database: Database, reference: Reference) -> None:
    with statements(database) as sent:
        await reference.current()
    watching, *loading = (set(re.findall(r"FROM (\w+)", statement)) for statement in sent)
    assert watching == {directory_changes.TABLE}
    assert set().union(*loading) <= {*directory_changes.counted(TABLES)}


async def test_who_asks_at_one_moment_shares_an_answer(database: Database, reference: Reference) -> None:
    await reference.current()
    async with database.service() as session:
        await session.execute(sa.update(UnitVersion).values(name="Thành phố Hà Tĩnh"))
    with statements(database) as sent:
        shared = await asyncio.gather(*(reference.current() for _ in range(20)))
    assert {each.directory.named("42", DAY).name for each in shared} == {"Thành phố Hà Tĩnh"}
    assert sum(directory_changes.TABLE in statement for statement in sent) <= 2
