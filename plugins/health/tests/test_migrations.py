"""Visits recorded before rows had numbers are kept, each with its id for its number."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from dean06_core import migrating
from dean06_core.testing import migrated_database
from dean06_core.units import UnitRow
from dean06_health.plugin import SECTOR
from dean06_health.visits import Visit

pytestmark = pytest.mark.anyio

FIRST, SECOND = UUID(int=1), UUID(int=2)


async def test_an_older_visit_is_told_by_its_id_there_and_back(tmp_path: Path) -> None:
    [own] = migrating.histories_of([SECTOR])
    async with migrated_database(tmp_path, own) as database:
        await migrating.downgrade(database, own, "health_0001")
        async with database.service() as session:
            session.add(UnitRow(key=1))
            await session.flush()
            for id_ in (FIRST, SECOND):
                await session.execute(
                    sa.text(
                        "insert into health_visit (id, unit_key, visited_on, used_health_book, data_sent) "
                        "values (:id, 1, '2025-07-01', true, false)"
                    ),
                    {"id": id_.hex},
                )
        assert [step.revision for step in await migrating.upgrade(database, [migrating.CORE, own])] == ["health_0002"]
        async with database.service_reading() as session:
            visits = (await session.scalars(sa.select(Visit).order_by(Visit.id))).all()
            assert [(visit.id, visit.ref) for visit in visits] == [(FIRST, FIRST.hex), (SECOND, SECOND.hex)]
            assert (visits[0].visited_on, visits[0].used_health_book, visits[0].paid_cashless) == (
                date(2025, 7, 1),
                True,
                None,
            )
        await migrating.downgrade(database, own, "health_0001")
        async with database.service_reading() as session:
            assert await session.scalar(sa.text("select count(*) from health_visit")) == 2
