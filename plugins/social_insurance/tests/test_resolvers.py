"""Each figure is what judging the records one by one at the end of a span gives, for every unit and span at once.

The units are a province and its neighbour, before and after the reform of 2025.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_core import Tier, UnitLevel, unit_tree
from dean06_core.database import Database
from dean06_core.measuring import Measurement, Span
from dean06_core.migrating import histories_of
from dean06_core.periods import Period, Window
from dean06_core.testing import migrated_database, unkept
from dean06_core.units import UnitRow, UnitVersion
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.by_hand import BY_HAND
from dean06_social_insurance.insured_persons import InsuredPerson
from dean06_social_insurance.plugin import SECTOR

pytestmark = pytest.mark.anyio

LONG_AGO, REFORM = date(1991, 8, 12), date(2025, 7, 1)
COUNTRY, HA_TINH, SO_Y_TE, KY_ANH, KY_TRINH, VUNG_ANG, CAN_LOC, QUANG_TRI, DONG_HA = range(1, 10)


class Place(NamedTuple):
    level: UnitLevel
    parent: int | None
    starts: date = LONG_AGO
    ends: date | None = None
    moved_from: int | None = None
    """Its parent before the reform, if that was another."""

    def is_there(self, on: date) -> bool:
        return self.starts <= on and (self.ends is None or on < self.ends)

    def parent_on(self, on: date) -> int | None:
        return self.moved_from if self.moved_from is not None and on < REFORM else self.parent


PLACES: Final = {
    COUNTRY: Place(UnitLevel.COUNTRY, None),
    HA_TINH: Place(UnitLevel.PROVINCE, COUNTRY),
    SO_Y_TE: Place(UnitLevel.DEPARTMENT, HA_TINH),
    KY_ANH: Place(UnitLevel.DISTRICT, HA_TINH, ends=REFORM),
    KY_TRINH: Place(UnitLevel.COMMUNE, KY_ANH, ends=REFORM),
    VUNG_ANG: Place(UnitLevel.COMMUNE, HA_TINH, REFORM),
    CAN_LOC: Place(UnitLevel.COMMUNE, HA_TINH, REFORM),
    QUANG_TRI: Place(UnitLevel.PROVINCE, COUNTRY),
    DONG_HA: Place(UnitLevel.COMMUNE, QUANG_TRI, moved_from=HA_TINH),
}
ASKED = tuple(key for key in PLACES if key != CAN_LOC)
JUNE, JULY = (Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07"))
SPANS = [
    Span.of(Period.parse(code), window) for code in ("2024-12", "2025-W27", "2025-06", "2025-07") for window in Window
]
FIRST_OF_JULY = JULY.starts

days = st.dates(date(2025, 5, 30), date(2025, 8, 2)) | st.dates(date(2024, 11, 30), date(2025, 1, 1))
places = st.sampled_from((HA_TINH, KY_TRINH, VUNG_ANG, CAN_LOC, DONG_HA))


def beneficiary(started_on: date = FIRST_OF_JULY, **facts: Any) -> Beneficiary:
    return Beneficiary(
        **{"unit_key": CAN_LOC, "ref": "1", "benefit": Benefit.PENSION, "started_on": started_on, **facts}
    )


def insured(joined_on: date = FIRST_OF_JULY, **facts: Any) -> InsuredPerson:
    return InsuredPerson(
        **{
            "unit_key": CAN_LOC,
            "ref": "1",
            "joined_on": joined_on,
            "has_personal_id": True,
            "is_armed_forces": False,
            **facts,
        }
    )


@st.composite
def beneficiaries(draw: st.DrawFn, *benefits: Benefit) -> Beneficiary:
    started, cashless, ended = sorted([draw(days), draw(days), draw(days)])
    return beneficiary(
        started,
        unit_key=draw(places),
        benefit=draw(st.sampled_from(benefits or (*Benefit,))),
        cashless_since=draw(st.sampled_from([None, started, cashless])),
        ended_on=draw(st.sampled_from([None, ended + timedelta(1)])),
    )


@st.composite
def insured_persons(draw: st.DrawFn) -> InsuredPerson:
    joined, left = sorted([draw(days), draw(days)])
    verified = draw(st.none() | days)
    return insured(
        joined,
        unit_key=draw(places),
        left_on=draw(st.sampled_from([None, left + timedelta(1)])),
        has_personal_id=verified is not None or draw(st.booleans()),
        verified_on=verified,
        is_armed_forces=draw(st.booleans()),
    )


def numbered(rows: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    def number(found: list[Any]) -> list[Any]:
        for place, row in enumerate(found):
            row.ref = str(place)
        return found

    return st.lists(rows, max_size=20).map(number)


OF_PAYMENTS: Final = (
    "pension_cashless_rate",
    "pension_cashless_new_in_month",
    "social_assistance_cashless_rate",
)
OF_THE_INSURED: Final = ("insured_identity_verified_rate", "insured_identity_unverified")
OF_PROVINCES: Final = ("pension_cashless_full_communes", "unemployment_benefit_cashless_rate")


def standing_below(province: int, last_day: date) -> set[int]:
    """The province itself and whatever hangs from it that day."""
    found = {province}
    for _ in PLACES:
        found |= {
            key for key, place in PLACES.items() if place.is_there(last_day) and place.parent_on(last_day) in found
        }
    return found


def versions(key: int) -> Iterator[UnitVersion]:
    """Whoever outlived the reform got another name with it."""
    place = PLACES[key]
    outlived = place.is_there(REFORM) and place.starts < REFORM
    for starts, ends in ((place.starts, REFORM), (REFORM, place.ends)) if outlived else ((place.starts, place.ends),):
        yield UnitVersion(
            unit_key=key,
            valid_from=starts,
            valid_to=ends,
            name=f"Đơn vị {key} từ {starts}",
            level=place.level,
            tier=Tier.COMMUNE if place.level is UnitLevel.COMMUNE else Tier.PROVINCIAL,
            parent_key=place.parent_on(starts),
        )


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("social_insurance"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add_all(UnitRow(key=key) for key in PLACES)
            await session.flush()
            session.add_all(version for key in PLACES for version in versions(key))
            await session.flush()
            await unit_tree.rebuild(session)
        yield database


async def measured(
    database: Database,
    code: str,
    rows: Sequence[Any],
    spans: Sequence[Span] = SPANS,
    units: Collection[int] = ASKED,
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers[f"social_insurance.{code}"](session, units, spans))


async def judged_by_hand_is_measured(database: Database, code: str, rows: Sequence[Any]) -> None:
    expected = BY_HAND[f"social_insurance.{code}"](rows, {unit: {unit} for unit in ASKED}, SPANS)
    await they_are_measured(database, code, rows, expected)


async def judged_by_hand_below_provinces_is_measured(
    database: Database, code: str, rows: Sequence[Any], *levels: UnitLevel
) -> None:
    """Of the units of these levels below each province, which differ from span to span."""
    expected = {
        each
        for span in SPANS
        for each in BY_HAND[f"social_insurance.{code}"](
            rows,
            {
                province: {
                    key
                    for key in standing_below(province, span.ends - timedelta(1))
                    if key == province or PLACES[key].level in levels
                }
                for province in (HA_TINH, QUANG_TRI)
            },
            [span],
        )
    }
    await they_are_measured(database, code, rows, expected)


async def they_are_measured(database: Database, code: str, rows: Sequence[Any], expected: set[Measurement]) -> None:
    found = await measured(database, code, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_every_resolver_is_judged_by_hand_below() -> None:
    codes = (*OF_PAYMENTS, *OF_THE_INSURED, *OF_PROVINCES)
    assert {f"social_insurance.{code}" for code in codes} == set(SECTOR.resolvers) == set(BY_HAND)


@pytest.mark.parametrize("code", OF_PAYMENTS)
@settings(deadline=None, max_examples=20)
@given(rows=numbered(beneficiaries()))
async def test_payments_are_what_judging_by_hand_gives(database: Database, code: str, rows: list[Beneficiary]) -> None:
    await judged_by_hand_is_measured(database, code, rows)


@pytest.mark.parametrize("code", OF_THE_INSURED)
@settings(deadline=None, max_examples=20)
@given(rows=numbered(insured_persons()))
async def test_the_insured_are_what_judging_by_hand_gives(
    database: Database, code: str, rows: list[InsuredPerson]
) -> None:
    await judged_by_hand_is_measured(database, code, rows)


@settings(deadline=None, max_examples=20)
@given(rows=numbered(beneficiaries(Benefit.UNEMPLOYMENT, Benefit.PENSION)))
async def test_unemployment_is_what_judging_everybody_below_a_province_gives(
    database: Database, rows: list[Beneficiary]
) -> None:
    await judged_by_hand_below_provinces_is_measured(database, "unemployment_benefit_cashless_rate", rows, *UnitLevel)


@settings(deadline=None, max_examples=20)
@given(rows=numbered(beneficiaries(Benefit.PENSION, Benefit.ALLOWANCE)))
async def test_full_communes_are_what_judging_each_commune_gives(database: Database, rows: list[Beneficiary]) -> None:
    code = "pension_cashless_full_communes"
    await judged_by_hand_below_provinces_is_measured(database, code, rows, UnitLevel.COMMUNE)


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        pytest.param({}, (0, 1), id="in cash"),
        pytest.param({"cashless_since": date(2025, 7, 31)}, (1, 1), id="cashless from the last day of the month"),
        pytest.param({"cashless_since": date(2025, 8, 1)}, (0, 1), id="cashless from the day after"),
        pytest.param({"ended_on": date(2025, 7, 31)}, (0, 0), id="nothing is paid on the last day"),
        pytest.param({"ended_on": date(2025, 8, 1)}, (0, 1), id="paid up to the last day"),
        pytest.param({"benefit": Benefit.ALLOWANCE}, (0, 1), id="an allowance counts with pensions"),
    ],
)
async def test_a_pension_is_judged_as_it_stood_at_the_end_of_the_month(
    database: Database, facts: dict[str, Any], counts: tuple[int, int]
) -> None:
    [july] = await measured(database, "pension_cashless_rate", [beneficiary(unit_key=VUNG_ANG, **facts)], [JULY])
    assert (july.numerator, july.denominator) == counts


async def test_a_pension_from_before_counting_began_is_counted_in_every_month(database: Database) -> None:
    rows = [beneficiary(date(1987, 3, 1), unit_key=VUNG_ANG)]
    months = await measured(database, "pension_cashless_rate", rows, [JUNE, JULY])
    assert {(month.period, month.denominator, month.as_of) for month in months} == {
        ("2025-06", 1, date(1987, 3, 1)),
        ("2025-07", 1, date(1987, 3, 1)),
    }


async def test_where_all_have_gone_nothing_arises_and_where_none_ever_was_it_is_missing(database: Database) -> None:
    rows = [
        beneficiary(date(2025, 5, 1), unit_key=VUNG_ANG, ended_on=date(2025, 6, 1)),
        beneficiary(date(2025, 5, 1), unit_key=DONG_HA, benefit=Benefit.ASSISTANCE),
    ]
    assert await measured(database, "pension_cashless_rate", rows, [JUNE]) == [
        Measurement(VUNG_ANG, "2025-06", Window.PERIOD, 0, 0, date(2025, 5, 1), (("cash", 0),))
    ]


@pytest.mark.parametrize(
    ("cashless_since", "new"),
    [
        pytest.param(date(2025, 6, 30), 0, id="changed the month before"),
        pytest.param(date(2025, 7, 1), 1, id="changed on the first day of the month"),
        pytest.param(date(2025, 5, 1), 0, id="cashless from the start"),
        pytest.param(None, 0, id="still in cash"),
    ],
)
async def test_only_who_was_paid_in_cash_can_change_to_cashless(
    database: Database, cashless_since: date | None, new: int
) -> None:
    row = beneficiary(date(2025, 5, 1), unit_key=VUNG_ANG, cashless_since=cashless_since)
    [july] = await measured(database, "pension_cashless_new_in_month", [row], [JULY])
    assert (july.numerator, july.denominator) == (new, None)


@pytest.mark.parametrize(
    ("in_can_loc", "full"),
    [
        pytest.param([{"cashless_since": FIRST_OF_JULY}], 2, id="everybody in both communes"),
        pytest.param([{"cashless_since": None}], 1, id="one is still paid in cash"),
        pytest.param([{"ended_on": date(2025, 7, 2)}], 1, id="nobody is left who could be paid"),
        pytest.param([], 1, id="nothing is known of the other commune"),
    ],
)
async def test_a_commune_is_full_when_it_pays_somebody_and_nobody_in_cash(
    database: Database, in_can_loc: list[dict[str, Any]], full: int
) -> None:
    rows = [beneficiary(ref="2", unit_key=VUNG_ANG, cashless_since=FIRST_OF_JULY)]
    rows += [beneficiary(**facts) for facts in in_can_loc]
    [july] = await measured(database, "pension_cashless_full_communes", rows, [JULY])
    assert (july.unit, july.numerator, july.denominator) == (HA_TINH, full, 2)


@pytest.mark.parametrize("code", OF_PROVINCES)
async def test_only_the_province_that_was_asked_for_is_measured(database: Database, code: str) -> None:
    def rows() -> list[Beneficiary]:
        return [
            beneficiary(ref=f"{benefit}-{commune}", benefit=benefit, unit_key=commune)
            for benefit in (Benefit.PENSION, Benefit.UNEMPLOYMENT)
            for commune in (VUNG_ANG, DONG_HA)
        ]

    both = await measured(database, code, rows(), [JULY])
    [one] = await measured(database, code, rows(), [JULY], units=[QUANG_TRI, SO_Y_TE])
    assert {found.unit for found in both} == {HA_TINH, QUANG_TRI}
    assert one in both
    assert one.unit == QUANG_TRI


@pytest.mark.parametrize("code", sorted(SECTOR.resolvers))
async def test_nothing_is_asked_where_there_is_no_unit_and_no_span(database: Database, code: str) -> None:
    async with unkept(database) as session:
        assert await SECTOR.resolvers[code](session, [], SPANS) == []
        assert await SECTOR.resolvers[code](session, ASKED, []) == []


@pytest.mark.parametrize(
    ("facts", "parts"),
    [
        pytest.param({"has_personal_id": False}, (1, 0), id="no number is known"),
        pytest.param({}, (0, 1), id="a number is known"),
        pytest.param({"verified_on": date(2025, 8, 1)}, (0, 1), id="verified the day after"),
        pytest.param({"verified_on": date(2025, 7, 31)}, (0, 0), id="verified on the last day of the month"),
        pytest.param({"has_personal_id": False, "left_on": date(2025, 7, 31)}, (0, 0), id="gone on the last day"),
    ],
)
async def test_whoever_is_not_verified_is_told_by_reason(
    database: Database, facts: dict[str, Any], parts: tuple[int, int]
) -> None:
    [july] = await measured(database, "insured_identity_unverified", [insured(unit_key=VUNG_ANG, **facts)], [JULY])
    assert july.parts == (("without_id", parts[0]), ("unverified", parts[1]))
    assert july.numerator == sum(parts)


@pytest.mark.parametrize(
    ("facts", "cash"),
    [
        pytest.param({}, 1, id="in cash"),
        pytest.param({"cashless_since": date(2025, 8, 1)}, 1, id="cashless from the day after"),
        pytest.param({"cashless_since": date(2025, 7, 31)}, 0, id="cashless from the last day of the month"),
        pytest.param({"ended_on": date(2025, 7, 31)}, 0, id="nothing is paid on the last day"),
    ],
)
async def test_pensions_still_paid_in_cash_are_told(database: Database, facts: dict[str, Any], cash: int) -> None:
    [july] = await measured(database, "pension_cashless_rate", [beneficiary(unit_key=VUNG_ANG, **facts)], [JULY])
    assert july.parts == (("cash", cash),)


async def test_the_armed_forces_are_in_no_figure(database: Database) -> None:
    soldier = insured(unit_key=VUNG_ANG, ref="2", is_armed_forces=True)
    assert await measured(database, "insured_identity_unverified", [soldier], [JULY]) == []
    rows = [insured(unit_key=VUNG_ANG, ref="1"), insured(unit_key=VUNG_ANG, ref="2", is_armed_forces=True)]
    [july] = await measured(database, "insured_identity_unverified", rows, [JULY])
    assert (july.numerator, july.denominator) == (1, None)
