"""Certificates recorded before rows had numbers are kept, each with its id for its number."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from dean06_core import migrating
from dean06_core.testing import migrated_database
from dean06_core.units import UnitRow
from dean06_justice.certificates import Certificate, Channel
from dean06_justice.plugin import SECTOR

pytestmark = pytest.mark.anyio

FIRST, SECOND = UUID(int=1), UUID(int=2)


async def test_an_older_certificate_is_told_by_its_id_there_and_back(tmp_path: Path) -> None:
    [own] = migrating.histories_of([SECTOR])
    async with migrated_database(tmp_path, own) as database:
        await migrating.downgrade(database, own, "justice_0001")
        async with database.service() as session:
            session.add(UnitRow(key=1))
            await session.flush()
            for id_ in (FIRST, SECOND):
                await session.execute(
                    sa.text(
                        "insert into justice_certificate (id, unit_key, form, channel, received_on) "
                        "values (:id, 1, 2, 'POST', '2025-07-01')"
                    ),
                    {"id": id_.hex},
                )
        assert [step.revision for step in await migrating.upgrade(database, [migrating.CORE, own])] == ["justice_0002"]
        async with database.service_reading() as session:
            dossiers = (await session.scalars(sa.select(Certificate).order_by(Certificate.id))).all()
            assert [(dossier.id, dossier.ref) for dossier in dossiers] == [(FIRST, FIRST.hex), (SECOND, SECOND.hex)]
            assert (dossiers[0].form, dossiers[0].channel, dossiers[0].issued_on) == (2, Channel.POST, None)
        await migrating.downgrade(database, own, "justice_0001")
        async with database.service_reading() as session:
            assert await session.scalar(sa.text("select count(*) from justice_certificate")) == 2
