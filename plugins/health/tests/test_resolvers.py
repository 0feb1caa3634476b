"""Each rate of visits is what counting them one by one gives, for every unit and span at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_core.database import Database
from dean06_core.measuring import Measurement, Span
from dean06_core.migrating import histories_of
from dean06_core.periods import Period, Window
from dean06_core.testing import migrated_database, unkept
from dean06_core.units import UnitRow
from dean06_health.by_hand import BY_HAND
from dean06_health.plugin import SECTOR
from dean06_health.visits import Visit

pytestmark = pytest.mark.anyio

HUONG_KHE, CAN_LOC, ELSEWHERE = 1, 2, 3
ASKED = (HUONG_KHE, CAN_LOC)
JUNE, JULY = (Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07"))
SPANS = [
    Span.of(Period.parse(code), window) for code in ("2024-12", "2025-W27", "2025-06", "2025-07") for window in Window
]
RATES = (
    "hospital_cashless_payment_rate",
    "bhyt_idcard_lookup_success_rate",
    "health_book_visit_usage_rate",
    "health_visit_data_interop_rate",
)

visits = st.builds(
    Visit,
    ref=st.uuids().map(str),
    unit_key=st.sampled_from((*ASKED, ELSEWHERE)),
    visited_on=st.dates(date(2025, 5, 30), date(2025, 8, 2)) | st.dates(date(2024, 11, 30), date(2025, 1, 1)),
    paid_cashless=st.none() | st.booleans(),
    id_card_found=st.none() | st.booleans(),
    used_health_book=st.booleans(),
    data_sent=st.booleans(),
)


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("health"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add_all(UnitRow(key=key) for key in (*ASKED, ELSEWHERE))
        yield database


def visit(visited_on: date = JULY.starts) -> Visit:
    """A visit that cost nothing and left no trace anywhere."""
    return Visit(ref="1", unit_key=CAN_LOC, visited_on=visited_on, used_health_book=False, data_sent=False)


async def measured(
    database: Database, code: str, rows: list[Visit], spans: list[Span] | None = None
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers[f"health.{code}"](session, ASKED, spans or SPANS))


@pytest.mark.parametrize("code", RATES)
@settings(deadline=None, max_examples=20)
@given(rows=st.lists(visits, max_size=25))
async def test_a_rate_is_what_counting_by_hand_gives(database: Database, code: str, rows: list[Visit]) -> None:
    expected = BY_HAND[f"health.{code}"](rows, {unit: (unit,) for unit in ASKED}, SPANS)
    found = await measured(database, code, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


async def test_visits_without_a_fee_are_no_activity_and_not_missing(database: Database) -> None:
    assert await measured(database, "hospital_cashless_payment_rate", [visit()], [JULY]) == [
        Measurement(CAN_LOC, "2025-07", Window.PERIOD, 0, 0, JULY.starts)
    ]
    assert await measured(database, "hospital_cashless_payment_rate", [visit()], [JUNE]) == []


@pytest.mark.parametrize(
    ("visited_on", "refused"),
    [
        pytest.param(date(1999, 12, 31), "visited_since_counting_began", id="older than any span"),
        pytest.param(date(2000, 1, 1), None, id="as old as the longest span"),
    ],
)
async def test_the_database_refuses_what_no_span_would_count(
    database: Database, visited_on: date, refused: str | None
) -> None:
    async with unkept(database) as session:
        session.add(visit(visited_on))
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()
