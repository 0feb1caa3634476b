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
from dean06_health.plugin import SECTOR

pytestmark = pytest.mark.anyio

days = st.sampled_from([date(1999, 12, 31), date(2000, 1, 1), date(2025, 6, 30), date(2025, 7, 1)])
maybe = st.none() | days
ROWS = {
    "visits": st.fixed_dictionaries(
        {"ref": st.just("1"), "visited_on": days, "used_health_book": st.booleans(), "data_sent": st.booleans()}
    ),
    "facilities": st.fixed_dictionaries(
        {
            "code": st.just("42012"),
            "beds": st.sampled_from([-1, 0, 250, 9999, 10000, 2**63]),
            "counted_since": days,
            **dict.fromkeys(
                (
                    "counted_until",
                    "emr_due_on",
                    "emr_published_on",
                    "data_sent_since",
                    "data_sent_until",
                    "kiosk_since",
                    "kiosk_until",
                ),
                maybe,
            ),
        }
    ),
    "residents": st.fixed_dictionaries(
        {
            "ref": st.just("1"),
            "counted_since": days,
            "counted_until": maybe,
            "book_since": maybe,
            "documents_complete_since": maybe,
        }
    ),
}


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("health"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add(UnitRow(key=1))
        yield database


def test_rows_of_every_noun_are_tried() -> None:
    assert set(ROWS) == set(SECTOR.records)


@settings(deadline=None, max_examples=120)
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
