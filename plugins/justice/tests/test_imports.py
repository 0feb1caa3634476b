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
from dean06_justice.marriages import Marriage
from dean06_justice.plugin import SECTOR

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]

CERTIFICATE = {"ref": "LLTP-1", "unit": "18823", "form": 1, "channel": "vneid", "received_on": "2025-07-02"}
MARRIAGE = {"ref": "KH-1", "unit": "18823", "found_on": "2025-06-06", "due_on": "2025-09-03"}
PROCEDURE = {
    "code": "1.001",
    "name": "Cấp chứng chỉ hành nghề hoạt động xây dựng",
    "unit": "so-xay-dung",
    "listed_on": "2023-07-09",
}
ROWS: dict[str, dict[str, Any]] = {"certificates": CERTIFICATE, "marriages": MARRIAGE, "procedures": PROCEDURE}
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
    await load("marriages", MARRIAGE)
    changed = await load("marriages", MARRIAGE | {"cleaned_on": "28/7/2025"})
    assert (changed.updated, changed.since) == (1, date(2025, 6, 6))
    async with province.service_reading() as session:
        assert await session.scalar(sa.select(Marriage.cleaned_on)) == date(2025, 7, 28)


async def test_the_commune_of_a_marriage_is_the_one_that_has_the_code_now(load: Load) -> None:
    assert (await load("marriages", MARRIAGE)).errors == ()
    report = await load("certificates", CERTIFICATE | {"received_on": "2025-06-06"})
    assert [(error.field, error.code) for error in report.errors] == [("unit", "UNIT_UNKNOWN")]


async def test_what_was_loaded_is_measured_with_the_rights_of_the_sector_alone(load: Load, province: Database) -> None:
    await load("procedures", PROCEDURE)
    async with province.service_reading() as session:
        key = (await Directory.load(session)).named("42", date(2025, 7, 28)).key
    own = Right(DataClass.DIRECTORY, ALL, ALL), Right(DataClass.RECORD, frozenset({SECTOR.code}), ALL)
    async with province.reading(own) as session:
        july = Span.of(Period.parse("2025-07"), Window.PERIOD)
        [found] = await SECTOR.resolvers["justice.procedures_requiring_paper_record"](session, [key], [july])
    assert (found.unit, found.numerator, found.as_of) == (key, 1, date(2023, 7, 9))


@pytest.mark.parametrize(
    ("noun", "facts", "column", "code", "message"),
    [
        pytest.param(
            "certificates",
            {"ref": "042190001234"},
            "ref",
            "REF_OF_A_PERSON",
            OF_A_PERSON,
            id="told by a personal ID",
        ),
        pytest.param(
            "marriages",
            {"ref": True},
            "ref",
            "CELL_INVALID",
            "“True” phải là chữ hoặc số. Hãy sửa ô này.",
            id="told by no number",
        ),
        pytest.param(
            "certificates",
            {"form": 3},
            "form",
            "FORM_INVALID",
            "Không có Phiếu lý lịch tư pháp số 3. Hãy ghi 1 hoặc 2.",
            id="a form that does not exist",
        ),
        pytest.param(
            "certificates",
            {"issued_on": "2025-07-01"},
            "issued_on",
            "DAYS_OUT_OF_ORDER",
            "“issued_on” 01/07/2025 trước “received_on” 02/07/2025. Hãy sửa một trong hai ngày.",
            id="issued before it was received",
        ),
        pytest.param(
            "certificates",
            {"received_on": "1999-12-31"},
            "received_on",
            "DAY_TOO_EARLY",
            "“received_on” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="received before counting began",
        ),
        pytest.param(
            "marriages",
            {"cleaned_on": "2025-06-05"},
            "cleaned_on",
            "DAYS_OUT_OF_ORDER",
            "“cleaned_on” 05/06/2025 trước “found_on” 06/06/2025. Hãy sửa một trong hai ngày.",
            id="cleaned before it was found",
        ),
        pytest.param(
            "marriages",
            {"due_on": "2025-06-05"},
            "due_on",
            "DAYS_OUT_OF_ORDER",
            "“due_on” 05/06/2025 trước “found_on” 06/06/2025. Hãy sửa một trong hai ngày.",
            id="due before it was found",
        ),
        pytest.param(
            "procedures",
            {"paper_needed_until": "2023-07-08"},
            "paper_needed_until",
            "DAYS_OUT_OF_ORDER",
            "“paper_needed_until” 08/07/2023 trước “listed_on” 09/07/2023. Hãy sửa một trong hai ngày.",
            id="dropped before it was listed",
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    load: Load, noun: str, facts: dict[str, Any], column: str, code: str, message: str
) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert [(error.field, error.code, error.message) for error in report.errors if error.field != "unit"] == [
        (column, code, message)
    ]
    assert report.created == 0


@pytest.mark.parametrize(
    ("noun", "facts"),
    [
        pytest.param("certificates", {"ref": "000000001234"}, id="a number filled up with noughts"),
        pytest.param("certificates", {"form": 2, "issued_on": "2025-07-02"}, id="form 2, issued at once"),
        pytest.param("marriages", {"due_on": None, "cleaned_on": "2025-06-06"}, id="cleaned at once, in no campaign"),
        pytest.param("procedures", {"paper_needed_until": "2023-07-09"}, id="dropped at once"),
        pytest.param("procedures", {"listed_on": "2000-01-01"}, id="listed on the first day that counts"),
    ],
)
async def test_what_can_be_is_let_in(load: Load, noun: str, facts: dict[str, Any]) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert (report.errors, report.created) == ((), 1)
