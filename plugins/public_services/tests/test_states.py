"""Services, procedures and adults stand at the end of a span as looking at each on its last day gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_core import unit_register
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.measuring import Measurement, Span
from dean06_core.migrating import histories_of
from dean06_core.periods import Period, Window
from dean06_core.testing import migrated_database, unkept
from dean06_core.unit_register import UnitEntry
from dean06_core.units import CodeScheme, Tier, UnitLevel
from dean06_public_services.adults import AdultYear
from dean06_public_services.by_hand import BY_HAND
from dean06_public_services.essential_services import EssentialService
from dean06_public_services.plugin import SECTOR
from dean06_public_services.procedures import Procedure

pytestmark = pytest.mark.anyio


def entry(code: str, level: UnitLevel, tier: Tier, **other: Any) -> UnitEntry:
    scheme = CodeScheme.NSO if code.isdigit() else CodeScheme.SLUG
    return UnitEntry(
        code=code, scheme=scheme, name=f"Đơn vị {code}", level=level, tier=tier, valid_from=date(1991, 8, 12), **other
    )


UNITS: Final = (
    entry("VN", UnitLevel.COUNTRY, Tier.CENTRAL),
    entry("42", UnitLevel.PROVINCE, Tier.PROVINCIAL, parent="VN"),
    entry("18823", UnitLevel.COMMUNE, Tier.COMMUNE, parent="42"),
    entry("18844", UnitLevel.COMMUNE, Tier.COMMUNE, parent="42"),
    entry("so-xay-dung", UnitLevel.DEPARTMENT, Tier.PROVINCIAL, parent="42"),
    entry("so-giao-thong", UnitLevel.DEPARTMENT, Tier.PROVINCIAL, parent="42", valid_to=date(2025, 7, 15)),
    entry("40", UnitLevel.PROVINCE, Tier.PROVINCIAL, parent="VN"),
    entry("so-noi-vu-nghe-an", UnitLevel.DEPARTMENT, Tier.PROVINCIAL, parent="40"),
)
VIET_NAM, HA_TINH, VUNG_ANG, KY_THUONG, SO_XAY_DUNG, SO_GIAO_THONG, NGHE_AN, ELSEWHERE = range(1, 9)
COMMUNES: Final = (VUNG_ANG, KY_THUONG)
ASKED: Final = (VIET_NAM, HA_TINH, VUNG_ANG, KY_THUONG, SO_XAY_DUNG, SO_GIAO_THONG)
JUNE, JULY = (Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07"))
SPANS = [Span.of(Period.parse(code), Window.PERIOD) for code in ("2024", "2024-12", "2025-W01", "2025-W27", "2025-07")]
ESSENTIAL = "essential_dvc_integrated_rate"
PROVISION = "dvc_full_provision_rate"
ADULTS = "adult_dvc_user_rate"

days = st.dates(date(2025, 6, 25), date(2025, 8, 2)) | st.dates(date(2024, 11, 28), date(2025, 1, 8))
Row = AdultYear | EssentialService | Procedure


class Facts(NamedTuple):
    """What a row says, whatever its columns are called."""

    unit: int
    since: date
    until: date | None
    done: date | None


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    since, until = sorted((draw(days), draw(days)))
    unit = draw(st.sampled_from((*ASKED[1:], ELSEWHERE)))
    return Facts(unit, since, draw(st.sampled_from([None, until])), draw(st.none() | days))


def service(unit: int, since: date, until: date | None, done: date | None, *, code: str = "1") -> EssentialService:
    return EssentialService(code=code, name="Dịch vụ", unit_key=unit, listed_on=since, integrated_on=done)


def procedure(unit: int, since: date, until: date | None, done: date | None, *, code: str = "1") -> Procedure:
    return Procedure(
        code=code, name="Thủ tục", unit_key=unit, eligible_since=since, eligible_until=until, published_on=done
    )


def adult(unit: int, since: date, until: date | None, done: date | None, *, code: str = "1") -> AdultYear:
    return AdultYear(ref=code, unit_key=unit, counted_since=since, counted_until=until, first_online_on=done)


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("public_services"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            await unit_register.enter(session, UNITS)
            directory = await Directory.load(session)
        assert [directory.named(unit.code, date(2025, 7, 1)).key for unit in UNITS] == [*range(1, 9)]
        yield database


async def measured(
    database: Database, name: str, rows: Sequence[Row], spans: Sequence[Span] = SPANS
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers[f"public_services.{name}"](session, ASKED, spans))


def inside(unit: int, on: date) -> set[int]:
    """Whose records are a unit's on a day: its own, the province's those of all that stand in it."""
    if unit != HA_TINH:
        return {unit}
    return {HA_TINH, *COMMUNES, SO_XAY_DUNG, *([SO_GIAO_THONG] if on < date(2025, 7, 15) else [])}


def counted_by_hand(name: str, rows: Sequence[Row]) -> set[Measurement]:
    """By looking at each of the rows in each span; the country, which is asked too, has no figure."""
    found: set[Measurement] = set()
    for span in SPANS:
        units = {unit: inside(unit, span.ends - timedelta(days=1)) for unit in ASKED if unit != VIET_NAM}
        found |= BY_HAND[f"public_services.{name}"](rows, units, [span])
    return found


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(facts(), max_size=20))
async def test_procedures_are_offered_as_looking_at_each_gives(database: Database, rows: list[Facts]) -> None:
    records = [procedure(*row, code=str(n)) for n, row in enumerate(rows)]
    expected = counted_by_hand(PROVISION, records)
    found = await measured(database, PROVISION, records)
    assert len(found) == len(set(found))
    assert set(found) == expected


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(facts(), max_size=20))
async def test_services_are_integrated_as_looking_at_each_gives(database: Database, rows: list[Facts]) -> None:
    rows = [row._replace(until=None, done=row.until) for row in rows]
    records = [service(*row, code=str(n)) for n, row in enumerate(rows)]
    expected = counted_by_hand(ESSENTIAL, records)
    found = await measured(database, ESSENTIAL, records)
    assert len(found) == len(set(found))
    assert set(found) == expected


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(facts(), max_size=20))
async def test_adults_used_services_as_looking_at_each_in_its_year_gives(database: Database, rows: list[Facts]) -> None:
    rows = [
        row._replace(
            unit=unit,
            until=min(row.until or date.max, date(row.since.year + 1, 1, 1)),
            done=row.done if row.done is not None and row.done.year == row.since.year else None,
        )
        for row, unit in zip(rows, (*COMMUNES, ELSEWHERE) * len(rows), strict=False)
    ]
    records = [adult(*row, code=str(n)) for n, row in enumerate(rows)]
    expected = counted_by_hand(ADULTS, records)
    found = await measured(database, ADULTS, records)
    assert len(found) == len(set(found))
    assert set(found) == expected


async def test_a_new_year_begins_with_nobody_having_used_anything(database: Database) -> None:
    years = [
        adult(VUNG_ANG, date(2024, 1, 1), date(2025, 1, 1), date(2024, 3, 1)),
        adult(VUNG_ANG, date(2025, 1, 1), date(2026, 1, 1), None),
    ]
    spans = [Span.of(Period.parse(code), Window.PERIOD) for code in ("2024", "2025-01")]
    users = await measured(database, ADULTS, years, spans)
    assert {(found.period, found.numerator, found.denominator) for found in users} == {
        ("2024", 1, 1),
        ("2025-01", 0, 1),
    }


async def test_somebody_who_moves_counts_once_where_he_lives_at_the_end(database: Database) -> None:
    moved = [
        adult(VUNG_ANG, date(2025, 1, 1), date(2025, 7, 31), date(2025, 3, 1)),
        adult(KY_THUONG, date(2025, 7, 31), date(2026, 1, 1), date(2025, 3, 1)),
    ]
    users = await measured(database, ADULTS, moved, [JULY])
    assert {(found.unit, found.numerator, found.denominator) for found in users} == {
        (VUNG_ANG, 0, 0),
        (KY_THUONG, 1, 1),
    }


async def test_the_province_has_the_services_that_its_units_answer_for_on_the_last_day(database: Database) -> None:
    services = [
        service(SO_XAY_DUNG, date(2022, 1, 6), None, date(2022, 9, 1), code="1"),
        service(SO_XAY_DUNG, date(2022, 1, 6), None, None, code="2"),
        service(SO_GIAO_THONG, date(2022, 1, 6), None, date(2025, 6, 30), code="3"),
        service(ELSEWHERE, date(2022, 1, 6), None, None, code="4"),
    ]
    counts = await measured(database, ESSENTIAL, services, [JUNE, JULY])
    assert {
        (found.unit, found.period, found.numerator, found.denominator) for found in counts if found.unit == HA_TINH
    } == {
        (HA_TINH, "2025-06", 2, 3),
        (HA_TINH, "2025-07", 1, 2),
    }


FIRST, LATER, EARLY = date(2025, 7, 1), date(2025, 7, 2), date(1999, 12, 31)


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        pytest.param(service(1, LATER, None, FIRST), "integrated_after_listing", id="integrated before it was listed"),
        pytest.param(service(1, FIRST, None, FIRST), None, id="integrated when it was listed"),
        pytest.param(service(1, EARLY, None, None), "listed_on_not_too_early", id="listed too early"),
        pytest.param(procedure(1, LATER, FIRST, None), "eligible_until_last", id="no longer eligible before it was"),
        pytest.param(procedure(1, LATER, None, FIRST), None, id="offered before it had to be"),
        pytest.param(procedure(1, FIRST, None, EARLY), "published_on_not_too_early", id="offered too early"),
        pytest.param(adult(1, LATER, FIRST, None), "counted_until_last", id="left before coming"),
        pytest.param(adult(1, LATER, LATER, FIRST), None, id="used services before moving in"),
        pytest.param(adult(1, EARLY, FIRST, None), "counted_since_not_too_early", id="an adult too early"),
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
