"""A real database with a small province in it, copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import attempts, floods
from dean06_auth.floods import Flood
from dean06_core import migrating
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.migrating import CORE, History
from dean06_core.records import declared_access, records_of
from dean06_core.testing.places import Template, template
from tests.auth import province

RECORDS = [*records_of("dean06_core.units"), *records_of("dean06_core.audit"), *records_of("dean06_auth")]


@pytest.fixture(scope="session")
def settled() -> Template:
    return asyncio.run(template(_settle))


async def _settle(address: Address) -> None:
    database = Database(address, declared_access(RECORDS))
    await migrating.upgrade(database, [CORE, History("auth", "dean06_auth.migrations")])
    async with database.service() as session:
        await session.run_sync(province.settle)
    await database.close()


@pytest.fixture
async def database(tmp_path: Path, settled: Template) -> AsyncIterator[Database]:
    with settled.copied(tmp_path) as address:
        database = Database(address, declared_access(RECORDS), readers=1)
        yield database
        await database.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.service() as session:
        yield session


@pytest.fixture
async def directory(session: AsyncSession) -> Directory:
    return await Directory.load(session)


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that services send from here on; clear it to count from a later moment."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement != "begin":
            sent.append(statement)

    event.listen(database.services.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.services.sync_engine, "before_cursor_execute", note)


@pytest.fixture
def however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """``floods`` holds nobody back."""
    monkeypatch.setattr(floods, "AT_ONCE", 100_000)
    monkeypatch.setattr(attempts, "FLOOD", Flood())
