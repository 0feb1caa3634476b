"""The database refuses what no payment and no participation can be, and takes what is next to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_core.database import Database
from dean06_core.migrating import histories_of
from dean06_core.testing import migrated_database, unkept
from dean06_core.units import UnitRow
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.insured_persons import InsuredPerson
from dean06_social_insurance.plugin import SECTOR

pytestmark = pytest.mark.anyio

CAN_LOC = 1
FIRST_OF_JULY = date(2025, 7, 1)


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("social_insurance"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add(UnitRow(key=CAN_LOC))
        yield database


def beneficiary(started_on: date = FIRST_OF_JULY, **facts: Any) -> Beneficiary:
    return Beneficiary(
        **{"unit_key": CAN_LOC, "ref": "1", "benefit": Benefit.PENSION, "started_on": started_on, **facts}
    )


def insured(**facts: Any) -> InsuredPerson:
    known = {"joined_on": FIRST_OF_JULY, "has_personal_id": True, "is_armed_forces": False}
    return InsuredPerson(**{"unit_key": CAN_LOC, "ref": "1", **known, **facts})


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        pytest.param(beneficiary(ended_on=FIRST_OF_JULY), "ended_after_start", id="ended on the day it started"),
        pytest.param(beneficiary(ended_on=date(2025, 7, 2)), None, id="ended the day after"),
        pytest.param(beneficiary(cashless_since=date(2025, 6, 30)), "cashless_once_started", id="before it started"),
        pytest.param(beneficiary(cashless_since=FIRST_OF_JULY), None, id="cashless from the start"),
        pytest.param(
            beneficiary(cashless_since=date(2025, 8, 1), ended_on=date(2025, 8, 1)),
            "cashless_before_end",
            id="cashless when nothing is paid any more",
        ),
        pytest.param(
            beneficiary(cashless_since=date(2025, 7, 31), ended_on=date(2025, 8, 1)), None, id="cashless for one day"
        ),
        pytest.param(
            beneficiary(date(1990, 1, 1), cashless_since=date(1999, 12, 31)),
            "cashless_since_counting_began",
            id="cashless before counting began",
        ),
        pytest.param(
            beneficiary(date(1990, 1, 1), cashless_since=date(2000, 1, 1)), None, id="cashless when counting began"
        ),
        pytest.param(insured(left_on=FIRST_OF_JULY), "left_after_joining", id="left on the day of joining"),
        pytest.param(insured(left_on=date(2025, 7, 2)), None, id="left the day after"),
        pytest.param(
            insured(verified_on=FIRST_OF_JULY, has_personal_id=False), "only_an_id_is_verified", id="nothing to verify"
        ),
        pytest.param(insured(verified_on=date(2021, 7, 1)), None, id="verified before joining"),
        pytest.param(
            insured(verified_on=date(1999, 12, 31)), "verified_since_beginning", id="verified before counting began"
        ),
        pytest.param(insured(has_personal_id=False), None, id="without a personal number"),
    ],
)
async def test_the_database_refuses_what_cannot_be(database: Database, row: Any, refused: str | None) -> None:
    async with unkept(database) as session:
        session.add(row)
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        pytest.param(beneficiary(), True, id="the same row of the same system"),
        pytest.param(beneficiary(benefit=Benefit.ASSISTANCE), False, id="the same number in another system"),
        pytest.param(beneficiary(ref="2"), False, id="another row"),
    ],
)
async def test_a_row_of_a_source_is_there_once(database: Database, other: Beneficiary, refused: bool) -> None:
    async with unkept(database) as session:
        session.add_all([beneficiary(), other])
        if refused:
            with pytest.raises(sa.exc.IntegrityError, match="ref"):
                await session.flush()
        else:
            await session.flush()
