"""Files bring the sector's records: again they change nothing, wrong they are refused in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_core import DataClass, Period, Span, Window
from dean06_core.access import ALL, Right
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.imports import ImportReport
from dean06_public_services.dossiers import Dossier, VerificationChannel
from dean06_public_services.plugin import SECTOR

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]

DOSSIER = {
    "ref": "H27-1",
    "unit": "18823",
    "received_on": "2025-07-02",
    "due_on": "2025-07-09",
    "channel": "online",
    "has_fee": "không",
    "paid_online": "không",
    "returns_paper_result": "có",
    "result_digitised": "không",
    "components_digitised": "có",
    "data_reused": "không",
    "identity_verified": "có",
}
SERVICE = {"code": "DVC-01", "name": "Đăng ký khai sinh", "unit": "so-xay-dung", "listed_on": "2022-01-06"}
PROCEDURE = {"code": "1.001", "name": "Cấp giấy phép xây dựng", "unit": "so-xay-dung", "eligible_since": "2024-01-01"}
ADULT = {"ref": "17", "unit": "18823", "counted_since": "2025-01-01", "counted_until": "2026-01-01"}
ROWS: dict[str, dict[str, Any]] = {
    "dossiers": DOSSIER,
    "essential_services": SERVICE,
    "procedures": PROCEDURE,
    "adults": ADULT,
}
OF_A_PERSON = (
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
    await load("dossiers", DOSSIER)
    changed = await load("dossiers", DOSSIER | {"refused_on": "8/7/2025", "verification_channel": "card"})
    assert (changed.updated, changed.since) == (1, date(2025, 7, 2))
    async with province.service_reading() as session:
        found = (await session.execute(sa.select(Dossier.refused_on, Dossier.verification_channel))).one()
        assert tuple(found) == (date(2025, 7, 8), VerificationChannel.CARD)


async def test_the_same_adult_has_a_row_for_each_year(load: Load) -> None:
    assert (
        await load("adults", ADULT, ADULT | {"counted_since": "2024-01-01", "counted_until": "2025-01-01"})
    ).created == 2


async def test_what_was_loaded_is_measured_with_the_rights_of_the_sector_alone(load: Load, province: Database) -> None:
    await load("essential_services", SERVICE | {"integrated_on": "2022-09-01"}, SERVICE | {"code": "DVC-02"})
    async with province.service_reading() as session:
        key = (await Directory.load(session)).named("42", date(2025, 7, 28)).key
    own = Right(DataClass.DIRECTORY, ALL, ALL), Right(DataClass.RECORD, frozenset({SECTOR.code}), ALL)
    async with province.reading(own) as session:
        july = Span.of(Period.parse("2025-07"), Window.PERIOD)
        [found] = await SECTOR.resolvers["public_services.essential_dvc_integrated_rate"](session, [key], [july])
    assert (found.unit, found.numerator, found.denominator, found.as_of) == (key, 1, 2, date(2022, 9, 1))


@pytest.mark.parametrize(
    ("noun", "facts", "column", "code", "message"),
    [
        pytest.param(
            "dossiers",
            {"ref": "042190001234"},
            "ref",
            "REF_OF_A_PERSON",
            OF_A_PERSON,
            id="told by a personal ID",
        ),
        pytest.param(
            "adults",
            {"ref": True},
            "ref",
            "CELL_INVALID",
            "“True” phải là chữ hoặc số. Hãy sửa ô này.",
            id="told by no number",
        ),
        pytest.param(
            "dossiers",
            {"due_on": "2025-07-01"},
            "due_on",
            "DAYS_OUT_OF_ORDER",
            "“due_on” 01/07/2025 trước “received_on” 02/07/2025. Hãy sửa một trong hai ngày.",
            id="due before it was received",
        ),
        pytest.param(
            "dossiers",
            {"refused_on": "2025-07-01"},
            "refused_on",
            "DAYS_OUT_OF_ORDER",
            "“refused_on” 01/07/2025 trước “received_on” 02/07/2025. Hãy sửa một trong hai ngày.",
            id="refused before it was received",
        ),
        pytest.param(
            "dossiers",
            {"resolved_on": "2025-07-03", "refused_on": "2025-07-03"},
            "refused_on",
            "RESOLVED_AND_REFUSED",
            "Hồ sơ vừa có “resolved_on” vừa có “refused_on”. Hãy bỏ một trong hai ngày.",
            id="resolved and refused",
        ),
        pytest.param(
            "dossiers",
            {"full_process": True, "channel": "POST"},
            "full_process",
            "FULL_PROCESS_NOT_ONLINE",
            "Hồ sơ toàn trình mà “channel” là POST. Hãy ghi ONLINE hoặc sửa “full_process”.",
            id="full process by post",
        ),
        pytest.param(
            "dossiers",
            {"paid_online": True},
            "paid_online",
            "PAID_WITHOUT_FEE",
            "“paid_online” là có mà “has_fee” là không. Hãy sửa một trong hai ô.",
            id="paid where nothing is due",
        ),
        pytest.param(
            "dossiers",
            {"result_digitised": True},
            "result_digitised",
            "RESULT_BEFORE_RESOLVED",
            "“result_digitised” là có mà chưa có “resolved_on”. Hãy ghi ngày giải quyết xong hoặc sửa ô này.",
            id="a result before it is resolved",
        ),
        pytest.param(
            "dossiers",
            {"identity_verified": False, "verification_kind": "HOUSEHOLD"},
            "identity_verified",
            "VERIFICATION_WITHOUT_IDENTITY",
            "“identity_verified” là không mà có “verification_kind” hoặc “verification_channel”. "
            "Hãy sửa ô này hoặc bỏ hai ô kia.",
            id="a kind of what was not verified",
        ),
        pytest.param(
            "essential_services",
            {"integrated_on": "2022-01-05"},
            "integrated_on",
            "DAYS_OUT_OF_ORDER",
            "“integrated_on” 05/01/2022 trước “listed_on” 06/01/2022. Hãy sửa một trong hai ngày.",
            id="integrated before it was listed",
        ),
        pytest.param(
            "procedures",
            {"published_on": "1999-12-31"},
            "published_on",
            "DAY_TOO_EARLY",
            "“published_on” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="offered before counting began",
        ),
        pytest.param(
            "procedures",
            {"eligible_until": "2023-12-31"},
            "eligible_until",
            "DAYS_OUT_OF_ORDER",
            "“eligible_until” 31/12/2023 trước “eligible_since” 01/01/2024. Hãy sửa một trong hai ngày.",
            id="no longer eligible before it was",
        ),
        pytest.param(
            "adults",
            {"first_online_on": "2024-12-31"},
            "first_online_on",
            "DAY_OUTSIDE_YEAR",
            "“first_online_on” 31/12/2024 không thuộc năm 2025 của “counted_since”. "
            "Hãy để trống nếu trong năm 2025 không có, và ghi ngày này ở dòng của năm 2024.",
            id="used services in another year",
        ),
        pytest.param(
            "adults",
            {"counted_until": "2026-01-02"},
            "counted_until",
            "DAY_OUTSIDE_YEAR",
            "“counted_until” 02/01/2026 sau năm 2025 của “counted_since”. "
            "Hãy ghi 2026-01-01 và thêm một dòng cho năm 2026.",
            id="more than one year in a row",
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
        pytest.param("dossiers", {"ref": "000000001234"}, id="a number filled up with noughts"),
        pytest.param("dossiers", {"due_on": "2025-07-02", "refused_on": "2025-07-02"}, id="refused at once"),
        pytest.param("dossiers", {"full_process": True}, id="full process online"),
        pytest.param("dossiers", {"has_fee": True, "paid_online": True}, id="paid what is due"),
        pytest.param("dossiers", {"resolved_on": "2025-07-09", "result_digitised": True}, id="a result once resolved"),
        pytest.param("dossiers", {"verification_kind": "CITIZEN"}, id="a kind of what was verified"),
        pytest.param("essential_services", {"integrated_on": "2022-01-06"}, id="integrated when it was listed"),
        pytest.param("procedures", {"published_on": "2023-12-31"}, id="offered before it had to be"),
        pytest.param("procedures", {"eligible_until": "2024-01-01"}, id="eligible for no day"),
        pytest.param("adults", {"first_online_on": "2025-12-31"}, id="used services on the last day of the year"),
    ],
)
async def test_what_can_be_is_let_in(load: Load, noun: str, facts: dict[str, Any]) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert (report.errors, report.created) == ((), 1)
