"""A row of a file is refused in words exactly when the database would refuse it without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_core import BadInput
from dean06_core.database import Database
from dean06_core.migrating import histories_of
from dean06_core.testing import migrated_database, unkept
from dean06_core.units import UnitRow
from dean06_social_insurance.beneficiaries import Benefit
from dean06_social_insurance.plugin import SECTOR

pytestmark = pytest.mark.anyio

days = st.sampled_from([date(1987, 3, 1), date(1999, 12, 31), date(2000, 1, 1), date(2025, 6, 30), date(2025, 7, 1)])
ROWS = {
    "beneficiaries": st.fixed_dictionaries(
        {
            "ref": st.just("1"),
            "benefit": st.sampled_from(Benefit),
            "started_on": days,
            "ended_on": st.none() | days,
            "cashless_since": st.none() | days,
        }
    ),
    "insured_persons": st.fixed_dictionaries(
        {
            "ref": st.just("1"),
            "joined_on": days,
            "left_on": st.none() | days,
            "has_personal_id": st.booleans(),
            "verified_on": st.none() | days,
            "is_armed_forces": st.booleans(),
        }
    ),
}


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("social_insurance"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add(UnitRow(key=1))
        yield database


async def is_refused_by_the_database(database: Database, noun: str, values: dict[str, Any]) -> bool:
    async with unkept(database) as session:
        session.add(SECTOR.records[noun].record(unit_key=1, **values))
        try:
            await session.flush()
        except sa.exc.IntegrityError:
            return True
    return False


def refusal(noun: str, values: dict[str, Any]) -> BadInput | None:
    check = SECTOR.records[noun].check
    assert check is not None
    try:
        check(values)
    except BadInput as refused:
        return refused
    return None


rows = st.sampled_from([*ROWS]).flatmap(lambda noun: st.tuples(st.just(noun), ROWS[noun]))


@settings(deadline=None, max_examples=100)
@given(row=rows)
async def test_words_come_before_the_database(database: Database, row: tuple[str, dict[str, Any]]) -> None:
    noun, values = row
    refused = refusal(noun, values)
    assert (refused is not None) is await is_refused_by_the_database(database, noun, values)
    if refused is not None:
        assert set(refused.field) <= set(values)
        assert "Hãy" in refused.message
