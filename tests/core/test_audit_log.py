"""An auditor looks the log through, the newest first, by who, what, when and with what outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dean06_core import audit
from dean06_core.audit import Event, log
from dean06_core.audit.log import Meant
from dean06_core.database import Database
from dean06_core.errors import BadInput
from dean06_core.pages import cursor_of
from dean06_core.records import declared_access, records_of
from dean06_core.testing import migrated_database
from tests.core.worlds import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Nine events, an hour apart but for three of one moment; of every third something personal is told."""
    async with migrated_database(tmp_path, tables=declared_access(records_of("dean06_core"))) as opened:
        async with opened.service() as session:
            for number in range(9):
                await audit.record(session, made(number))
        yield opened


def made(number: int) -> Event:
    return Event(
        action="proposals.approve" if number % 2 else "sign_ins.sign_in",
        at=NOW + timedelta(hours=min(number, 6)),
        outcome="DONE" if number < 5 else "SAME_PERSON",
        login="an" if number < 3 else "binh",
        unit=number % 3,
        subject=str(number),
        personal={} if number % 3 else {"source": "10.1.2.3"},
    )


async def found(database: Database, meant: Meant | None = None, first: int = 50, after: str | None = None) -> list[str]:
    async with database.service_reading() as session:
        page = await log.newest(session, meant or Meant(), first=first, after=after)
        return [told.event.subject for told in page.rows]


async def test_the_newest_come_first(database: Database) -> None:
    assert await found(database) == list("876543210")


@pytest.mark.parametrize(
    ("meant", "subjects"),
    [
        pytest.param(Meant(login="an"), "210", id="who"),
        pytest.param(Meant(action="proposals.approve"), "7531", id="what"),
        pytest.param(Meant(outcome="SAME_PERSON"), "8765", id="with what outcome"),
        pytest.param(Meant(unit=0), "630", id="of which unit"),
        pytest.param(Meant(subject="4"), "4", id="to whom"),
        pytest.param(Meant(since=NOW + timedelta(hours=2)), "8765432", id="from a moment on"),
        pytest.param(Meant(until=NOW + timedelta(hours=2)), "10", id="before a moment"),
        pytest.param(Meant(login="binh", outcome="DONE", unit=1), "4", id="all of it at once"),
        pytest.param(Meant(login="chi"), "", id="nobody"),
    ],
)
async def test_only_what_is_meant_is_told(database: Database, meant: Meant, subjects: str) -> None:
    assert await found(database, meant) == list(subjects)


@pytest.mark.parametrize("size", [1, 2, 4, 9])
async def test_pages_put_together_are_the_whole_list(database: Database, size: int) -> None:
    subjects, after = list[str](), None
    while True:
        async with database.service_reading() as session:
            page = await log.newest(session, Meant(), first=size, after=after)
        subjects += [told.event.subject for told in page.rows]
        assert page.has_previous is (after is not None)
        if not page.has_next:
            break
        after = cursor_of(page.keys[-1], log.ORDER)
    assert subjects == list("876543210")


async def test_what_is_added_meanwhile_moves_no_page(database: Database) -> None:
    async with database.service_reading() as session:
        page = await log.newest(session, Meant(), first=3, after=None)
    async with database.service() as session:
        await audit.record(session, made(8))
    assert await found(database, after=cursor_of(page.keys[-1], log.ORDER)) == list("543210")


async def test_what_is_said_of_persons_comes_with_it_until_it_is_erased(database: Database) -> None:
    async def told() -> list[str | None]:
        async with database.service_reading() as session:
            return [each.personal for each in (await log.newest(session, Meant(login="an"), first=9, after=None)).rows]

    assert await told() == [None, None, '{"source":"10.1.2.3"}']
    async with database.service_reading() as session:
        [*_, first] = (await log.newest(session, Meant(), first=9, after=None)).rows
    async with database.service() as session:
        assert await audit.erase(session, [first.event.id], by=Event(action="", at=NOW, login="operator:x")) == 1
    assert await told() == [None, None, None]


async def test_another_lists_cursor_is_refused(database: Database) -> None:
    with pytest.raises(BadInput) as refused:
        await found(database, after=cursor_of((NOW, "x"), "tasks"))
    assert refused.value.code == "CURSOR_INVALID"
