"""No way to a table of core leads to a row outside the pass, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from dean06_core.access import Access, Action, DataClass
from dean06_core.observations import Observation
from dean06_core.records import Record, declared_access, records_of
from dean06_core.tasks import TaskBasis
from dean06_core.testing import faults, migrated_database
from dean06_core.testing.leaks import Matrix
from dean06_core.testing.leaks.core_rows import add_core_rows

pytestmark = pytest.mark.anyio

RECORDS = records_of("dean06_core")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def matrix(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matrix]:
    """One for all: whatever one way left behind, the next would meet."""
    tables = declared_access(RECORDS)
    async with migrated_database(tmp_path_factory.mktemp("leaks"), tables=tables) as database:
        async with database.service() as session:
            await add_core_rows(session)
        yield await Matrix.of(database, tables)


@pytest.mark.parametrize("record", [pytest.param(record, id=record.__tablename__) for record in RECORDS])
async def test_no_way_shows_a_row_outside_the_pass(matrix: Matrix, record: type[Record]) -> None:
    faults.tell(*await matrix.reading(record))


@pytest.mark.parametrize("record", [pytest.param(record, id=record.__tablename__) for record in RECORDS])
async def test_no_way_changes_a_row_outside_the_pass(matrix: Matrix, record: type[Record]) -> None:
    faults.tell(*await matrix.changing(record))


@pytest.mark.parametrize(
    "record", [pytest.param(each, id=each.__tablename__) for each in RECORDS if each.__access__.written_by is not None]
)
async def test_somebody_may_write_of_each_table_that_is_written_behind_the_wall(
    matrix: Matrix, record: type[Record]
) -> None:
    """Otherwise the ways to write inside the pass would be tried for services alone."""
    assert 0 < matrix.inside(record) < len(matrix.rows[record.__tablename__])


async def test_a_wall_with_a_hole_is_told(tmp_path: Path) -> None:
    declared = declared_access(RECORDS)
    without_units = Access(DataClass.AGGREGATE, sector="sector", written_by=Action.RECORD)
    async with migrated_database(tmp_path, tables={**declared, "observation": without_units}) as database:
        async with database.service() as session:
            await add_core_rows(session)
        matrix = await Matrix.of(database, declared)
        shown, changed = await matrix.reading(Observation), await matrix.changing(Observation)

    assert any(
        told.startswith("Table 'observation': 'text', asked by somebody of one unit and sector") for told in shown
    )
    assert len(shown) > 100
    assert any("'update' without a right to it changed" in told for told in changed)


@pytest.mark.postgresql
async def test_walls_are_raised_again_over_those_of_another_release(tmp_path: Path) -> None:
    declared = declared_access(RECORDS)
    async with migrated_database(tmp_path, tables=declared) as database:
        async with database.service() as session:
            await add_core_rows(session)
        async with database.owner.begin() as owner:
            for statement in (
                "create function wall.assign_task(integer) returns boolean language sql as 'select true'",
                "drop policy callers_insert on task_basis",
                "create policy callers_insert on task_basis for insert with check (wall.assign_task(1))",
            ):
                await owner.execute(sa.text(statement))
        matrix = await Matrix.of(database, declared)
        assert await matrix.changing(TaskBasis)
        for _ in range(2):
            await database.backend.raise_walls()
            await database.backend.refuse_unless_walled()
        faults.tell(*await matrix.changing(TaskBasis))
