"""Each figure of dossiers is what counting them one by one gives, for every unit and span at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

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
from dean06_public_services.by_hand import BY_HAND
from dean06_public_services.dossiers import Channel, Dossier, VerificationChannel, VerificationKind
from dean06_public_services.plugin import SECTOR

pytestmark = pytest.mark.anyio

VUNG_ANG, SO_XAY_DUNG, ELSEWHERE = 1, 2, 3
ASKED = (VUNG_ANG, SO_XAY_DUNG)
JUNE, JULY, AUGUST = (Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07", "2025-08"))
SPANS = [
    Span.of(Period.parse(code), window) for code in ("2024-12", "2025-W27", "2025-06", "2025-07") for window in Window
]


STATES = {"adult_dvc_user_rate", "dvc_full_provision_rate", "essential_dvc_integrated_rate"}
OF_DOSSIERS = sorted({code.removeprefix("public_services.") for code in SECTOR.resolvers} - STATES)


def dossier(received_on: date = JULY.starts, *, due_on: date = JULY.ends, **facts: Any) -> Dossier:
    return Dossier(
        **{
            "ref": str(uuid4()),
            "unit_key": VUNG_ANG,
            "received_on": received_on,
            "due_on": due_on,
            "resolved_on": None,
            "channel": Channel.DIRECT,
            "full_process": None,
            "has_fee": False,
            "paid_online": False,
            "returns_paper_result": False,
            "result_digitised": False,
            "components_digitised": False,
            "data_reused": False,
            "personal_id_linked": None,
            "identity_verified": False,
            **facts,
        }
    )


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    days = sorted(
        draw(
            st.lists(
                st.dates(date(2025, 5, 30), date(2025, 8, 2)) | st.dates(date(2024, 11, 30), date(2025, 1, 1)),
                min_size=3,
                max_size=3,
            )
        )
    )
    received_on, *later = days
    due_on, finished_on = draw(st.permutations(later))
    resolved_on, refused_on = draw(st.sampled_from([(None, None), (finished_on, None), (None, finished_on)]))
    channel = draw(st.sampled_from(Channel))
    has_fee = draw(st.booleans())
    return dossier(
        received_on,
        unit_key=draw(st.sampled_from((*ASKED, ELSEWHERE))),
        due_on=due_on,
        resolved_on=resolved_on,
        refused_on=refused_on,
        channel=channel,
        full_process=draw(st.sampled_from([None, False, True] if channel is Channel.ONLINE else [None, False])),
        has_fee=has_fee,
        paid_online=has_fee and draw(st.booleans()),
        returns_paper_result=draw(st.booleans()),
        result_digitised=resolved_on is not None and draw(st.booleans()),
        components_digitised=draw(st.booleans()),
        data_reused=draw(st.booleans()),
        personal_id_linked=draw(st.none() | st.booleans()),
        identity_verified=draw(st.booleans()),
    )


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("public_services"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add_all(UnitRow(key=key) for key in (*ASKED, ELSEWHERE))
        yield database


async def measured(
    database: Database, code: str, rows: list[Dossier], spans: list[Span] | None = None
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers[f"public_services.{code}"](session, ASKED, spans or SPANS))


@pytest.mark.parametrize("code", OF_DOSSIERS)
@settings(deadline=None, max_examples=20)
@given(rows=st.lists(dossiers(), max_size=20))
async def test_a_figure_is_what_counting_by_hand_gives(database: Database, code: str, rows: list[Dossier]) -> None:
    expected = BY_HAND[f"public_services.{code}"](rows, {unit: [unit] for unit in ASKED}, SPANS)
    found = await measured(database, code, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


async def test_a_unit_that_refused_nothing_counts_none_and_is_not_missing(database: Database) -> None:
    assert await measured(database, "dossiers_refused", [dossier()], [JUNE, JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 0, None, JULY.starts)
    ]


async def test_a_dossier_refused_in_time_is_no_late_one(database: Database) -> None:
    rows = [
        dossier(due_on=date(2025, 7, 15), refused_on=date(2025, 7, 15)),
        dossier(due_on=date(2025, 7, 15), refused_on=date(2025, 7, 16)),
    ]
    [july] = await measured(database, "dossier_on_time_rate", rows, [JULY])
    assert (july.numerator, july.denominator) == (1, 2)


@pytest.mark.parametrize(
    ("due_on", "resolved_on", "on_time"),
    [
        pytest.param(date(2025, 7, 15), date(2025, 7, 15), 1, id="resolved on its last day"),
        pytest.param(date(2025, 7, 15), date(2025, 7, 16), 0, id="resolved a day late"),
        pytest.param(date(2025, 7, 31), None, 0, id="due on the last day of the month and still open"),
        pytest.param(date(2025, 8, 1), None, 1, id="open and due after the month"),
        pytest.param(date(2025, 8, 1), date(2025, 8, 20), 1, id="in term at the end of the month, late afterwards"),
        pytest.param(date(2025, 7, 15), date(2025, 8, 20), 0, id="overdue at the end of the month"),
    ],
)
async def test_a_dossier_is_judged_as_it_stood_at_the_end_of_the_month(
    database: Database, due_on: date, resolved_on: date | None, on_time: int
) -> None:
    rows = [
        dossier(due_on=due_on, resolved_on=resolved_on),
        dossier(date(2025, 8, 25), due_on=date(2025, 9, 1), unit_key=ELSEWHERE),
    ]
    [july] = await measured(database, "dossier_on_time_rate", rows, [JULY])
    assert (july.numerator, july.denominator) == (on_time, 1)


async def test_an_open_dossier_is_not_late_before_the_records_reach_its_last_day(database: Database) -> None:
    on_time = []
    for newest_receipt in (date(2025, 7, 20), date(2025, 7, 21)):
        rows = [dossier(due_on=date(2025, 7, 20)), dossier(newest_receipt, unit_key=ELSEWHERE)]
        on_time += [july.numerator for july in await measured(database, "dossier_on_time_rate", rows, [JULY])]
    assert on_time == [1, 0]


async def test_an_overdue_dossier_is_held_against_every_month_until_it_is_resolved(database: Database) -> None:
    rows = [
        dossier(date(2025, 6, 2), due_on=date(2025, 6, 9), resolved_on=date(2025, 7, 9)),
        dossier(AUGUST.starts, due_on=AUGUST.ends, unit_key=ELSEWHERE),
    ]
    months = await measured(database, "dossier_on_time_rate", rows, [JUNE, JULY, AUGUST])
    assert {(month.period, month.numerator, month.denominator) for month in months} == {
        ("2025-06", 0, 1),
        ("2025-07", 0, 1),
    }


async def test_a_month_without_fees_is_no_activity_and_not_missing(database: Database) -> None:
    assert await measured(database, "online_payment_rate", [dossier()], [JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 0, 0, JULY.starts)
    ]
    assert await measured(database, "online_payment_rate", [dossier()], [JUNE]) == []


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        pytest.param({"due_on": date(2025, 6, 30)}, "due_after_receipt", id="due before it was received"),
        pytest.param({"due_on": date(2025, 7, 1)}, None, id="due on the day it was received"),
        pytest.param(
            {"resolved_on": date(2025, 6, 30)}, "resolved_after_receipt", id="resolved before it was received"
        ),
        pytest.param({"resolved_on": date(2025, 7, 1)}, None, id="resolved on the day it was received"),
        pytest.param({"refused_on": date(2025, 6, 30)}, "refused_after_receipt", id="refused before it was received"),
        pytest.param({"refused_on": date(2025, 7, 1)}, None, id="refused on the day it was received"),
        pytest.param(
            {"refused_on": date(2025, 7, 2), "resolved_on": date(2025, 7, 2)},
            "resolved_or_refused",
            id="resolved and refused",
        ),
        pytest.param(
            {"verification_kind": VerificationKind.HOUSEHOLD},
            "only_what_was_verified_has_a_kind",
            id="a kind of what was not verified",
        ),
        pytest.param(
            {"verification_channel": VerificationChannel.CARD},
            "only_what_was_verified_has_a_kind",
            id="a way of what was not verified",
        ),
        pytest.param(
            {"verification_channel": VerificationChannel.CARD, "identity_verified": True},
            None,
            id="a way of what was verified",
        ),
        pytest.param({"full_process": True}, "full_process_is_online", id="full process over the counter"),
        pytest.param({"full_process": True, "channel": Channel.ONLINE}, None, id="full process online"),
        pytest.param({"paid_online": True}, "only_a_fee_is_paid", id="paid where nothing is due"),
        pytest.param({"paid_online": True, "has_fee": True}, None, id="paid what is due"),
        pytest.param({"result_digitised": True}, "only_a_result_is_digitised", id="a result before it is resolved"),
        pytest.param({"result_digitised": True, "resolved_on": date(2025, 7, 2)}, None, id="a result once resolved"),
        pytest.param({"received_on": date(1999, 12, 31)}, "received_since_counting_began", id="older than any span"),
        pytest.param({"received_on": date(2000, 1, 1)}, None, id="as old as the longest span"),
    ],
)
async def test_the_database_refuses_what_cannot_be(
    database: Database, facts: dict[str, Any], refused: str | None
) -> None:
    async with unkept(database) as session:
        session.add(dossier(**facts))
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()
