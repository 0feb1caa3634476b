"""What happened is counted in its span and what stands is looked at on the last day, as counting by hand does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_core import Measurement, Period, Record, Span, Window
from dean06_core.database import Database
from dean06_core.migrating import histories_of
from dean06_core.testing import migrated_database, unkept
from dean06_core.units import UnitRow
from dean06_identity.by_hand import BY_HAND
from dean06_identity.card_dossiers import CardDossier
from dean06_identity.eid_accounts import EidAccount, HolderKind
from dean06_identity.plugin import SECTOR
from dean06_identity.registrations import Registration, RegistrationKind

pytestmark = pytest.mark.anyio

VUNG_ANG, KY_ANH, ELSEWHERE = 1, 2, 3
ASKED = (VUNG_ANG, KY_ANH)
JUNE, JULY, AUGUST = (Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07", "2025-08"))
SPANS = [
    Span.of(Period.parse(code), window) for code in ("2024-12", "2025-W27", "2025-06", "2025-07") for window in Window
]

numbers = count()
units = st.sampled_from((*ASKED, ELSEWHERE))
days = st.dates(date(2025, 5, 30), date(2025, 8, 2)) | st.dates(date(2024, 11, 30), date(2025, 1, 1))
registrations = st.builds(
    Registration,
    unit_key=units,
    kind=st.sampled_from(RegistrationKind),
    registered_on=days,
    linked=st.booleans(),
)
card_dossiers = st.builds(CardDossier, unit_key=units, received_on=days)


def account(eligible_from: date = JUNE.starts, **facts: Any) -> EidAccount:
    return EidAccount(**{"unit_key": VUNG_ANG, "kind": HolderKind.CITIZEN, "eligible_from": eligible_from, **facts})


@st.composite
def accounts(draw: st.DrawFn) -> EidAccount:
    eligible_from, issued_on, activated_on, closed_on = sorted(draw(st.lists(days, min_size=4, max_size=4)))
    is_issued = draw(st.booleans())
    later = draw(st.sampled_from([None, *(draw(days) for _ in range(2))]))
    return account(
        eligible_from,
        unit_key=draw(units),
        kind=draw(st.sampled_from(HolderKind)),
        eligible_until=later if later is not None and later > eligible_from else None,
        issued_on=issued_on if is_issued else None,
        activated_on=activated_on if is_issued and draw(st.booleans()) else None,
        closed_on=closed_on if is_issued and draw(st.booleans()) else None,
    )


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("identity"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add_all(UnitRow(key=key) for key in (*ASKED, ELSEWHERE))
        yield database


async def measured(
    database: Database, code: str, rows: Iterable[Any], spans: list[Span] | None = None
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(numbered(rows))
        await session.flush()
        return list(await SECTOR.resolvers[f"identity.{code}"](session, ASKED, spans or SPANS))


def numbered(rows: Iterable[Any]) -> list[Record]:
    kept = list(rows)
    for row in kept:
        row.ref = str(next(numbers))
    return kept


@pytest.mark.parametrize("code", sorted(SECTOR.resolvers))
@settings(deadline=None, max_examples=20)
@given(rows=st.lists(registrations | card_dossiers | accounts() | accounts(), max_size=40))
async def test_a_figure_is_what_counting_by_hand_gives(database: Database, code: str, rows: list[Record]) -> None:
    expected = BY_HAND[code](rows, {unit: [unit] for unit in ASKED}, SPANS)
    found = await measured(database, code.removeprefix("identity."), rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize(
    ("facts", "july"),
    [
        pytest.param({}, (0, 1), id="without an account"),
        pytest.param({"issued_on": JULY.starts}, (0, 1), id="issued and not activated"),
        pytest.param({"issued_on": JUNE.starts, "activated_on": date(2025, 7, 31)}, (1, 1), id="activated at the end"),
        pytest.param({"issued_on": JUNE.starts, "activated_on": AUGUST.starts}, (0, 1), id="activated a day later"),
        pytest.param(
            {"issued_on": JUNE.starts, "activated_on": JUNE.starts, "closed_on": date(2025, 7, 31)},
            (0, 1),
            id="closed on the last day",
        ),
        pytest.param(
            {"issued_on": JUNE.starts, "activated_on": JUNE.starts, "closed_on": AUGUST.starts},
            (1, 1),
            id="closed a day later",
        ),
        pytest.param(
            {"issued_on": JUNE.starts, "activated_on": JUNE.starts, "eligible_until": date(2025, 7, 31)},
            (0, 0),
            id="moved away on the last day",
        ),
        pytest.param(
            {"issued_on": JUNE.starts, "activated_on": JUNE.starts, "eligible_until": AUGUST.starts},
            (1, 1),
            id="moved away a day later",
        ),
    ],
)
async def test_a_citizen_is_looked_at_on_the_last_day_of_the_month(
    database: Database, facts: dict[str, Any], july: tuple[int, int]
) -> None:
    [found] = await measured(database, "eid_accounts_citizen", [account(**facts)], [JULY])
    assert (found.numerator, found.denominator) == july


async def test_an_organisation_has_its_account_once_it_is_issued(database: Database) -> None:
    row = account(kind=HolderKind.ORGANISATION, issued_on=date(2025, 7, 15))
    months = await measured(database, "eid_org_rate", [row], [JUNE, JULY])
    assert {(month.period, month.numerator, month.denominator) for month in months} == {
        ("2025-06", 0, 1),
        ("2025-07", 1, 1),
    }


async def test_nobody_eligible_any_more_is_no_activity_and_nobody_yet_is_missing(database: Database) -> None:
    rows = [account(JULY.starts, eligible_until=date(2025, 7, 20))]
    assert await measured(database, "eid_accounts_citizen", rows, [JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 0, 0, date(2025, 7, 20))
    ]
    rows = [account(JULY.starts, eligible_until=date(2025, 7, 20))]
    assert await measured(database, "eid_accounts_citizen", rows, [JUNE]) == []


async def test_a_closed_account_stays_counted_among_those_that_were_issued(database: Database) -> None:
    row = account(kind=HolderKind.FOREIGNER, issued_on=date(2025, 7, 9), closed_on=date(2025, 7, 10))
    assert await measured(database, "eid_accounts_foreigner", [row], [JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 1, None, date(2025, 7, 9))
    ]


async def test_a_unit_that_issued_accounts_to_citizens_only_issued_none_to_foreigners(database: Database) -> None:
    row = account(issued_on=date(2025, 7, 9))
    assert await measured(database, "eid_accounts_foreigner", [row], [JUNE, JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 0, None, date(2025, 7, 9))
    ]


async def test_a_campaign_of_fifty_days_is_the_sum_of_its_days(database: Database) -> None:
    starts = date(2025, 7, 1)
    campaign = [Span.of(Period.parse((starts + timedelta(days=day)).isoformat()), Window.PERIOD) for day in range(50)]
    issued = (starts - timedelta(days=1), starts, starts, starts + timedelta(days=49), starts + timedelta(days=50))
    rows = [account(kind=HolderKind.FOREIGNER, issued_on=day) for day in issued]
    assert sum(day.numerator for day in await measured(database, "eid_accounts_foreigner", rows, campaign)) == 3


async def test_a_month_with_deaths_only_has_no_births_and_one_without_records_is_missing(database: Database) -> None:
    def rows() -> list[Registration]:
        return [
            Registration(unit_key=VUNG_ANG, kind=RegistrationKind.DEATH, registered_on=date(2025, 7, 3), linked=True)
        ]

    assert await measured(database, "linked_birth_rate", rows(), [JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 0, 0, date(2025, 7, 3))
    ]
    assert await measured(database, "linked_death_rate", rows(), [JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 1, 1, date(2025, 7, 3))
    ]
    assert await measured(database, "linked_birth_rate", rows(), [JUNE]) == []


@pytest.mark.parametrize("code", sorted(SECTOR.resolvers))
async def test_nothing_is_measured_where_nothing_is_asked(database: Database, code: str) -> None:
    async with unkept(database) as session:
        assert await SECTOR.resolvers[code](session, (), SPANS) == []
        assert await SECTOR.resolvers[code](session, ASKED, ()) == []
