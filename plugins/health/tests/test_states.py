"""What stands at the end of a span is what looking at every facility and resident on its last day gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

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
from dean06_health.facilities import Facility
from dean06_health.plugin import SECTOR
from dean06_health.residents import Resident

pytestmark = pytest.mark.anyio

HUONG_KHE, CAN_LOC, ELSEWHERE = 1, 2, 3
ASKED = (HUONG_KHE, CAN_LOC)
JUNE, JULY = (Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07"))
SPANS = [Span.of(Period.parse(code), Window.PERIOD) for code in ("2024-12", "2025-W27", "2025-06", "2025-07")]
Row = Facility | Resident
STATES = ("facility_bhxh_interop_rate", "emr_completed_facility_rate", "health_kiosk_facility_count")
OF_RESIDENTS = ("health_book_vneid_rate", "vneid_health_integration_rate")

days = st.dates(date(2025, 5, 30), date(2025, 8, 2)) | st.dates(date(2024, 11, 30), date(2025, 1, 1))


def facility(number: int = 1, **facts: Any) -> Facility:
    """A hospital with beds that has done nothing yet."""
    return Facility(
        **{
            "code": f"42{number:03}",
            "unit_key": CAN_LOC,
            "counted_since": date(2024, 1, 1),
            "beds": 120,
            **facts,
        }
    )


def resident(**facts: Any) -> Resident:
    return Resident(**{"ref": "1", "unit_key": CAN_LOC, "counted_since": date(2024, 1, 1), **facts})


@st.composite
def spells(draw: st.DrawFn) -> tuple[date | None, date | None]:
    first, last = sorted((draw(days), draw(days)))
    return draw(st.sampled_from([(None, None), (first, None), (first, last)]))


@st.composite
def facilities(draw: st.DrawFn) -> Facility:
    counted_since, counted_until = sorted((draw(days), draw(days)))
    data_sent_since, data_sent_until = draw(spells())
    kiosk_since, kiosk_until = draw(spells())
    return Facility(
        code=f"{draw(st.integers(0, 99999)):05}",
        unit_key=draw(st.sampled_from((*ASKED, ELSEWHERE))),
        counted_since=counted_since,
        counted_until=draw(st.sampled_from([None, counted_until])),
        beds=draw(st.sampled_from([0, 1, 300])),
        emr_published_on=draw(st.none() | days),
        data_sent_since=data_sent_since,
        data_sent_until=data_sent_until,
        kiosk_since=kiosk_since,
        kiosk_until=kiosk_until,
    )


@st.composite
def residents(draw: st.DrawFn) -> Resident:
    counted_since, counted_until = sorted((draw(days), draw(days)))
    book_since, documents_complete_since = draw(spells())
    return Resident(
        ref=str(draw(st.uuids())),
        unit_key=draw(st.sampled_from((*ASKED, ELSEWHERE))),
        counted_since=counted_since,
        counted_until=draw(st.sampled_from([None, counted_until])),
        book_since=book_since,
        documents_complete_since=documents_complete_since,
    )


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("health"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add_all(UnitRow(key=key) for key in (*ASKED, ELSEWHERE))
        yield database


async def measured(
    database: Database, code: str, rows: Sequence[Row], spans: Sequence[Span] = SPANS
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers[f"health.{code}"](session, ASKED, spans))


@pytest.mark.parametrize("code", STATES)
@settings(deadline=None, max_examples=20)
@given(rows=st.lists(facilities(), max_size=12, unique_by=lambda row: row.code))
async def test_facilities_stand_as_looking_at_each_gives(database: Database, code: str, rows: list[Facility]) -> None:
    expected = BY_HAND[f"health.{code}"](rows, {unit: (unit,) for unit in ASKED}, SPANS)
    found = await measured(database, code, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize("code", OF_RESIDENTS)
@settings(deadline=None, max_examples=20)
@given(rows=st.lists(residents(), max_size=20))
async def test_residents_stand_as_looking_at_each_gives(database: Database, code: str, rows: list[Resident]) -> None:
    expected = BY_HAND[f"health.{code}"](rows, {unit: (unit,) for unit in ASKED}, SPANS)
    found = await measured(database, code, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize(
    ("facts", "numerator", "denominator"),
    [
        pytest.param({"emr_published_on": date(2025, 7, 31)}, 1, 1, id="announced on the last day of the month"),
        pytest.param({"emr_published_on": date(2025, 8, 1)}, 0, 1, id="announced a day later"),
        pytest.param({"emr_published_on": date(2025, 7, 1), "beds": 0}, 0, 0, id="announced, but without beds"),
        pytest.param({"counted_until": date(2025, 7, 31)}, 0, 0, id="closed on the last day"),
        pytest.param({"counted_until": date(2025, 8, 1)}, 0, 1, id="open to the last day"),
    ],
)
async def test_a_facility_is_judged_as_it_stood_on_the_last_day(
    database: Database, facts: dict[str, Any], numerator: int, denominator: int
) -> None:
    [july] = await measured(database, "emr_completed_facility_rate", [facility(**facts)], [JULY])
    assert (july.numerator, july.denominator) == (numerator, denominator)


async def test_a_facility_without_kiosk_is_a_count_of_none_and_not_missing(database: Database) -> None:
    rows = [facility(1, counted_since=date(2025, 7, 2)), facility(2, kiosk_since=date(2025, 7, 9))]
    assert await measured(database, "health_kiosk_facility_count", rows[:1], [JUNE, JULY]) == [
        Measurement(CAN_LOC, "2025-07", Window.PERIOD, 0, None, date(2025, 7, 2))
    ]
    assert await measured(database, "health_kiosk_facility_count", rows[1:], [JULY]) == [
        Measurement(CAN_LOC, "2025-07", Window.PERIOD, 1, None, date(2025, 7, 9))
    ]


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        pytest.param(facility(beds=-1), "beds_can_be", id="less than no bed"),
        pytest.param(facility(beds=0), None, id="no bed"),
        pytest.param(facility(code="4201"), "code_has_5_signs", id="a code of 4 signs"),
        pytest.param(facility(gln="893"), "gln_has_13_digits", id="a GLN of 3 digits"),
        pytest.param(facility(gln="8930000000001"), None, id="a GLN"),
        pytest.param(facility(kiosk_until=JULY.starts), "kiosk_until_last", id="a kiosk that ended and never began"),
        pytest.param(facility(kiosk_since=JULY.starts, kiosk_until=JULY.starts), None, id="a kiosk of no day"),
        pytest.param(facility(counted_until=date(2023, 1, 1)), "counted_until_last", id="closed before it opened"),
        pytest.param(facility(emr_due_on=date(1999, 12, 31)), "emr_due_on_not_too_early", id="due too early"),
        pytest.param(resident(counted_until=date(2023, 1, 1)), "counted_until_last", id="left before coming"),
        pytest.param(
            resident(documents_complete_since=JULY.starts), "documents_complete_with_the_book", id="all but the book"
        ),
        pytest.param(
            resident(book_since=JUNE.starts, documents_complete_since=JULY.starts), None, id="the book, then the rest"
        ),
        pytest.param(resident(counted_since=date(1999, 12, 31)), "counted_since_not_too_early", id="from too early on"),
    ],
)
async def test_the_database_refuses_what_cannot_be(database: Database, row: Row, refused: str | None) -> None:
    async with unkept(database) as session:
        session.add(row)
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()
