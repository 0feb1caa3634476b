"""Files bring the sector's records: again they change nothing, wrong they are refused in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_core import BadInput
from dean06_core.database import Database
from dean06_core.imports import ImportReport
from dean06_tax.businesses import Business, Owner, RevenueGroup, Trade
from dean06_tax.invoice_counts import InvoiceCount, month
from dean06_tax.organisations import Organisation
from dean06_tax.plugin import SECTOR
from dean06_tax.taxpayers import Taxpayer

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]

TAXPAYER = {"ref": "17", "unit": "18823", "phase": 2, "listed_on": "2025-07-03"}
ORGANISATION = {"tax_code": "0100047516", "unit": "Phường Vũng Áng", "registered_on": "1999-03-15"}
BUSINESS = {
    "ref": "HKD-5",
    "unit": "18823",
    "owner": "HOUSEHOLD",
    "trade": "FOOD_AND_DRINK",
    "revenue_group": "FROM_1_BILLION",
    "obliged_from": "2025-06-01",
}
INVOICE_COUNT = {
    "business_ref": "HKD-5",
    "unit": "18823",
    "symbol": "1C25MYY",
    "month": "2025-07",
    "counted_until": "31/7/2025",
    "invoices": "1.204",
}
FUEL_STATION = {"ref": "CH-2", "unit": "18844", "tax_code": "0100233488", "opened_on": "2012-05-01"}
ROWS: dict[str, dict[str, Any]] = {
    "taxpayers": TAXPAYER,
    "organisations": ORGANISATION,
    "businesses": BUSINESS,
    "invoice_counts": INVOICE_COUNT | {"invoices": 1204},
    "fuel_stations": FUEL_STATION,
}


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
    await load("taxpayers", TAXPAYER)
    changed = await load("taxpayers", TAXPAYER | {"unit": "18844", "matched_on": "28/7/2025"})
    assert (changed.updated, len(changed.units), changed.since) == (1, 2, date(2025, 7, 3))
    async with province.service_reading() as session:
        assert await session.scalar(sa.select(Taxpayer.matched_on)) == date(2025, 7, 28)


async def test_a_code_of_both_phases_is_two_records(load: Load) -> None:
    assert (await load("taxpayers", TAXPAYER, TAXPAYER | {"phase": 1})).created == 2


@pytest.mark.parametrize("code", ["0314409058", "042301000123"])
async def test_a_persons_tax_code_is_looked_at_and_never_kept(load: Load, province: Database, code: str) -> None:
    assert (await load("taxpayers", TAXPAYER | {"tax_code": code})).errors == ()
    async with province.service_reading() as session:
        [kept] = (await session.execute(sa.select(Taxpayer.__table__))).all()
    assert code not in map(str, kept)


async def test_an_organisations_tax_code_is_kept_as_the_circular_writes_it(load: Load, province: Database) -> None:
    await load("organisations", ORGANISATION | {"tax_code": "0100233488001"})
    async with province.service_reading() as session:
        assert await session.scalar(sa.select(Organisation.tax_code)) == "0100233488-001"


async def test_a_business_is_kept_as_the_file_says(load: Load, province: Database) -> None:
    said = {"owner": "organisation", "tax_code": "0100047516", "trade": "hotel", "revenue_group": "below_1_billion"}
    assert (await load("businesses", BUSINESS | said | {"pos_einvoice_from": "2025-05-02"})).errors == ()
    async with province.service_reading() as session:
        [kept] = (await session.scalars(sa.select(Business))).all()
    assert (kept.owner, kept.trade, kept.revenue_group) == (
        Owner.ORGANISATION,
        Trade.HOTEL,
        RevenueGroup.BELOW_1_BILLION,
    )
    assert (kept.tax_code, kept.pos_einvoice_from, kept.ended_on) == ("0100047516", date(2025, 5, 2), None)


async def test_a_month_is_written_as_a_period_and_kept_as_its_first_day(load: Load, province: Database) -> None:
    assert (await load("invoice_counts", INVOICE_COUNT | {"invoices": "11.670"})).errors == ()
    async with province.service_reading() as session:
        [kept] = (await session.scalars(sa.select(InvoiceCount))).all()
    assert (kept.month, kept.counted_until, kept.invoices) == (date(2025, 7, 1), date(2025, 7, 31), 11670)


@pytest.mark.parametrize("written", ["2025", "2025-W27", "2025-Q3", "2025-13", "2025-07-01", "07/2025", "tháng 7"])
def test_only_a_month_is_a_month(written: str) -> None:
    with pytest.raises(BadInput) as refusal:
        month(written)
    assert refusal.value.message == f"“{written}” không phải là tháng. Hãy ghi như 2025-07."


async def test_a_month_before_the_unit_was_there_is_refused(load: Load) -> None:
    june = {"month": "2025-06", "counted_until": "2025-06-30"}
    [error] = (await load("invoice_counts", ROWS["invoice_counts"] | june)).errors
    assert error.field == "unit"


async def test_records_that_last_are_found_under_the_unit_of_the_day_of_the_import(load: Load) -> None:
    before_the_unit = {"opened_on": "2012-05-01"}
    assert (await load("fuel_stations", FUEL_STATION | before_the_unit)).errors == ()
    long_before = datetime(2012, 5, 1, tzinfo=UTC)
    [error] = (await load("fuel_stations", FUEL_STATION | before_the_unit, now=long_before)).errors
    assert error.field == "unit"


REF_REFUSED = (
    "Ô này có dạng số định danh cá nhân, số chứng minh nhân dân, mã số thuế hoặc số thẻ bảo hiểm. "
    "Hãy ghi số thứ tự của dòng trong hệ thống nguồn."
)


@pytest.mark.parametrize(
    ("noun", "facts", "column", "code", "message"),
    [
        pytest.param(
            "taxpayers", {"ref": "042301000123"}, "ref", "REF_OF_A_PERSON", REF_REFUSED, id="told by a personal ID"
        ),
        pytest.param(
            "fuel_stations", {"ref": "0100047516"}, "ref", "REF_OF_A_PERSON", REF_REFUSED, id="told by a tax code"
        ),
        pytest.param(
            "businesses", {"ref": "183456789"}, "ref", "REF_OF_A_PERSON", REF_REFUSED, id="told by an old identity card"
        ),
        pytest.param(
            "invoice_counts",
            {"business_ref": "0100233488-001"},
            "business_ref",
            "REF_OF_A_PERSON",
            REF_REFUSED,
            id="a business told by its tax code",
        ),
        pytest.param(
            "taxpayers",
            {"phase": 3},
            "phase",
            "PHASE_UNKNOWN",
            "Không có giai đoạn 3. Hãy ghi giai đoạn 1 hoặc 2.",
            id="a third phase",
        ),
        pytest.param(
            "taxpayers",
            {"listed_on": "1999-12-31"},
            "listed_on",
            "DAY_TOO_EARLY",
            "“listed_on” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="listed before counting began",
        ),
        pytest.param(
            "taxpayers",
            {"matched_on": "2025-07-02"},
            "matched_on",
            "DAYS_OUT_OF_ORDER",
            "“matched_on” 02/07/2025 trước “listed_on” 03/07/2025. Hãy sửa một trong hai ngày.",
            id="matched before listed",
        ),
        pytest.param(
            "taxpayers",
            {"closed_on": "2025-07-02"},
            "closed_on",
            "DAYS_OUT_OF_ORDER",
            "“closed_on” 02/07/2025 trước “listed_on” 03/07/2025. Hãy sửa một trong hai ngày.",
            id="void before listed",
        ),
        pytest.param(
            "taxpayers",
            {"tax_code": "0100047515"},
            "tax_code",
            "TAX_CODE_CHECK_DIGIT",
            "Mã số thuế “0100047515” sai chữ số kiểm tra: sau “010004751” phải là 6. "
            "Hãy đối chiếu với giấy chứng nhận đăng ký thuế.",
            id="a wrong code that would not be kept",
        ),
        pytest.param(
            "organisations",
            {"tax_code": "042301000123"},
            "tax_code",
            "TAX_CODE_PERSONAL",
            "Ô này có 12 chữ số của số định danh cá nhân, không phải mã số thuế của tổ chức. "
            "Hãy ghi mã số thuế 10 hoặc 13 chữ số của tổ chức.",
            id="a person for an organisation",
        ),
        pytest.param(
            "organisations",
            {"representative_matched_on": "1999-03-14"},
            "representative_matched_on",
            "DAYS_OUT_OF_ORDER",
            "“representative_matched_on” 14/03/1999 trước “registered_on” 15/03/1999. Hãy sửa một trong hai ngày.",
            id="matched before registered",
        ),
        pytest.param(
            "organisations",
            {"closed_on": "1999-03-14"},
            "closed_on",
            "DAYS_OUT_OF_ORDER",
            "“closed_on” 14/03/1999 trước “registered_on” 15/03/1999. Hãy sửa một trong hai ngày.",
            id="closed before registered",
        ),
        pytest.param(
            "businesses",
            {"tax_code": "0100047516"},
            "tax_code",
            "TAX_CODE_PERSONAL",
            "Mã số thuế của hộ kinh doanh gắn với một cá nhân nên không lưu ở đây. Hãy để trống ô này.",
            id="a household's tax code",
        ),
        pytest.param(
            "businesses",
            {"owner": "ORGANISATION"},
            "tax_code",
            "TAX_CODE_MISSING",
            "Cơ sở “HKD-5” của tổ chức nhưng thiếu mã số thuế. Hãy ghi mã số thuế của tổ chức.",
            id="an organisation without its code",
        ),
        pytest.param(
            "businesses",
            {"obliged_from": "1999-12-31"},
            "obliged_from",
            "DAY_TOO_EARLY",
            "“obliged_from” 31/12/1999 trước 01/01/2000. "
            "Hãy kiểm tra năm; điều đã có từ trước đó mà còn kéo dài thì ghi 2000-01-01.",
            id="obliged before counting began",
        ),
        pytest.param(
            "businesses",
            {"ended_on": "2025-05-31"},
            "ended_on",
            "DAYS_OUT_OF_ORDER",
            "“ended_on” 31/05/2025 trước “obliged_from” 01/06/2025. Hãy sửa một trong hai ngày.",
            id="ended before it began",
        ),
        pytest.param(
            "invoice_counts",
            {"symbol": "1C25TYY"},
            "symbol",
            "SYMBOL_NOT_CASH_REGISTER",
            "Ký hiệu “1C25TYY” không phải của hóa đơn khởi tạo từ máy tính tiền: ký tự thứ năm là T. "
            "Hãy chỉ nhập số hóa đơn của ký hiệu có ký tự thứ năm là M.",
            id="invoices of no cash register",
        ),
        pytest.param(
            "invoice_counts",
            {"symbol": "1C24MYY"},
            "symbol",
            "SYMBOL_OF_ANOTHER_YEAR",
            "Ký hiệu “1C24MYY” là của năm 2024, dòng này là của tháng 07/2025. Hãy sửa ký hiệu hoặc tháng.",
            id="a symbol of last year",
        ),
        pytest.param(
            "invoice_counts",
            {"counted_until": "2025-06-30"},
            "counted_until",
            "COUNTED_IN_ANOTHER_MONTH",
            "Ngày đếm đến 30/06/2025 không nằm trong tháng 07/2025. Hãy ghi ngày cuối cùng của tháng đó đã được đếm.",
            id="counted before the month",
        ),
        pytest.param(
            "invoice_counts",
            {"counted_until": "2025-08-01"},
            "counted_until",
            "COUNTED_IN_ANOTHER_MONTH",
            "Ngày đếm đến 01/08/2025 không nằm trong tháng 07/2025. Hãy ghi ngày cuối cùng của tháng đó đã được đếm.",
            id="counted after the month",
        ),
        pytest.param(
            "invoice_counts",
            {"invoices": -1},
            "invoices",
            "INVOICES_NEGATIVE",
            "Số hóa đơn -1 nhỏ hơn 0. Hãy ghi số hóa đơn đã lập.",
            id="fewer invoices than none",
        ),
        pytest.param(
            "fuel_stations",
            {"per_sale_einvoice_from": "2012-04-30"},
            "per_sale_einvoice_from",
            "DAYS_OUT_OF_ORDER",
            "“per_sale_einvoice_from” 30/04/2012 trước “opened_on” 01/05/2012. Hãy sửa một trong hai ngày.",
            id="sold before it opened",
        ),
        pytest.param(
            "fuel_stations",
            {"closed_on": "2012-04-30"},
            "closed_on",
            "DAYS_OUT_OF_ORDER",
            "“closed_on” 30/04/2012 trước “opened_on” 01/05/2012. Hãy sửa một trong hai ngày.",
            id="closed before it opened",
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    load: Load, noun: str, facts: dict[str, Any], column: str, code: str, message: str
) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert [(error.field, error.code, error.message) for error in report.errors] == [(column, code, message)]
    assert report.created == 0


async def test_a_month_before_counting_began_is_refused_since_no_symbol_is_of_its_year(load: Load) -> None:
    long_ago = {"month": "1999-12", "counted_until": "1999-12-31", "symbol": "1C99MYY"}
    errors = {error.code: error.message for error in (await load("invoice_counts", INVOICE_COUNT | long_ago)).errors}
    assert errors["SYMBOL_OF_ANOTHER_YEAR"] == (
        "Ký hiệu “1C99MYY” là của năm 2099, dòng này là của tháng 12/1999. Hãy sửa ký hiệu hoặc tháng."
    )


@pytest.mark.parametrize(
    ("noun", "facts"),
    [
        pytest.param("taxpayers", {"ref": "000000001234"}, id="told by a number filled up with noughts"),
        pytest.param("businesses", {"ref": 18}, id="told by a number of JSON"),
        pytest.param("invoice_counts", {"business_ref": "CS-001"}, id="a business told by its row"),
        pytest.param("fuel_stations", {"ref": "CH-0100047516"}, id="told by a number with letters"),
        pytest.param("taxpayers", {"listed_on": "2000-01-01"}, id="listed on the first day that counts"),
        pytest.param("taxpayers", {"matched_on": "2025-07-03"}, id="matched when listed"),
        pytest.param("taxpayers", {"closed_on": "2025-07-03"}, id="void when listed"),
        pytest.param("organisations", {"representative_matched_on": "1999-03-15"}, id="matched when registered"),
        pytest.param("organisations", {"closed_on": "1999-03-15"}, id="closed when registered"),
        pytest.param("businesses", {"obliged_from": "2000-01-01"}, id="obliged on the first day that counts"),
        pytest.param("businesses", {"pos_einvoice_from": "2025-05-31"}, id="a cash register before the duty"),
        pytest.param("businesses", {"ended_on": "2025-06-01"}, id="ended when it began"),
        pytest.param("invoice_counts", {"symbol": " 2k25mab "}, id="small letters and blanks"),
        pytest.param("invoice_counts", {"counted_until": "2025-07-01"}, id="one day of the month"),
        pytest.param("invoice_counts", {"invoices": 0}, id="no invoices"),
        pytest.param("fuel_stations", {"per_sale_einvoice_from": "2012-05-01"}, id="complies since it opened"),
        pytest.param("fuel_stations", {"closed_on": "2012-05-01"}, id="closed when it opened"),
        pytest.param("fuel_stations", {"opened_on": "1995-05-01"}, id="opened before counting began"),
    ],
)
async def test_what_can_be_is_let_in(load: Load, noun: str, facts: dict[str, Any]) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert (report.errors, report.created) == ((), 1)
