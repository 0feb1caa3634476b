"""Dossiers recorded before rows had numbers are kept, each with its id for its number."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from dean06_core import migrating
from dean06_core.testing import migrated_database
from dean06_core.units import UnitRow
from dean06_public_services.dossiers import Channel, Dossier
from dean06_public_services.plugin import SECTOR

pytestmark = pytest.mark.anyio

FIRST, SECOND = UUID(int=1), UUID(int=2)


async def test_an_older_dossier_is_told_by_its_id_there_and_back(tmp_path: Path) -> None:
    [own] = migrating.histories_of([SECTOR])
    async with migrated_database(tmp_path, own) as database:
        await migrating.downgrade(database, own, "public_services_0001")
        async with database.service() as session:
            session.add(UnitRow(key=1))
            await session.flush()
            for id_ in (FIRST, SECOND):
                await session.execute(
                    sa.text(
                        "insert into public_services_dossier (id, unit_key, received_on, due_on, channel, has_fee, "
                        "paid_online, returns_paper_result, result_digitised, components_digitised, data_reused, "
                        "identity_verified) values "
                        "(:id, 1, '2025-07-01', '2025-07-09', 'POST', true, false, true, false, true, false, true)"
                    ),
                    {"id": id_.hex},
                )
        assert [step.revision for step in await migrating.upgrade(database, [migrating.CORE, own])] == [
            "public_services_0002"
        ]
        async with database.service_reading() as session:
            dossiers = (await session.scalars(sa.select(Dossier).order_by(Dossier.id))).all()
            assert [(dossier.id, dossier.ref) for dossier in dossiers] == [(FIRST, FIRST.hex), (SECOND, SECOND.hex)]
            assert (dossiers[0].channel, dossiers[0].has_fee, dossiers[0].full_process) == (Channel.POST, True, None)
            assert (dossiers[0].identity_verified, dossiers[0].verification_kind) == (True, None)
        await migrating.downgrade(database, own, "public_services_0001")
        async with database.service_reading() as session:
            assert await session.scalar(sa.text("select count(*) from public_services_dossier")) == 2
