"""A real database file with a small province in it, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.records import Record, declared_access, records_of
from tests.auth import province

RECORDS = [*records_of("dean06_core.units"), *records_of("dean06_auth")]


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("auth") / "settled.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    tables = [Record.metadata.tables[record.__tablename__] for record in RECORDS]
    Record.metadata.create_all(engine, tables=tables)
    with Session(engine) as session, session.begin():
        province.settle(session)
    engine.dispose()
    return path


@pytest.fixture
async def database(tmp_path: Path, settled: Path) -> AsyncIterator[Database]:
    path = tmp_path / "dean06.db"
    shutil.copyfile(settled, path)
    database = Database(f"sqlite:///{path}", declared_access(RECORDS), readers=1)
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
