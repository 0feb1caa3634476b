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
from dean06_public_services.dossiers import Channel, VerificationChannel, VerificationKind
from dean06_public_services.plugin import SECTOR

pytestmark = pytest.mark.anyio

days = st.sampled_from([date(1999, 12, 31), date(2000, 1, 1), date(2025, 6, 30), date(2025, 7, 1)])
maybe = st.none() | days
of_one_year = st.sampled_from([date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1)])
ROWS = {
    "dossiers": st.fixed_dictionaries(
        {
            "ref": st.just("1"),
            "received_on": days,
            "due_on": days,
            "resolved_on": maybe,
            "refused_on": maybe,
            "channel": st.sampled_from(Channel),
            "full_process": st.none() | st.booleans(),
            "has_fee": st.booleans(),
            "paid_online": st.booleans(),
            "returns_paper_result": st.booleans(),
            "result_digitised": st.booleans(),
            "components_digitised": st.booleans(),
            "data_reused": st.booleans(),
            "personal_id_linked": st.none() | st.booleans(),
            "identity_verified": st.booleans(),
            "verification_kind": st.none() | st.sampled_from(VerificationKind),
            "verification_channel": st.none() | st.sampled_from(VerificationChannel),
        }
    ),
    "essential_services": st.fixed_dictionaries(
        {"code": st.just("1"), "name": st.just("Dịch vụ"), "listed_on": days, "integrated_on": maybe}
    ),
    "procedures": st.fixed_dictionaries(
        {
            "code": st.just("1"),
            "name": st.just("Thủ tục"),
            "eligible_since": days,
            "eligible_until": maybe,
            "published_on": maybe,
        }
    ),
    "adults": st.fixed_dictionaries(
        {
            "ref": st.just("1"),
            "counted_since": of_one_year,
            "counted_until": of_one_year | st.just(date(2026, 1, 1)),
            "first_online_on": st.none() | of_one_year,
        }
    )
    | st.fixed_dictionaries(
        {
            "ref": st.just("1"),
            "counted_since": st.just(date(1999, 12, 31)),
            "counted_until": st.just(date(2000, 1, 1)),
            "first_online_on": st.sampled_from([None, date(1999, 12, 31)]),
        }
    ),
}
"""What stands in two years the words alone refuse; no database compares years as the other does."""


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("public_services"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add(UnitRow(key=1))
        yield database


def test_rows_of_every_noun_are_tried() -> None:
    assert set(ROWS) == set(SECTOR.records)


@settings(deadline=None, max_examples=200)
@given(row=st.one_of(*(st.tuples(st.just(noun), values) for noun, values in ROWS.items())))
async def test_words_and_database_refuse_the_same(database: Database, row: tuple[str, dict[str, Any]]) -> None:
    noun, values = row
    refusal = refused(noun, values)
    assert (refusal is None) == await is_accepted(database, SECTOR.records[noun].record(unit_key=1, **values))
    if refusal is not None:
        assert refusal.field[0] in values
        assert "Hãy" in refusal.message


def refused(noun: str, values: dict[str, Any]) -> BadInput | None:
    check = SECTOR.records[noun].check
    assert check is not None
    try:
        check(values)
    except BadInput as refusal:
        return refusal
    return None


async def is_accepted(database: Database, record: object) -> bool:
    async with unkept(database) as session:
        session.add(record)
        try:
            await session.flush()
        except (sa.exc.IntegrityError, sa.exc.DataError, OverflowError):
            return False
        return True
