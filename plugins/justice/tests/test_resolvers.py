"""The share of certificates issued via VNeID is what counting them by hand gives, for every unit and span at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
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
from dean06_justice.by_hand import BY_HAND
from dean06_justice.certificates import Certificate, Channel
from dean06_justice.plugin import SECTOR

pytestmark = pytest.mark.anyio

VUNG_ANG, KY_ANH, ELSEWHERE = 1, 2, 3
ASKED = (VUNG_ANG, KY_ANH)
SPANS = [
    Span.of(Period.parse(code), window) for code in ("2024-12", "2025-W27", "2025-06", "2025-07") for window in Window
]
BEFORE = date(2024, 11, 1)

certificates = st.builds(
    Certificate,
    ref=st.uuids().map(str),
    unit_key=st.sampled_from((*ASKED, ELSEWHERE)),
    form=st.sampled_from((1, 2)),
    channel=st.sampled_from(Channel),
    received_on=st.dates(BEFORE, date(2024, 11, 29)),
    issued_on=st.none()
    | st.dates(date(2025, 5, 30), date(2025, 8, 2))
    | st.dates(date(2024, 11, 30), date(2025, 1, 1)),
)


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("justice"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add_all(UnitRow(key=key) for key in (*ASKED, ELSEWHERE))
        yield database


def certificate(
    issued_on: date | None, *, received_on: date = BEFORE, form: int = 1, channel: Channel = Channel.VNEID
) -> Certificate:
    return Certificate(
        ref=str(uuid4()), unit_key=VUNG_ANG, form=form, channel=channel, received_on=received_on, issued_on=issued_on
    )


async def measured(database: Database, rows: list[Certificate]) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers["justice.criminal_record_vneid_rate"](session, ASKED, SPANS))


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(certificates, max_size=25))
async def test_the_rate_is_what_counting_by_hand_gives(database: Database, rows: list[Certificate]) -> None:
    expected = BY_HAND["justice.criminal_record_vneid_rate"](rows, {unit: (unit,) for unit in ASKED}, SPANS)
    found = await measured(database, rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


async def test_a_certificate_counts_in_the_month_in_which_it_was_issued(database: Database) -> None:
    rows = [
        certificate(date(2025, 7, 31), received_on=date(2025, 6, 30)),
        certificate(date(2025, 7, 1), channel=Channel.PORTAL),
        certificate(None, received_on=date(2025, 7, 15)),
    ]
    months = {found.period: found for found in await measured(database, rows) if found.window is Window.PERIOD}
    assert months["2025-07"] == Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 1, 2, date(2025, 7, 31))
    assert "2025-06" not in months


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        pytest.param(certificate(date(2024, 10, 31)), "issued_after_receipt", id="issued before it was received"),
        pytest.param(certificate(None, form=3), "form_is_1_or_2", id="a form that does not exist"),
        pytest.param(
            certificate(None, received_on=date(1999, 12, 31)), "received_since_counting_began", id="older than any span"
        ),
        pytest.param(certificate(BEFORE), None, id="issued on the day it was received"),
        pytest.param(certificate(None, form=2), None, id="form 2"),
        pytest.param(certificate(None, received_on=date(2000, 1, 1)), None, id="as old as the longest span"),
    ],
)
async def test_the_database_refuses_what_cannot_be(database: Database, row: Certificate, refused: str | None) -> None:
    async with unkept(database) as session:
        session.add(row)
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()
