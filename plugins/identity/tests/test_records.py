"""The database refuses what no dossier, account or registration can be, and takes what is next to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_core import Record
from dean06_core.database import Database
from dean06_core.migrating import histories_of
from dean06_core.testing import migrated_database, unkept
from dean06_core.units import UnitRow
from dean06_identity.card_dossiers import CardDossier
from dean06_identity.eid_accounts import EidAccount, HolderKind
from dean06_identity.plugin import SECTOR
from dean06_identity.registrations import Registration, RegistrationKind

pytestmark = pytest.mark.anyio

VUNG_ANG = 1
DAY, DAY_BEFORE, DAY_AFTER = date(2025, 7, 1), date(2025, 6, 30), date(2025, 7, 2)
TOO_OLD, OLD = date(1999, 12, 31), date(2000, 1, 1)


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("identity"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add(UnitRow(key=VUNG_ANG))
        yield database


def card_dossier(**facts: Any) -> CardDossier:
    return CardDossier(**{"ref": "1", "unit_key": VUNG_ANG, "received_on": DAY, **facts})


def eid_account(**facts: Any) -> EidAccount:
    return EidAccount(**{"ref": "1", "unit_key": VUNG_ANG, "kind": HolderKind.CITIZEN, "eligible_from": DAY, **facts})


def registration(**facts: Any) -> Registration:
    return Registration(
        **{
            "ref": "1",
            "unit_key": VUNG_ANG,
            "kind": RegistrationKind.BIRTH,
            "registered_on": DAY,
            "linked": True,
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("record", "refused"),
    [
        pytest.param(card_dossier(received_on=TOO_OLD), "received_since_counting_began", id="a dossier before 2000"),
        pytest.param(card_dossier(received_on=OLD), None, id="a dossier of the first day of 2000"),
        pytest.param(card_dossier(issued_on=DAY_BEFORE), "issued_after_receipt", id="a card before its dossier"),
        pytest.param(card_dossier(issued_on=DAY), None, id="a card on the day of its dossier"),
        pytest.param(eid_account(eligible_from=TOO_OLD), "eligible_since_counting_began", id="eligible before 2000"),
        pytest.param(eid_account(eligible_from=OLD), None, id="eligible from the first day of 2000"),
        pytest.param(eid_account(eligible_until=DAY), "eligible_for_a_day", id="eligible for no day"),
        pytest.param(eid_account(eligible_until=DAY_AFTER), None, id="eligible for one day"),
        pytest.param(eid_account(issued_on=DAY_BEFORE), "issued_once_eligible", id="issued to somebody not eligible"),
        pytest.param(eid_account(issued_on=DAY), None, id="issued on the first day"),
        pytest.param(eid_account(activated_on=DAY), "activated_once_issued", id="activated and never issued"),
        pytest.param(
            eid_account(issued_on=DAY_AFTER, activated_on=DAY), "activated_once_issued", id="activated before issued"
        ),
        pytest.param(eid_account(issued_on=DAY, activated_on=DAY), None, id="activated on the day of issue"),
        pytest.param(eid_account(closed_on=DAY), "closed_once_issued", id="closed and never issued"),
        pytest.param(eid_account(issued_on=DAY_AFTER, closed_on=DAY), "closed_once_issued", id="closed before issued"),
        pytest.param(eid_account(issued_on=DAY, closed_on=DAY), None, id="closed on the day of issue"),
        pytest.param(
            eid_account(issued_on=DAY, activated_on=DAY_AFTER, closed_on=DAY),
            "activated_before_closed",
            id="activated after it was closed",
        ),
        pytest.param(
            eid_account(issued_on=DAY, activated_on=DAY_AFTER, closed_on=DAY_AFTER),
            None,
            id="activated and closed on one day",
        ),
        pytest.param(
            registration(registered_on=TOO_OLD), "registered_since_counting_began", id="a registration before 2000"
        ),
        pytest.param(registration(registered_on=OLD), None, id="a registration of the first day of 2000"),
    ],
)
async def test_days_stand_in_the_order_in_which_things_happen(
    database: Database, record: Record, refused: str | None
) -> None:
    async with unkept(database) as session:
        session.add(record)
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()


@pytest.mark.parametrize("make", [card_dossier, eid_account, registration], ids=lambda make: make.__name__)
async def test_a_row_of_the_source_system_is_kept_once(database: Database, make: Any) -> None:
    async with unkept(database) as session:
        session.add_all([make(ref="1"), make(ref="2")])
        await session.flush()
        session.add(make(ref="2"))
        with pytest.raises(sa.exc.IntegrityError, match="ref"):
            await session.flush()
