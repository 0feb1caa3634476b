"""Files bring the sector's records: again they change nothing, wrong they are refused in words, and figures follow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_core import contradictions
from dean06_core.database import Database
from dean06_core.figures import Figure, FigureSource
from dean06_core.imports import ImportReport
from dean06_core.observations import unscaled
from dean06_core.testing import everything_kept
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.insured_persons import InsuredPerson
from dean06_social_insurance.plugin import SECTOR

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]
Compute = Callable[[], Awaitable[Mapping[tuple[str, str], Figure]]]

PENSION = {"ref": "H-1", "unit": "18823", "benefit": "PENSION", "started_on": "1987-03-01"}
PERSON = {"ref": "T-1", "unit": "18823", "joined_on": "2012-09-01", "has_personal_id": True, "is_armed_forces": False}
ROWS: dict[str, dict[str, Any]] = {"beneficiaries": PENSION, "insured_persons": PERSON}


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
    await load("beneficiaries", PENSION)
    await load("insured_persons", PERSON)
    changed = await load("beneficiaries", PENSION | {"cashless_since": "15/7/2025"})
    verified = await load("insured_persons", PERSON | {"verified_on": "2025-07-20"})
    assert (changed.updated, verified.updated) == (1, 1)
    async with province.service_reading() as session:
        assert await session.scalar(sa.select(Beneficiary.cashless_since)) == date(2025, 7, 15)
        assert await session.scalar(sa.select(InsuredPerson.verified_on)) == date(2025, 7, 20)


async def test_two_systems_may_use_one_row_number(load: Load, province: Database) -> None:
    assert (await load("beneficiaries", PENSION, PENSION | {"benefit": "ASSISTANCE"})).created == 2
    async with province.service_reading() as session:
        assert {*await session.scalars(sa.select(Beneficiary.benefit))} == {Benefit.PENSION, Benefit.ASSISTANCE}


async def test_the_commune_is_the_one_that_has_the_code_on_the_day_of_the_import(load: Load) -> None:
    assert (await load("beneficiaries", PENSION)).created == 1
    before_the_reform = datetime(2025, 6, 30, 2, tzinfo=UTC)
    [error] = (await load("beneficiaries", PENSION | {"ref": "H-2"}, now=before_the_reform)).errors
    assert error.field == "unit"


async def test_numbers_of_the_insured_are_looked_at_and_never_kept(load: Load, province: Database) -> None:
    told = {"bhxh_number": "4221234567", "bhyt_card": "GD4424221234567"}
    assert (await load("insured_persons", PERSON | told)).created == 1
    assert (await load("insured_persons", PERSON)).unchanged == 1
    assert (await load("beneficiaries", PENSION | {"bhxh_number": "4221234567"})).created == 1
    kept = await everything_kept(province)
    assert str(PERSON["ref"]) in kept
    assert "4221234567" not in kept


@pytest.mark.parametrize(
    ("noun", "facts", "column", "code", "message"),
    [
        pytest.param(
            "beneficiaries",
            {"ended_on": "1987-03-01"},
            "ended_on",
            "ENDED_BEFORE_START",
            "Ngày thôi hưởng 01/03/1987 không sau ngày bắt đầu hưởng 01/03/1987. "
            "Hãy ghi ngày đầu tiên không còn hưởng, hoặc bỏ dòng này nếu chưa hưởng ngày nào.",
            id="ended on the day it started",
        ),
        pytest.param(
            "beneficiaries",
            {"cashless_since": "1999-12-31"},
            "cashless_since",
            "CASHLESS_TOO_EARLY",
            "Ngày bắt đầu nhận không dùng tiền mặt 31/12/1999 trước 01/01/2000. "
            "Hãy sửa ngày; nếu đã nhận như vậy từ trước thì ghi 01/01/2000.",
            id="cashless before counting began",
        ),
        pytest.param(
            "beneficiaries",
            {"started_on": "2025-07-02", "cashless_since": "2025-07-01"},
            "cashless_since",
            "CASHLESS_BEFORE_START",
            "Ngày bắt đầu nhận không dùng tiền mặt 01/07/2025 trước ngày bắt đầu hưởng 02/07/2025. "
            "Hãy sửa một trong hai; nhận như vậy từ đầu thì ghi cùng một ngày.",
            id="cashless before it started",
        ),
        pytest.param(
            "beneficiaries",
            {"cashless_since": "2025-07-01", "ended_on": "2025-07-01"},
            "cashless_since",
            "CASHLESS_AFTER_END",
            "Ngày bắt đầu nhận không dùng tiền mặt 01/07/2025 không trước ngày thôi hưởng 01/07/2025. "
            "Hãy sửa một trong hai, hoặc để trống cashless_since nếu chưa từng nhận như vậy.",
            id="cashless when nothing is paid any more",
        ),
        pytest.param(
            "beneficiaries",
            {"benefit": "SALARY"},
            "benefit",
            "CHOICE_UNKNOWN",
            "“SALARY” không dùng được. Hãy chọn một trong: PENSION, ALLOWANCE, UNEMPLOYMENT, ASSISTANCE.",
            id="a benefit that does not exist",
        ),
        pytest.param(
            "beneficiaries",
            {"ref": "4221234567"},
            "ref",
            "REF_OF_A_PERSON",
            "Ô này có dạng số định danh cá nhân, số chứng minh nhân dân, mã số thuế hoặc số thẻ bảo hiểm. "
            "Hãy ghi số thứ tự của dòng trong hệ thống nguồn.",
            id="told by an insurance number",
        ),
        pytest.param(
            "insured_persons",
            {"left_on": "2012-09-01"},
            "left_on",
            "LEFT_BEFORE_JOINING",
            "Ngày thôi tham gia 01/09/2012 không sau ngày bắt đầu tham gia 01/09/2012. "
            "Hãy ghi ngày đầu tiên không còn tham gia, hoặc bỏ dòng này nếu chưa tham gia ngày nào.",
            id="left on the day of joining",
        ),
        pytest.param(
            "insured_persons",
            {"has_personal_id": False, "verified_on": "2025-07-20"},
            "has_personal_id",
            "VERIFIED_WITHOUT_ID",
            "Đã xác thực ngày 20/07/2025 nhưng ghi là chưa có số định danh cá nhân. "
            "Hãy sửa has_personal_id thành true, hoặc để trống verified_on.",
            id="verified without a number",
        ),
        pytest.param(
            "insured_persons",
            {"verified_on": "1999-12-31"},
            "verified_on",
            "VERIFIED_TOO_EARLY",
            "Ngày xác thực 31/12/1999 trước 01/01/2000, khi chưa có gì để xác thực. "
            "Hãy sửa ngày, hoặc để trống verified_on.",
            id="verified before counting began",
        ),
        pytest.param(
            "insured_persons",
            {"bhyt_card": "GD9424221234567"},
            "bhyt_card",
            "BHYT_CARD_INVALID",
            "Số thẻ BHYT phải có 15 ký tự: 2 chữ cái, 1 chữ số từ 1 đến 5, rồi 12 chữ số; "
            "ô này có 15 ký tự không như vậy. Hãy sửa, hoặc bỏ cột này.",
            id="a card of a benefit that does not exist",
        ),
        pytest.param(
            "insured_persons",
            {"ref": "042190001234"},
            "ref",
            "REF_OF_A_PERSON",
            "Ô này có dạng số định danh cá nhân, số chứng minh nhân dân, mã số thuế hoặc số thẻ bảo hiểm. "
            "Hãy ghi số thứ tự của dòng trong hệ thống nguồn.",
            id="told by a personal ID",
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
        pytest.param("beneficiaries", {"ended_on": "1987-03-02"}, id="paid for one day"),
        pytest.param("beneficiaries", {"cashless_since": "2000-01-01"}, id="cashless when counting began"),
        pytest.param(
            "beneficiaries", {"started_on": "2025-07-01", "cashless_since": "2025-07-01"}, id="cashless from the start"
        ),
        pytest.param(
            "beneficiaries", {"cashless_since": "2025-06-30", "ended_on": "2025-07-01"}, id="cashless on the last day"
        ),
        pytest.param("beneficiaries", {"benefit": "unemployment"}, id="a benefit in small letters"),
        pytest.param("beneficiaries", {"unit": "Phường Vũng Áng"}, id="a commune by its name"),
        pytest.param("insured_persons", {"left_on": "2012-09-02"}, id="insured for one day"),
        pytest.param("insured_persons", {"verified_on": "2000-01-01"}, id="verified when counting began"),
        pytest.param("insured_persons", {"verified_on": "2011-01-01"}, id="verified before joining"),
        pytest.param("insured_persons", {"has_personal_id": "không"}, id="without a number"),
        pytest.param("insured_persons", {"ref": 17, "bhyt_card": "GD4424221234567"}, id="a row number, a card"),
    ],
)
async def test_what_can_be_is_let_in(load: Load, noun: str, facts: dict[str, Any]) -> None:
    report = await load(noun, ROWS[noun] | facts)
    assert report.errors == ()
    assert report.created == 1


async def test_figures_of_communes_and_of_the_province_follow_from_the_files(load: Load, figures: Compute) -> None:
    in_thuong = {"unit": "18844"}
    await load(
        "beneficiaries",
        PENSION | {"cashless_since": "2025-07-10"},
        PENSION | {"ref": "H-2", "cashless_since": "2020-01-01"},
        PENSION | in_thuong | {"ref": "H-3"},
        PENSION | in_thuong | {"ref": "H-4", "benefit": "ALLOWANCE", "cashless_since": "2020-01-01"},
        PENSION | {"benefit": "UNEMPLOYMENT", "started_on": "2025-07-01", "cashless_since": "2025-07-01"},
        PENSION | {"benefit": "UNEMPLOYMENT", "ref": "H-5", "unit": "42", "started_on": "2025-07-01"},
        PENSION | {"benefit": "ASSISTANCE", "cashless_since": "2024-01-01"},
    )
    await load(
        "insured_persons",
        PERSON | {"verified_on": "2024-05-01"},
        PERSON | {"ref": "T-2", "has_personal_id": False},
        PERSON | in_thuong | {"ref": "T-3"},
        PERSON | {"ref": "T-4", "is_armed_forces": True},
    )
    july = await figures()
    told = {place: (figure.numerator, figure.denominator, figure.source) for place, figure in july.items()}
    computed, summed = FigureSource.COMPUTED, FigureSource.ROLLED_UP
    assert told["18823", "pension_cashless_rate"] == (2, 2, computed)
    assert told["42", "pension_cashless_rate"] == (3, 4, summed)
    assert told["42", "pension_cashless_full_communes"] == (1, 2, computed)
    assert told["42", "pension_cashless_new_in_month"] == (1, None, summed)
    assert told["42", "unemployment_benefit_cashless_rate"] == (1, 2, computed)
    assert told["42", "social_assistance_cashless_rate"] == (1, 1, summed)
    assert told["42", "insured_identity_verified_rate"] == (1, 3, summed)
    assert told["18823", "insured_identity_unverified"] == (1, None, computed)
    assert told["42", "insured_identity_unverified"] == (2, None, summed)
    assert ("18823", "pension_cashless_full_communes") not in told


async def test_what_answers_for_a_commune_has_its_parts(load: Load, figures: Compute, province: Database) -> None:
    await load("beneficiaries", PENSION, PENSION | {"ref": "H-2", "cashless_since": "2020-01-01"})
    await load(
        "insured_persons",
        PERSON | {"verified_on": "2024-05-01"},
        PERSON | {"ref": "T-2", "has_personal_id": False},
        PERSON | {"ref": "T-3", "has_personal_id": False},
        PERSON | {"ref": "T-4"},
    )
    july = await figures()
    told = july["18823", "pension_cashless_rate"].statement, july["18823", "insured_identity_unverified"].statement
    async with province.service_reading() as session:
        found = await contradictions.parts(session, [statement for statement in told if statement is not None])
    assert [[(part.part, int(unscaled(part.value_scaled))) for part in found[each]] for each in told if each] == [
        [("cash", 1)],
        [("unverified", 1), ("without_id", 2)],
    ]


async def test_measured_again_the_same_is_unchanged_and_a_change_is_followed(load: Load, figures: Compute) -> None:
    await load("beneficiaries", PENSION)
    before = (await figures())["42", "pension_cashless_full_communes"]
    await load("beneficiaries", PENSION | {"cashless_since": "2025-07-10"})
    after = (await figures())["42", "pension_cashless_full_communes"]
    assert (before.numerator, after.numerator, after.denominator) == (0, 1, 2)
