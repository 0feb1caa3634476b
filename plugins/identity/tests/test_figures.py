"""What files bring becomes figures of the communes that it belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dean06_core import Period, Window, catalogue, computing
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.imports import ImportReport
from dean06_core.indicators import IndicatorRow
from dean06_core.observations import Observation
from dean06_identity.plugin import SECTOR

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]

SEPTEMBER = Period.parse("2026-09")
NOW = datetime(2026, 10, 5, 2, tzinfo=UTC)


async def computed(province: Database, code: str) -> dict[tuple[str, Window], tuple[int | None, int | None]]:
    """The figures of a commune for September 2026, by indicator and window."""
    async with province.service() as session:
        await catalogue.register(session, [SECTOR])
    async with province.service_reading() as session:
        directory, declared = await Directory.load(session), await Catalogue.load(session, [SECTOR])
    unit = directory.named(code, SEPTEMBER.last_day).key
    async for _ in computing.compute(
        province, SECTOR, units=[unit], periods=[SEPTEMBER], catalogue=declared, directory=directory, now=NOW
    ):
        pass
    told = sa.select(IndicatorRow.code, Observation.window, Observation.numerator, Observation.denominator)
    async with province.service_reading() as session:
        rows = await session.execute(told.join(IndicatorRow, IndicatorRow.key == Observation.indicator_key))
        return {
            (indicator.removeprefix("identity."), window): (above, below) for indicator, window, above, below in rows
        }


async def test_a_commune_has_every_figure_of_the_sector_from_its_own_records(load: Load, province: Database) -> None:
    dossier = {"unit": "18823", "received_on": "2026-09-02"}
    account = {"unit": "18823", "eligible_from": "2024-07-01", "issued_on": "2026-09-02"}
    registration = {"unit": "18823", "registered_on": "2026-09-02", "linked": True}
    await load(
        "card_dossiers",
        dossier | {"ref": 1},
        dossier | {"ref": 2, "received_on": "2025-12-31"},
        dossier | {"ref": 3, "unit": "18844"},
    )
    await load(
        "eid_accounts",
        account | {"ref": 1, "kind": "CITIZEN", "activated_on": "2026-09-30"},
        account | {"ref": 2, "kind": "CITIZEN"},
        account | {"ref": 3, "kind": "FOREIGNER"},
        account | {"ref": 4, "kind": "ORGANISATION"},
        account | {"ref": 5, "kind": "ORGANISATION", "issued_on": "2026-10-01"},
    )
    await load(
        "registrations",
        registration | {"ref": 1, "kind": "BIRTH"},
        registration | {"ref": 2, "kind": "BIRTH", "linked": False, "registered_on": "2026-08-31"},
        registration | {"ref": 3, "kind": "DEATH"},
    )
    assert await computed(province, "18823") == {
        ("linked_birth_rate", Window.PERIOD): (1, 1),
        ("linked_birth_rate", Window.YEAR_TO_DATE): (1, 2),
        ("linked_death_rate", Window.PERIOD): (1, 1),
        ("linked_death_rate", Window.YEAR_TO_DATE): (1, 1),
        ("id_card_dossiers_collected", Window.PERIOD): (1, None),
        ("id_card_dossiers_collected", Window.YEAR_TO_DATE): (1, None),
        ("id_card_dossiers_collected", Window.TO_DATE): (2, None),
        ("eid_accounts_citizen", Window.PERIOD): (1, 2),
        ("eid_accounts_foreigner", Window.PERIOD): (1, None),
        ("eid_accounts_foreigner", Window.YEAR_TO_DATE): (1, None),
        ("eid_accounts_foreigner", Window.TO_DATE): (1, None),
        ("eid_org_rate", Window.PERIOD): (1, 2),
    }
