"""Files bring the sector's records: again they change nothing, wrong they are refused in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_core.database import Database
from dean06_core.imports import ImportReport
from dean06_health.facilities import Facility
from dean06_health.plugin import SECTOR
from dean06_health.visits import Visit

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]

VISIT = {"ref": "KB-1", "unit": "bvdk-ky-anh", "visited_on": "2025-07-02", "used_health_book": True, "data_sent": False}
FACILITY = {"code": "42012", "unit": "bvdk-ky-anh", "counted_since": "2000-01-01", "beds": 250}
RESIDENT = {"ref": "7", "unit": "18823", "counted_since": "2000-01-01"}
ROWS: dict[str, dict[str, Any]] = {"visits": VISIT, "facilities": FACILITY, "residents": RESIDENT}
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
    await load("visits", VISIT)
    await load("facilities", FACILITY)
    changed = await load("visits", VISIT | {"data_sent": "có"})
    assert (changed.updated, changed.since) == (1, date(2025, 7, 2))
    published = await load("facilities", FACILITY | {"emr_published_on": "30/7/2025", "emr_due_on": "30/9/2025"})
    assert published.updated == 1
    async with province.service_reading() as session:
        assert await session.scalar(sa.select(Visit.data_sent)) is True
        assert await session.scalar(sa.select(Facility.emr_published_on)) == date(2025, 7, 30)


async def test_a_unit_may_run_two_facilities_with_a_code_each(load: Load) -> None:
    assert (await load("facilities", FACILITY, FACILITY | {"code": "42013", "beds": 0})).created == 2


async def test_numbers_of_rows_may_be_numbers(load: Load) -> None:
    await load("visits", VISIT | {"ref": 17})
    assert (await load("visits", VISIT | {"ref": "17"})).unchanged == 1


@pytest.mark.parametrize(
    ("noun", "facts", "column", "code", "message"),
    [
        pytest.param(
            "visits",
            {"ref": "042190001234"},
            "ref",
            "REF_OF_A_PERSON",
            OF_A_PERSON,
            id="told by a personal ID",
        ),
        pytest.param(
            "residents",
            {"ref": "GD4420123456789"},
            "ref",
            "REF_OF_A_PERSON",
            OF_A_PERSON,
            id="told by an insurance card",
        ),
        pytest.param(
            "visits", {"ref": True}, "ref", "CELL_INVALID", "“True” phải là chữ hoặc số. Hãy sửa ô này.", id="no number"
        ),
        pytest.param(
            "visits",
            {"visited_on": "1999-12-31"},
            "visited_on",
            "DAY_TOO_EARLY",
            "“visited_on” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="a visit before counting began",
        ),
        pytest.param(
            "facilities",
            {"beds": 10000},
            "beds",
            "BEDS_INVALID",
            "Số giường 10000 phải từ 0 đến 9999. Hãy sửa số.",
            id="too many beds",
        ),
        pytest.param(
            "facilities",
            {"beds": -1},
            "beds",
            "BEDS_INVALID",
            "Số giường -1 phải từ 0 đến 9999. Hãy sửa số.",
            id="less than no bed",
        ),
        pytest.param(
            "facilities",
            {"code": "4201"},
            "code",
            "FACILITY_CODE_INVALID",
            "“4201” không phải mã cơ sở khám, chữa bệnh: mã có 5 chữ số hoặc chữ cái. Hãy sửa mã.",
            id="a code of 4 signs",
        ),
        pytest.param(
            "facilities",
            {"gln": "893"},
            "gln",
            "GLN_INVALID",
            "“893” không phải mã GLN: mã có 13 chữ số. Hãy sửa mã hoặc để trống.",
            id="a GLN of 3 digits",
        ),
        pytest.param(
            "facilities",
            {"kiosk_until": "2025-07-01"},
            "kiosk_until",
            "DAY_MISSING",
            "Có “kiosk_until” 01/07/2025 mà không có “kiosk_since”. Hãy ghi “kiosk_since” hoặc bỏ “kiosk_until”.",
            id="a kiosk that ended and never began",
        ),
        pytest.param(
            "facilities",
            {"data_sent_since": "2025-07-02", "data_sent_until": "2025-07-01"},
            "data_sent_until",
            "DAYS_OUT_OF_ORDER",
            "“data_sent_until” 01/07/2025 trước “data_sent_since” 02/07/2025. Hãy sửa một trong hai ngày.",
            id="ended sending before it began",
        ),
        pytest.param(
            "facilities",
            {"emr_due_on": "1999-12-31"},
            "emr_due_on",
            "DAY_TOO_EARLY",
            "“emr_due_on” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="due before counting began",
        ),
        pytest.param(
            "residents",
            {"counted_since": "1975-04-30"},
            "counted_since",
            "DAY_TOO_EARLY",
            "“counted_since” 30/04/1975 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="resident since before counting began",
        ),
        pytest.param(
            "residents",
            {"counted_since": "2025-07-02", "counted_until": "2025-07-01"},
            "counted_until",
            "DAYS_OUT_OF_ORDER",
            "“counted_until” 01/07/2025 trước “counted_since” 02/07/2025. Hãy sửa một trong hai ngày.",
            id="left before coming",
        ),
        pytest.param(
            "residents",
            {"documents_complete_since": "2025-07-01"},
            "documents_complete_since",
            "DAY_MISSING",
            "Có “documents_complete_since” 01/07/2025 mà không có “book_since”. "
            "Hãy ghi “book_since” hoặc bỏ “documents_complete_since”.",
            id="all documents but the book",
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
        pytest.param("visits", {"ref": "000000001234"}, id="a number filled up with noughts"),
        pytest.param("visits", {"visited_on": "2000-01-01"}, id="a visit on the first day that counts"),
        pytest.param("facilities", {"beds": 9999, "code": "42A12"}, id="many beds, a letter in the code"),
        pytest.param("facilities", {"beds": 0, "gln": "8930000000001"}, id="no beds, a GLN"),
        pytest.param("facilities", {"kiosk_since": "2025-07-01", "kiosk_until": "2025-07-01"}, id="a kiosk of no day"),
        pytest.param("residents", {"counted_until": "2000-01-01"}, id="left on the day of coming"),
        pytest.param(
            "residents",
            {"book_since": "2025-07-01", "documents_complete_since": "2025-07-01"},
            id="the book and all the rest on one day",
        ),
    ],
)
async def test_what_can_be_is_let_in(load: Load, noun: str, facts: dict[str, Any]) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert (report.errors, report.created) == ((), 1)
