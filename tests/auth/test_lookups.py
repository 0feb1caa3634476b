"""How often somebody opened records of citizens is counted by operation, and told to who reads accounts there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import lookups
from dean06_core import audit
from dean06_core.access import DataClass
from dean06_core.audit import Event
from dean06_core.audit.reads import RECORDED, Reads, tells_of
from dean06_core.directory import Directory
from dean06_core.periods import Period
from tests.auth import offices
from tests.auth.offices import Office

pytestmark = pytest.mark.anyio

JUNE = Period.parse("2026-06")
BEGINNING = datetime(2026, 5, 31, 17, tzinfo=UTC)
"""Of June in Vietnam."""
R, IDENTIFIED, G = DataClass.RECORD, DataClass.IDENTIFIED, DataClass.GOVERNANCE


@pytest.fixture
async def office(session: AsyncSession, directory: Directory) -> Office:
    return await offices.settle(session, directory)


async def read(office: Office, login: str, *classes: DataClass, at: datetime = BEGINNING) -> None:
    noted = Reads()
    for each in classes:
        noted.note({f"table_{each}": each}, 3)
    event = noted.event(await office.actor(login), operation='"R"', document="")
    await audit.record(office.session, replace(event, at=at))


async def told(office: Office, by: str, *logins: str) -> list[int | None]:
    ids = [office.people[login].id for login in logins]
    found = await lookups.of_accounts(office.session, await office.actor(by), ids, period=JUNE)
    return [found.get(id_) for id_ in ids]


async def test_each_operation_that_opened_records_counts_once(office: Office) -> None:
    await read(office, "an", R)
    await read(office, "an", G, R)
    await read(office, "an", IDENTIFIED, R)
    await read(office, "an", G)
    await read(office, "binh", IDENTIFIED)
    await audit.record(office.session, Event(action="write", at=BEGINNING, account=office.people["an"].id))
    assert await told(office, "quan-tri", "an", "binh", "chi") == [3, 1, 0]


async def test_the_days_are_those_of_vietnam(office: Office) -> None:
    second = timedelta(seconds=1)
    for at in (BEGINNING - second, BEGINNING, BEGINNING + timedelta(days=30) - second, BEGINNING + timedelta(days=30)):
        await read(office, "an", R, at=at)
    assert await told(office, "quan-tri", "an") == [2]


async def test_it_is_told_of_oneself_and_to_who_reads_accounts_of_the_unit(office: Office) -> None:
    await read(office, "an", R)
    assert await told(office, "an", "an", "binh") == [1, None]
    assert await told(office, "thu-truong", "an", "dung") == [1, None]


async def test_an_event_tells_of_the_classes_that_it_names_and_of_no_other(office: Office) -> None:
    every = [set(each) for size in (1, 2, 3) for each in combinations(sorted(RECORDED), size)]
    for classes in every:
        await read(office, "an", *classes)
    for asked in every:
        counting = sa.select(sa.func.count()).where(tells_of(asked))
        assert await office.session.scalar(counting) == sum(bool(classes & asked) for classes in every)
