"""Marriages and procedures stand at the end of a span as looking at each on its last day gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

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
from dean06_justice.by_hand import BY_HAND
from dean06_justice.marriages import Marriage
from dean06_justice.plugin import SECTOR
from dean06_justice.procedures import Procedure

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
SPANS = [Span.of(Period.parse(code), Window.PERIOD) for code in ("2024-12", "2025-W27", "2025-06", "2025-07")]
CLEANED = "marriage_data_cleaned_rate"
PAPER = "procedures_requiring_paper_record"

days = st.dates(date(2025, 5, 30), date(2025, 8, 2)) | st.dates(date(2024, 11, 30), date(2025, 1, 1))


def marriage(**facts: Any) -> Marriage:
    return Marriage(**{"ref": "1", "unit_key": VUNG_ANG, "found_on": date(2025, 6, 6), **facts})


def procedure(code: str = "1.001", **facts: Any) -> Procedure:
    return Procedure(
        **{"code": code, "name": "Thủ tục", "unit_key": SO_XAY_DUNG, "listed_on": date(2025, 6, 6), **facts}
    )


@st.composite
def spells(draw: st.DrawFn) -> tuple[date, date | None]:
    first, last = sorted((draw(days), draw(days)))
    return first, draw(st.sampled_from([None, last]))


@st.composite
def marriages(draw: st.DrawFn) -> Marriage:
    found_on, cleaned_on = draw(spells())
    unit = draw(st.sampled_from((*COMMUNES, ELSEWHERE)))
    return marriage(ref=str(draw(st.uuids())), unit_key=unit, found_on=found_on, cleaned_on=cleaned_on)


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    listed_on, paper_needed_until = draw(spells())
    unit = draw(st.sampled_from((*ASKED[1:], ELSEWHERE)))
    return procedure(str(draw(st.uuids())), unit_key=unit, listed_on=listed_on, paper_needed_until=paper_needed_until)


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("justice"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            await unit_register.enter(session, UNITS)
            directory = await Directory.load(session)
        assert [directory.named(unit.code, date(2025, 7, 1)).key for unit in UNITS] == [*range(1, 9)]
        yield database


async def measured(
    database: Database, name: str, rows: Sequence[Marriage | Procedure], spans: Sequence[Span] = SPANS
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers[f"justice.{name}"](session, ASKED, spans))


def inside(on: date) -> set[int]:
    """Whose records are the province's on a day: those of all that stand in it."""
    return {HA_TINH, *COMMUNES, SO_XAY_DUNG, *([SO_GIAO_THONG] if on < date(2025, 7, 15) else [])}


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(marriages(), max_size=20))
async def test_marriages_are_cleaned_as_looking_at_each_gives(database: Database, rows: list[Marriage]) -> None:
    expected = BY_HAND[f"justice.{CLEANED}"](rows, {unit: (unit,) for unit in COMMUNES}, SPANS)
    found = await measured(database, CLEANED, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(procedures(), max_size=20))
async def test_procedures_need_paper_as_looking_at_each_gives(database: Database, rows: list[Procedure]) -> None:
    expected = {
        each
        for span in SPANS
        for each in BY_HAND[f"justice.{PAPER}"](rows, {HA_TINH: inside(span.ends - timedelta(days=1))}, [span])
    }
    found = await measured(database, PAPER, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize(
    ("until", "left"),
    [
        pytest.param(None, 1, id="still asked for"),
        pytest.param(date(2025, 7, 31), 0, id="not on the last day of the month"),
        pytest.param(date(2025, 8, 1), 1, id="up to the last day of the month"),
    ],
)
async def test_paper_is_asked_for_up_to_a_day(database: Database, until: date | None, left: int) -> None:
    july = await measured(database, PAPER, [procedure(paper_needed_until=until)], [JULY])
    assert {(found.unit, found.numerator, found.denominator) for found in july} == {
        (HA_TINH, left, None),
    }


async def test_the_province_has_what_its_units_answer_for_on_the_last_day(database: Database) -> None:
    rows = [procedure("1", unit_key=SO_XAY_DUNG), procedure("2", unit_key=SO_GIAO_THONG)]
    counts = await measured(database, PAPER, rows, [JUNE, JULY])
    assert {(found.unit, found.period, found.numerator) for found in counts} == {
        (HA_TINH, "2025-06", 2),
        (HA_TINH, "2025-07", 1),
    }


async def test_a_unit_is_measured_from_the_first_entry_found_on(database: Database) -> None:
    rows = [marriage(found_on=JULY.starts, cleaned_on=date(2025, 8, 1))]
    assert await measured(database, CLEANED, rows, [JUNE, JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 0, 1, JULY.starts)
    ]


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        pytest.param(marriage(cleaned_on=date(2025, 6, 5)), "cleaned_after_it_was_found", id="cleaned before found"),
        pytest.param(marriage(cleaned_on=date(2025, 6, 6)), None, id="cleaned on the day it was found"),
        pytest.param(marriage(due_on=date(2025, 6, 5)), "due_after_it_was_found", id="due before found"),
        pytest.param(marriage(due_on=date(2025, 9, 3)), None, id="due at the end of 90 days"),
        pytest.param(marriage(found_on=date(1999, 12, 31)), "found_on_not_too_early", id="found too early"),
        pytest.param(
            procedure(paper_needed_until=date(2025, 6, 5)), "paper_dropped_after_listing", id="dropped before listed"
        ),
        pytest.param(procedure(paper_needed_until=date(2025, 6, 6)), None, id="listed and dropped on one day"),
        pytest.param(procedure(listed_on=date(1999, 12, 31)), "listed_on_not_too_early", id="listed too early"),
    ],
)
async def test_the_database_refuses_what_cannot_be(
    database: Database, row: Marriage | Procedure, refused: str | None
) -> None:
    async with unkept(database) as session:
        session.add(row)
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()
