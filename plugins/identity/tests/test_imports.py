"""Files bring the sector's records: again they change nothing, wrong they are refused in words, nobody is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dean06_core.database import Database
from dean06_core.imports import ImportReport
from dean06_core.testing import everything_kept
from dean06_identity.card_dossiers import CardDossier
from dean06_identity.eid_accounts import EidAccount
from dean06_identity.plugin import SECTOR

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]

DOSSIER = {"ref": "TN-1", "unit": "18823", "received_on": "2026-09-01"}
ACCOUNT = {"ref": "TK-1", "unit": "Phường Vũng Áng", "kind": "CITIZEN", "eligible_from": "2024-07-01"}
REGISTRATION = {"ref": "HT-1", "unit": "18823", "kind": "BIRTH", "registered_on": "1/9/2026", "linked": "có"}
ROWS: dict[str, dict[str, Any]] = {"card_dossiers": DOSSIER, "eid_accounts": ACCOUNT, "registrations": REGISTRATION}
ISSUED = {"issued_on": "2025-07-02"}
NUMBER = "042099001234"
REF_REFUSED = (
    "Ô này có dạng số định danh cá nhân, số chứng minh nhân dân, mã số thuế hoặc số thẻ bảo hiểm. "
    "Hãy ghi số thứ tự của dòng trong hệ thống nguồn."
)


def test_every_table_of_the_sector_is_brought_by_a_file() -> None:
    assert {declared.record for declared in SECTOR.records.values()} == set(SECTOR.tables)
    assert set(ROWS) == set(SECTOR.records)


@pytest.mark.parametrize("noun", ROWS)
async def test_the_same_file_again_changes_nothing(load: Load, noun: str) -> None:
    first, again = await load(noun, ROWS[noun]), await load(noun, ROWS[noun])
    assert first.errors == ()
    assert (first.created, first.updated, first.unchanged) == (1, 0, 0)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


async def test_a_later_file_says_what_became_of_a_record(load: Load, province: Database) -> None:
    await load("card_dossiers", DOSSIER)
    await load("eid_accounts", ACCOUNT)
    card = await load("card_dossiers", DOSSIER | {"issued_on": "2026-09-10"})
    assert (card.updated, card.since) == (1, date(2026, 9, 1))
    assert (await load("eid_accounts", ACCOUNT | ISSUED)).updated == 1
    async with province.service_reading() as session:
        assert await session.scalar(sa.select(CardDossier.issued_on)) == date(2026, 9, 10)
        assert await session.scalar(sa.select(EidAccount.issued_on)) == date(2025, 7, 2)


@pytest.mark.parametrize("noun", ROWS)
async def test_a_personal_id_is_checked_and_kept_nowhere(load: Load, province: Database, noun: str) -> None:
    assert (await load(noun, ROWS[noun] | {"personal_id": NUMBER})).created == 1
    kept = await everything_kept(province)
    assert ROWS[noun]["ref"] in kept
    assert NUMBER not in kept


@pytest.mark.parametrize("noun", ROWS)
async def test_a_wrong_personal_id_stops_the_file_and_is_not_repeated(load: Load, noun: str) -> None:
    report = await load(noun, ROWS[noun] | {"personal_id": NUMBER[1:]})
    assert [(error.row, error.field, error.code) for error in report.errors] == [
        (1, "personal_id", "PERSONAL_ID_INVALID")
    ]
    assert NUMBER[1:] not in report.errors[0].message
    assert report.created == 0


async def test_a_code_means_the_commune_that_had_it_on_the_day_of_the_record(load: Load, province: Database) -> None:
    before, after = DOSSIER | {"unit": "18100", "received_on": "2025-06-30"}, DOSSIER | {"unit": "18100", "ref": "TN-2"}
    account = ACCOUNT | {"unit": "18100"}
    assert (await load("card_dossiers", before, after)).created == 2
    assert (await load("eid_accounts", account)).created == 1
    async with province.service_reading() as session:
        thach_ha, tran_phu = (await session.scalars(sa.select(CardDossier.unit_key).order_by(CardDossier.ref))).all()
        holder = await session.scalar(sa.select(EidAccount.unit_key))
    assert thach_ha != tran_phu
    assert holder == tran_phu


@pytest.mark.parametrize(
    ("noun", "facts", "column", "code", "message"),
    [
        pytest.param(
            "card_dossiers", {"ref": NUMBER}, "ref", "REF_OF_A_PERSON", REF_REFUSED, id="a dossier of a person"
        ),
        pytest.param(
            "eid_accounts", {"ref": NUMBER}, "ref", "REF_OF_A_PERSON", REF_REFUSED, id="an account of a person"
        ),
        pytest.param("registrations", {"ref": NUMBER}, "ref", "REF_OF_A_PERSON", REF_REFUSED, id="a birth of a person"),
        pytest.param(
            "card_dossiers",
            {"received_on": "1999-12-31", "unit": "18100"},
            "received_on",
            "DAY_TOO_EARLY",
            "“received_on” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="a dossier before counting began",
        ),
        pytest.param(
            "card_dossiers",
            {"issued_on": "2026-08-31"},
            "issued_on",
            "DAYS_OUT_OF_ORDER",
            "“issued_on” 31/08/2026 trước “received_on” 01/09/2026. Hãy sửa một trong hai ngày.",
            id="a card before its dossier",
        ),
        pytest.param(
            "eid_accounts",
            {"eligible_from": "1985-03-08"},
            "eligible_from",
            "DAY_TOO_EARLY",
            "“eligible_from” 08/03/1985 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="eligible since birth",
        ),
        pytest.param(
            "eid_accounts",
            {"eligible_until": "2024-07-01"},
            "eligible_until",
            "DAYS_OUT_OF_ORDER",
            "“eligible_until” 01/07/2024 không sau “eligible_from” 01/07/2024. Hãy sửa một trong hai ngày.",
            id="eligible for no day",
        ),
        pytest.param(
            "eid_accounts",
            {"issued_on": "2024-06-30"},
            "issued_on",
            "DAYS_OUT_OF_ORDER",
            "“issued_on” 30/06/2024 trước “eligible_from” 01/07/2024. Hãy sửa một trong hai ngày.",
            id="issued to somebody not eligible",
        ),
        pytest.param(
            "eid_accounts",
            {"activated_on": "2025-07-02"},
            "activated_on",
            "DAY_MISSING",
            "Có “activated_on” 02/07/2025 mà không có “issued_on”. Hãy ghi “issued_on” hoặc bỏ “activated_on”.",
            id="activated and never issued",
        ),
        pytest.param(
            "eid_accounts",
            ISSUED | {"activated_on": "2025-07-01"},
            "activated_on",
            "DAYS_OUT_OF_ORDER",
            "“activated_on” 01/07/2025 trước “issued_on” 02/07/2025. Hãy sửa một trong hai ngày.",
            id="activated before it was issued",
        ),
        pytest.param(
            "eid_accounts",
            {"closed_on": "2025-07-02"},
            "closed_on",
            "DAY_MISSING",
            "Có “closed_on” 02/07/2025 mà không có “issued_on”. Hãy ghi “issued_on” hoặc bỏ “closed_on”.",
            id="closed and never issued",
        ),
        pytest.param(
            "eid_accounts",
            ISSUED | {"closed_on": "2025-07-01"},
            "closed_on",
            "DAYS_OUT_OF_ORDER",
            "“closed_on” 01/07/2025 trước “issued_on” 02/07/2025. Hãy sửa một trong hai ngày.",
            id="closed before it was issued",
        ),
        pytest.param(
            "eid_accounts",
            ISSUED | {"activated_on": "2025-07-04", "closed_on": "2025-07-03"},
            "closed_on",
            "DAYS_OUT_OF_ORDER",
            "“closed_on” 03/07/2025 trước “activated_on” 04/07/2025. Hãy sửa một trong hai ngày.",
            id="closed before it was activated",
        ),
        pytest.param(
            "eid_accounts",
            {"kind": "COMPANY"},
            "kind",
            "CHOICE_UNKNOWN",
            "“COMPANY” không dùng được. Hãy chọn một trong: CITIZEN, FOREIGNER, ORGANISATION.",
            id="a holder of no known kind",
        ),
        pytest.param(
            "registrations",
            {"registered_on": "31/12/1999", "unit": "18100"},
            "registered_on",
            "DAY_TOO_EARLY",
            "“registered_on” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="a registration before counting began",
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    load: Load, noun: str, facts: dict[str, Any], column: str, code: str, message: str
) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert [(error.field, error.code, error.message) for error in report.errors] == [(column, code, message)]
    assert report.created == 0


@pytest.mark.parametrize(
    ("noun", "facts"),
    [
        pytest.param("card_dossiers", {"ref": "000000001234"}, id="a row number filled up with noughts"),
        pytest.param("eid_accounts", {"ref": 17}, id="a row number of JSON"),
        pytest.param("registrations", {"ref": "G22.99.08-260921-896048"}, id="told by a linked dossier"),
        pytest.param("card_dossiers", {"received_on": "2000-01-01", "unit": "18100"}, id="a dossier of the first day"),
        pytest.param("card_dossiers", {"issued_on": "2026-09-01"}, id="a card on the day of its dossier"),
        pytest.param("eid_accounts", {"eligible_from": "2000-01-01"}, id="eligible since the first day"),
        pytest.param("eid_accounts", {"eligible_until": "2024-07-02"}, id="eligible for one day"),
        pytest.param("eid_accounts", {"issued_on": "2024-07-01"}, id="issued on the first day"),
        pytest.param(
            "eid_accounts",
            ISSUED | {"activated_on": "2025-07-02", "closed_on": "2025-07-02"},
            id="issued, activated and closed on one day",
        ),
        pytest.param("eid_accounts", ISSUED | {"closed_on": "2025-07-02"}, id="closed and never activated"),
        pytest.param("eid_accounts", {"kind": "organisation"}, id="a kind in small letters"),
        pytest.param("registrations", {"registered_on": "1/1/2000", "unit": "18100"}, id="a registration of that day"),
    ],
)
async def test_what_can_be_is_let_in(load: Load, noun: str, facts: dict[str, Any]) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert (report.errors, report.created) == ((), 1)


days = st.none() | st.sampled_from([date(1999, 12, 31), date(2000, 1, 1), *(date(2025, 7, day) for day in (1, 2, 3))])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.fixed_dictionaries(dict.fromkeys(("eligible_until", "issued_on", "activated_on", "closed_on"), days)))
async def test_whatever_an_account_says_is_let_in_or_refused_in_words(load: Load, row: dict[str, date | None]) -> None:
    written = {column: day and day.isoformat() for column, day in row.items()}
    report = await load("eid_accounts", ACCOUNT | written | {"eligible_from": "2000-01-01"})
    assert report.errors or report.created + report.updated + report.unchanged == 1
    assert all("Hãy" in error.message for error in report.errors)
