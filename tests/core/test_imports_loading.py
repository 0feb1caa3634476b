"""A file is imported whole or not at all; imported again it changes nothing; what is wrong is told row by row."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_core import imports
from dean06_core.documents import LegalDocument
from dean06_core.errors import BadInput
from dean06_core.imports import NOUNS, ImportReport, RowError, read_rows, rows_of
from dean06_core.observations import DataState, Observation, Qualifier
from dean06_core.outcomes import Tally
from dean06_core.tasks import Task
from dean06_core.testing import statements
from dean06_core.units import UnitVersion
from tests.core.ha_tinh import NOW, REFORM, TODAY, Office, empty_office, office

pytestmark = pytest.mark.anyio

REPORT = "Báo cáo tháng 7/2025"
RECORDS = "justice.criminal_record_vneid_rate"
KIOSKS = "health.health_kiosk_facility_count"

ROWS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "units": [
        {
            "code": "18073",
            "name": "Phường Thành Sen",
            "level": "COMMUNE",
            "tier": "COMMUNE",
            "parent": "42",
            "valid_from": "2025-07-01",
            "basis": "19/2025/QĐ-TTg",
            "predecessors": [{"code": "18094", "kind": "MERGE", "partly": False}],
        },
        {
            "code": "18844",
            "name": "Xã Kỳ Thượng",
            "level": "COMMUNE",
            "tier": "COMMUNE",
            "parent": "42",
            "valid_from": "2025-07-01",
        },
        {
            "code": "18094",
            "name": "Phường Trần Phú",
            "level": "COMMUNE",
            "tier": "COMMUNE",
            "parent": "42",
            "valid_from": "1991-08-12",
            "valid_to": "2025-07-01",
        },
        {
            "code": "cong-an-tinh",
            "scheme": "SLUG",
            "name": "Công an tỉnh",
            "level": "DEPARTMENT",
            "tier": "PROVINCIAL",
            "parent": "42",
            "valid_from": "1991-08-12",
        },
        {
            "code": "bhxh",
            "scheme": "SLUG",
            "name": "Bảo hiểm xã hội khu vực",
            "level": "REGION",
            "tier": "PROVINCIAL",
            "parent": "VN",
            "valid_from": "1991-08-12",
            "serves": ["42"],
        },
        {
            "code": "42",
            "name": "Tỉnh Hà Tĩnh",
            "level": "PROVINCE",
            "tier": "PROVINCIAL",
            "parent": "VN",
            "valid_from": "1991-08-12",
            "codes": [{"scheme": "QD20", "code": "H27"}],
        },
        {
            "code": "VN",
            "scheme": "SLUG",
            "name": "Việt Nam",
            "level": "COUNTRY",
            "tier": "CENTRAL",
            "valid_from": "1945-09-02",
        },
    ],
    "groups": [
        {"code": "cac-xa", "name": "Các xã", "members": ["18073", "UBND Xã Kỳ Thượng"], "valid_from": "2025-07-01"}
    ],
    "documents": [
        {"number": "1824/QĐ-UBND", "kind": "Quyết định", "issued_on": "2025-07-15", "prepared_by": ["cong-an-tinh"]},
        {"label": REPORT, "kind": "Báo cáo", "issued_on": "2025-07-28"},
    ],
    "indicators": [
        {
            "code": "local.stations",
            "name": "Tỷ lệ trạm 5G so với trạm 4G",
            "name_en": "5G stations",
            "numerator_label": "Trạm 5G",
            "denominator_label": "Trạm 4G",
            "definition": "Số trạm 5G chia cho số trạm 4G.",
            "over_time": "LAST",
            "order": 920,
            "responsible": "cong-an-tinh",
            "basis": [REPORT],
        }
    ],
    "targets": [
        {"indicator": RECORDS, "value": "80", "kind": "FLOOR", "valid_from": "2025-01-01", "basis": "1824/QĐ-UBND"},
        {"indicator": RECORDS, "value": "95,5", "tier": "COMMUNE", "within": "42", "valid_from": "2025-01-01"},
        {"indicator": RECORDS, "value": 90, "group": "cac-xa", "valid_from": "2025-07-01"},
        {"indicator": RECORDS, "value": 85, "unit": "18844", "period": "2025-Q3", "valid_from": "2025-07-01"},
        {
            "indicator": RECORDS,
            "value": 99,
            "national": True,
            "check": "AT_DEADLINE",
            "due_on": "2025-12-31",
            "valid_from": "2025-01-01",
        },
    ],
    "observations": [
        {
            "indicator": RECORDS,
            "unit": "42",
            "period": "2025-07",
            "window": "TO_DATE",
            "numerator": 20505,
            "denominator": 26337,
            "printed": "77%",
            "document": REPORT,
            "section": "1.2(4)",
            "reporter": "cong-an-tinh",
            "change": 1089,
            "changed_since": "tháng trước",
            "rank": 1,
            "rank_of": 34,
        },
        {
            "indicator": RECORDS,
            "unit": "UBND Xã Kỳ Thượng.",
            "period": "2025-07",
            "value": "98.57",
            "printed": "hơn 98,57%",
            "qualifier": "MORE_THAN",
            "document": REPORT,
            "section": "2.2",
            "reporter": "cong-an-tinh",
            "comment": "Chưa rõ kỳ tính.",
        },
        {
            "indicator": KIOSKS,
            "unit": "42",
            "tier": "COMMUNE",
            "period": "2025-07",
            "numerator": 12,
            "parts": [{"part": "hospital", "value": "5"}, {"part": "centre", "value": "7"}],
            "reporter": "42",
        },
    ],
    "tasks": [
        {
            "code": "HT25-001",
            "title": "Liên thông hồ sơ đất đai",
            "group": "interconnection",
            "origin": "CENTRAL",
            "lead": "cong-an-tinh",
            "cooperating": ["18073", "18844"],
            "assigned_by": "42",
            "assigned_on": "2025-07-14",
            "deadline": "2025-08-31",
            "basis": ["1824/QĐ-UBND"],
            "sectors": ["justice", "health"],
            "condition": [{"indicator": RECORDS, "kind": "FLOOR", "basis": "1824/QĐ-UBND"}],
            "mentions": [{"document": REPORT, "section": "2.1", "stated_state": "overdue"}],
            "progress": [{"on": "2025-07-28", "unit": "cong-an-tinh", "done": "Đã nối dữ liệu"}],
            "events": [{"kind": "EXTENDED", "on": "2025-07-28", "deadline": "2025-09-30", "basis": "1824/QĐ-UBND"}],
        },
        {
            "code": "HT25-002",
            "title": "Báo cáo mỗi tuần",
            "group": "reporting",
            "origin": "REPORT",
            "recurrence": "RECURRING",
            "lead_group": "cac-xa",
            "assigned_on": "2025-07-28",
        },
    ],
    "mentions": [{"task": "HT25-002", "document": REPORT, "section": "3.2.13(8)", "deadline_text": "thứ Năm"}],
    "systems": [
        {"code": "vneid", "name": "VNeID", "owner": "cong-an-tinh"},
        {
            "code": "one-stop",
            "name": "Hệ thống một cửa",
            "links": [
                {"to": "vneid", "state": "PLANNED"},
                {"to": "vneid", "state": "IN_USE", "on": "2025-07-01", "remark": "Đăng nhập bằng VNeID."},
            ],
        },
    ],
}
STATEMENT = ROWS["observations"][0]


@pytest.fixture
async def loaded(tmp_path: Path) -> AsyncIterator[Office]:
    """Everything that the rows say, imported."""
    async with empty_office(tmp_path) as opened:
        await load_everything(opened)
        yield opened


async def load_everything(opened: Office, rows: Mapping[str, Sequence[Any]] = ROWS) -> dict[str, ImportReport]:
    await opened.declare()
    return {noun: await opened.load(noun, rows[noun]) for noun in NOUNS}


def wrong(**changes: Any) -> dict[str, Any]:
    return {**STATEMENT, **changes}


async def test_every_noun_is_imported_in_the_order_of_reference(tmp_path: Path) -> None:
    async with empty_office(tmp_path) as opened:
        reports = await load_everything(opened)
    assert {noun: report.errors for noun, report in reports.items()} == dict.fromkeys(NOUNS, ())
    made = {noun: report.created + report.updated for noun, report in reports.items()}
    assert made == {noun: len(ROWS[noun]) for noun in NOUNS}
    assert {noun for noun, report in reports.items() if report.changed} == {"units", "groups"}
    assert reports["units"].changed == reports["groups"].changed == {"directory"}


async def test_importing_again_changes_nothing(loaded: Office) -> None:
    before = await loaded.everything()
    for noun in NOUNS:
        again = await loaded.load(noun, ROWS[noun])
        assert again == ImportReport(noun=noun, unchanged=len(ROWS[noun]))
    assert await loaded.everything() == before


async def test_a_dry_run_tells_what_would_happen_and_leaves_nothing(loaded: Office) -> None:
    before = await loaded.everything()
    rows = [{**ROWS["observations"][0], "numerator": 1}, {**STATEMENT, "unit": "18073"}]
    assert await loaded.load("observations", rows, dry_run=True) == ImportReport(
        noun="observations", created=1, updated=1, dry_run=True
    )
    assert await loaded.load("units", [{**ROWS["units"][1], "name": "Xã Khác"}], dry_run=True) == ImportReport(
        noun="units", updated=1, dry_run=True
    )
    assert await loaded.everything() == before
    assert await loaded.load("observations", rows) == ImportReport(noun="observations", created=1, updated=1)


async def test_one_wrong_row_leaves_nothing_written(loaded: Office) -> None:
    before = await loaded.everything()
    report = await loaded.load("observations", [wrong(unit="18073"), wrong(unit="18844", numerator=99_999)])
    assert report == ImportReport(
        noun="observations",
        errors=(
            RowError(
                2,
                "numerator",
                "NUMERATOR_ABOVE_DENOMINATOR",
                "Tử số 99999 lớn hơn mẫu số 26337 của “Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID”. "
                "Hãy kiểm tra lại hai số.",
            ),
        ),
    )
    assert await loaded.everything() == before


async def test_a_refused_import_leaves_the_rest_of_the_transaction_alone(loaded: Office) -> None:
    directory, catalogue = await loaded.directory(), await loaded.catalogue()
    async with loaded.database.service() as session:
        session.add(LegalDocument(label="Luật Căn cước", kind="Luật"))
        report = await imports.run(
            session,
            noun="units",
            rows=rows_of([{**ROWS["units"][1], "name": "Xã Khác", "parent": "99"}]),
            directory=directory,
            catalogue=catalogue,
            now=NOW,
        )
        assert [error.code for error in report.errors] == ["UNIT_UNKNOWN"]
    async with loaded.database.service() as session:
        labels = await session.scalars(sa.select(LegalDocument.label).order_by(LegalDocument.label))
        assert labels.all() == ["1824/QĐ-UBND", REPORT, "Luật Căn cước"]
        assert await session.scalar(sa.select(UnitVersion.name).where(UnitVersion.name == "Xã Khác")) is None


async def test_all_that_is_wrong_is_told_at_once(loaded: Office) -> None:
    rows = [
        wrong(),
        wrong(period="2025-13", numerator="1.234", reporter=None),
        wrong(indicator="justice.nothing", unit="99999", reporter="Xã Nào Đó", document="1/QĐ"),
        wrong(unit="18073", numerator=None),
    ]
    report = await loaded.load("observations", rows)
    assert [(error.row, error.field, error.code) for error in report.errors] == [
        (2, "reporter", "CELL_EMPTY"),
        (2, "period", "PERIOD_INVALID"),
        (3, "indicator", "INDICATOR_UNKNOWN"),
        (3, "unit", "UNIT_UNKNOWN"),
        (3, "reporter", "UNIT_UNKNOWN"),
        (3, "document", "DOCUMENT_UNKNOWN"),
        (4, "numerator", "NUMERATOR_MISSING"),
    ]


async def test_only_the_first_two_hundred_errors_are_told(loaded: Office) -> None:
    report = await loaded.load("observations", [wrong(unit=str(number)) for number in range(1000, 1300)])
    assert len(report.errors) == 200
    assert report.errors[-1].row == 200


async def test_a_column_that_means_nothing_is_told_once_with_the_one_that_was_meant(loaded: Office) -> None:
    report = await loaded.load("observations", [wrong(), wrong(numerater=5), wrong(numerater=6)])
    assert report.errors == (
        RowError(2, "numerater", "COLUMN_UNKNOWN", "Không có cột “numerater”. Có phải là “numerator”?"),
    )


async def test_a_column_that_resembles_none_is_told_with_all_there_are(loaded: Office) -> None:
    report = await loaded.load("groups", [{**ROWS["groups"][0], "xyz": 1}])
    assert [error.message for error in report.errors] == [
        "Không có cột “xyz”. Các cột có thể dùng: code, name, within, members, valid_from, valid_to."
    ]


async def test_a_missing_column_is_told_once(loaded: Office) -> None:
    rows = [{key: value for key, value in row.items() if key != "kind"} for row in ROWS["documents"]]
    report = await loaded.load("documents", rows)
    assert report.errors == (RowError(1, "kind", "COLUMN_MISSING", "Tệp không có cột “kind”. Hãy thêm cột này."),)


async def test_what_is_wrong_inside_a_cell_is_told_by_its_path(loaded: Office) -> None:
    events = [{"kind": "DONE", "on": "mai"}, {"kind": "XONG", "on": "2025-07-28", "deadlin": "2025-08-01"}]
    report = await loaded.load("tasks", [{**ROWS["tasks"][1], "events": events}])
    assert [(error.field, error.code) for error in report.errors] == [
        ("events[0].on", "DATE_INVALID"),
        ("events[1].kind", "CHOICE_UNKNOWN"),
        ("events[1].deadlin", "COLUMN_UNKNOWN"),
    ]


@pytest.mark.parametrize(
    ("unit", "period", "message"),
    [
        pytest.param(
            "18094",
            "2025-07",
            "Kỳ 2025-07: “Phường Trần Phú” chỉ có đến ngày 01/07/2025; đơn vị kế thừa: Phường Thành Sen. "
            "Hãy ghi đơn vị đó.",
            id="a code that nobody holds any more",
        ),
        pytest.param(
            "18073",
            "2025-06",
            "Kỳ 2025-06: “Phường Thành Sen” chỉ có từ ngày 01/07/2025. Hãy chọn kỳ kết thúc sau ngày đó.",
            id="a code that nobody held yet",
        ),
        pytest.param(
            "Phường Trần Phú",
            "2025-07",
            "Không nhận ra đơn vị “Phường Trần Phú” vào ngày 31/07/2025. "
            "Hãy ghi mã đơn vị hoặc tên đầy đủ kèm Xã, Phường.",
            id="a name that nobody bears any more",
        ),
        pytest.param(
            "99999",
            "2025-07",
            "Không có đơn vị mang mã “99999” vào ngày 31/07/2025 trong phạm vi của bạn. Hãy tra mã ở truy vấn units.",
            id="a code that nobody ever held",
        ),
    ],
)
async def test_a_figure_is_of_a_unit_that_was_there(loaded: Office, unit: str, period: str, message: str) -> None:
    report = await loaded.load("observations", [wrong(unit=unit, period=period)])
    assert [(error.field, error.message) for error in report.errors] == [("unit", message)]


@pytest.mark.parametrize(
    ("period", "message"),
    [
        pytest.param(
            "2004",
            "Kỳ 2004: “Xã Hai” chỉ có đến ngày 01/01/2003. Hãy chọn kỳ kết thúc trước ngày đó.",
            id="whoever held it last",
        ),
        pytest.param(
            "1992",
            "Kỳ 1992: “Xã Một” chỉ có từ ngày 01/01/1995. Hãy chọn kỳ kết thúc sau ngày đó.",
            id="whoever held it first, if nobody had",
        ),
    ],
)
async def test_a_code_that_nobody_holds_that_day_means_its_last_holder(
    loaded: Office, period: str, message: str
) -> None:
    communes = [("Xã Một", "1995-01-01", "1999-01-01"), ("Xã Hai", "2000-01-01", "2003-01-01")]
    communes.append(("Xã Ba", "2005-01-01", "2006-01-01"))
    rows = [
        {**ROWS["units"][1], "code": "19001", "name": name, "valid_from": starts, "valid_to": ends}
        for name, starts, ends in communes
    ]
    assert (await loaded.load("units", rows)).created == 3
    report = await loaded.load("observations", [wrong(unit="19001", period=period)])
    assert [error.message for error in report.errors] == [message]


async def test_the_same_code_is_another_unit_before_the_reform(tmp_path: Path) -> None:
    async with office(tmp_path) as opened:
        await opened.load("documents", ROWS["documents"])
        rows = [wrong(unit="18100", period="2025-06"), wrong(unit="18100", period="2025-07")]
        assert (await opened.load("observations", rows)).created == 2
        directory = await opened.directory()
        async with opened.database.service() as session:
            units = await session.scalars(sa.select(Observation.unit_key).order_by(Observation.period))
            assert [directory.unit(key, TODAY).name for key in units] == ["Phường Thạch Hạ", "Phường Trần Phú"]


@pytest.mark.parametrize(
    ("reporter", "code"),
    [
        pytest.param("42", "42", id="a code"),
        pytest.param("UBND Xa Ky Thuong.", "18844", id="a commune of the province"),
        pytest.param("bảo hiểm xã hội khu vực", "bhxh", id="an agency outside that serves the province"),
    ],
)
async def test_a_reporter_is_found_by_code_or_by_name(loaded: Office, reporter: str, code: str) -> None:
    assert (await loaded.load("observations", [wrong(unit="18073", reporter=reporter)])).created == 1
    directory = await loaded.directory()
    async with loaded.database.service_reading() as session:
        unit = directory.named("18073", TODAY).key
        found = await session.scalar(sa.select(Observation.reporter_key).where(Observation.unit_key == unit))
    assert found == directory.named(code, TODAY).key


async def test_a_name_outside_the_province_is_not_meant(loaded: Office) -> None:
    report = await loaded.load("observations", [wrong(reporter="Việt Nam")])
    assert [(error.field, error.code) for error in report.errors] == [("reporter", "UNIT_UNKNOWN")]


async def test_a_file_without_rows_is_nothing(loaded: Office) -> None:
    before = await loaded.everything()
    for noun in NOUNS:
        assert await loaded.load(noun, []) == ImportReport(noun=noun)
    assert await loaded.everything() == before


async def test_two_rows_for_one_place_are_told(loaded: Office) -> None:
    report = await loaded.load("observations", [wrong(unit="18844"), wrong(unit="Xã Kỳ Thượng", numerator=5)])
    assert [(error.row, error.code) for error in report.errors] == [(2, "STATED_TWICE")]


async def test_what_a_document_says_is_published_and_an_entry_is_a_draft(loaded: Office) -> None:
    async with loaded.database.service() as session:
        rows = await session.execute(sa.select(Observation.state, Observation.qualifier, Observation.recorded_at))
        assert sorted(map(tuple, rows)) == [
            (DataState.DRAFT, Qualifier.EXACT, NOW),
            (DataState.PUBLISHED, Qualifier.EXACT, NOW),
            (DataState.PUBLISHED, Qualifier.MORE_THAN, NOW),
        ]


async def test_a_conflict_with_what_is_known_is_told_with_its_row(loaded: Office) -> None:
    first, second = ROWS["tasks"]
    report = await loaded.load("tasks", [first, {**second, "title": "Báo cáo mỗi tháng"}])
    assert [(error.row, error.field, error.code) for error in report.errors] == [(2, "title", "TASK_CONFLICT")]
    levels = [{**ROWS["targets"][0], "value": "85"}, *ROWS["targets"][1:]]
    report = await loaded.load("targets", levels)
    assert [(error.row, error.field, error.code) for error in report.errors] == [(1, "value", "TARGET_CONFLICT")]


async def test_wrong_rows_do_not_hide_a_conflict_in_another(loaded: Office) -> None:
    levels = [{**ROWS["targets"][0], "value": "85"}, {**ROWS["targets"][1], "value": "nhiều"}]
    report = await loaded.load("targets", levels)
    assert [(error.row, error.code) for error in report.errors] == [(1, "TARGET_CONFLICT"), (2, "NUMBER_INVALID")]


async def test_a_wrong_unit_does_not_make_its_children_look_wrong(tmp_path: Path) -> None:
    async with empty_office(tmp_path) as opened:
        rows = [{**row, "level": "TỈNH"} if row["code"] == "42" else row for row in ROWS["units"]]
        report = await opened.load("units", rows)
    assert [(error.row, error.field, error.code) for error in report.errors] == [(6, "level", "CHOICE_UNKNOWN")]


async def test_between_two_provinces_a_file_names_its_own(tmp_path: Path) -> None:
    thanh_hoa = {**ROWS["units"][5], "code": "38", "name": "Tỉnh Thanh Hóa", "codes": None}
    async with empty_office(tmp_path) as opened:
        await opened.load("units", [*ROWS["units"], thanh_hoa])
        report = await opened.load("groups", ROWS["groups"])
        assert [(error.field, error.message) for error in report.errors] == [
            ("within", "Vào ngày 01/07/2025 có 2 tỉnh nên không rõ tệp của tỉnh nào. Hãy nhập đơn vị trước, "
             "hoặc ghi mã tỉnh."),
            ("members", "Vào ngày 01/07/2025 có 2 tỉnh nên không rõ tệp của tỉnh nào. Hãy nhập đơn vị trước, "
             "hoặc ghi mã tỉnh."),
        ]  # fmt: skip
        assert (await opened.load("groups", ROWS["groups"], province="42")).created == 1


async def test_an_unknown_noun_is_refused(loaded: Office) -> None:
    with pytest.raises(BadInput) as refused:
        await loaded.load("reports", [])
    assert refused.value.message == (
        "Không nhập được “reports”. Hãy chọn một trong: "
        "units, groups, documents, indicators, targets, observations, tasks, mentions, systems."
    )


async def test_an_indicator_that_cannot_be_is_told(loaded: Office) -> None:
    rows = [{**ROWS["indicators"][0], "denominator_label": None}, {**ROWS["indicators"][0], "code": "health.stations"}]
    report = await loaded.load("indicators", rows)
    assert [(error.row, error.field, error.code) for error in report.errors] == [
        (1, "code", "INDICATOR_INVALID"),
        (2, "code", "INDICATOR_NOT_LOCAL"),
    ]


@pytest.mark.parametrize(
    ("condition", "field", "code"),
    [
        pytest.param({"indicator": RECORDS, "value": 80}, None, None, id="told by its level"),
        pytest.param({"indicator": RECORDS, "unit": "18844"}, None, None, id="told by its unit"),
        pytest.param({"indicator": RECORDS, "value": 81}, "condition", "TARGET_UNKNOWN", id="no such level"),
        pytest.param({"indicator": RECORDS, "kind": "ASSIGNED"}, "condition", "TARGET_AMBIGUOUS", id="one of many"),
        pytest.param({"value": 80}, "condition[0].indicator", "CELL_EMPTY", id="of nothing"),
    ],
)
async def test_a_task_waits_for_one_target(
    loaded: Office, condition: dict[str, Any], field: str | None, code: str | None
) -> None:
    order = {**ROWS["tasks"][1], "code": "HT25-003", "condition": [condition]}
    report = await loaded.load("tasks", [order])
    assert [(error.field, error.code) for error in report.errors] == ([] if field is None else [(field, code)])
    assert report.created == (field is None)


async def test_a_task_waits_for_one_target_only(loaded: Office) -> None:
    condition = {"indicator": RECORDS, "value": 80}
    twice = {**ROWS["tasks"][1], "code": "HT25-003", "condition": [condition, condition]}
    again = {**ROWS["tasks"][0], "condition": [{"indicator": RECORDS, "value": 90}]}
    errors = [(await loaded.load("tasks", [row])).errors[0] for row in (twice, again)]
    assert [(error.field, error.code) for error in errors] == [
        ("condition", "CELL_INVALID"),
        ("condition", "TASK_CONFLICT"),
    ]


async def test_a_mention_is_of_a_task(loaded: Office) -> None:
    nowhere = {**ROWS["mentions"][0], "task": "HT25-999"}
    report = await loaded.load("mentions", [nowhere])
    assert [(error.field, error.code, error.message) for error in report.errors] == [
        (
            "task",
            "TASK_UNKNOWN",
            "Chưa có nhiệm vụ “HT25-999” để ghi lần nhắc lại. Hãy giao nhiệm vụ (import tasks) trước, hoặc sửa mã.",
        )
    ]
    assert (await loaded.load("mentions", [{**ROWS["mentions"][0], "section": "2.1"}])).updated == 1


async def test_parts_that_do_not_add_up_are_kept_as_they_were_said(loaded: Office) -> None:
    parts = [{"part": "hospital", "value": "56"}, {"part": "centre", "value": "165"}]
    said = {**ROWS["observations"][2], "numerator": 220, "parts": parts}
    assert (await loaded.load("observations", [said])).updated == 1
    kept = await loaded.everything()
    assert sorted(row[2] for row in kept["observation_part"])[-2:] == [56_000_000, 165_000_000]


async def test_a_share_is_a_part_of_the_whole(loaded: Office) -> None:
    heir = {**ROWS["units"][1], "code": "19001", "predecessors": [{"code": "18094", "kind": "SPLIT", "share": "1,5"}]}
    report = await loaded.load("units", [heir])
    assert [(error.field, error.code, error.message) for error in report.errors] == [
        ("predecessors[0].share", "SHARE_INVALID", "Phần 1.5 phải lớn hơn 0 và không quá 1. Hãy sửa số.")
    ]
    heir["predecessors"] = "18094:SPLIT:true:0,25"
    assert (await loaded.load("units", [heir])).created == 1


async def test_an_indicator_may_be_defined_anew(loaded: Office) -> None:
    assert await loaded.confirm("local.stations") == Tally(created=1)
    report = await loaded.load("indicators", [{**ROWS["indicators"][0], "decimals": 1}])
    assert report == ImportReport(noun="indicators", updated=1)
    assert await loaded.confirm("local.stations") == Tally(updated=1)


async def test_an_indicator_is_brought_by_somebody(loaded: Office) -> None:
    with pytest.raises(BadInput, match="Hãy ghi tài khoản của người nhập") as refused:
        await loaded.load("indicators", ROWS["indicators"], by=None)
    assert refused.value.code == "PROPOSER_MISSING"


async def test_a_figure_may_be_of_a_group(loaded: Office) -> None:
    report = await loaded.load("observations", [wrong(group="cac-xa"), wrong(group="khac")])
    assert [(error.row, error.field, error.code) for error in report.errors] == [(2, "group", "GROUP_UNKNOWN")]
    assert (await loaded.load("observations", [wrong(group="cac-xa")])).created == 1


async def test_an_order_to_a_group_becomes_one_task_a_member(loaded: Office) -> None:
    async with loaded.database.service() as session:
        codes = await session.scalars(sa.select(Task.code).order_by(Task.code))
        assert codes.all() == ["HT25-001", "HT25-002", "HT25-002.18073", "HT25-002.18844"]


async def test_many_figures_cost_few_statements(loaded: Office) -> None:
    rows = [wrong(unit="18844", section=str(number)) for number in range(500)]
    with statements(loaded.database) as sent:
        await loaded.load("observations", rows)
    assert len(sent) <= 18, "eight to read reference data, nine for the figures, one more for the documents"


# JSON and CSV


def as_csv(rows: Sequence[Mapping[str, Any]], separators: str = ";:") -> str:
    """The same rows as a sheet has them: lists in one cell, objects as a:b, prose in JSON."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_as_cell(column, row.get(column)) for column in columns])
    return "\ufeff" + written.getvalue()


def _as_cell(column: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() if column == "codes":
            return ";".join(f"{code['scheme']}:{code['code']}" for code in value)
        case list() if column == "predecessors":
            return ";".join(f"{one['code']}:{one['kind']}:{str(one['partly']).lower()}" for one in value)
        case list() if column == "parts":
            return ";".join(f"{part['part']}:{part['value']}" for part in value)
        case list() if column == "events":
            return ";".join(f"{one['kind']}:{one['on']}:{one['deadline']}:{one['basis']}" for one in value)
        case list() if column in {"mentions", "progress", "condition", "links"}:
            return json.dumps(value, ensure_ascii=False)
        case list():
            return ";".join(value)
        case _:
            return str(value)


async def test_csv_says_what_json_says(tmp_path: Path) -> None:
    found = []
    for suffix in (".json", ".csv"):
        folder = tmp_path / suffix
        folder.mkdir()
        rows = {}
        for noun in NOUNS:
            path = folder / f"{noun}{suffix}"
            content = json.dumps(ROWS[noun], ensure_ascii=False) if suffix == ".json" else as_csv(ROWS[noun])
            path.write_text(content, encoding="utf-8")
            rows[noun] = read_rows(path)
        async with empty_office(folder) as opened:
            reports = await load_everything(opened, rows)
            assert [error for report in reports.values() for error in report.errors] == []
            found.append(nameless(await opened.everything()))
    assert found[0] == found[1]


def nameless(everything: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, list[str]]:
    """All rows without the ids that are made anew each time."""
    names = {row[0]: row[1] for row in (*everything["legal_document"], *everything["task"])}
    return {
        table: sorted(
            repr(tuple(names.get(value, "id") if isinstance(value, UUID) else _without_id(value) for value in row))
            for row in rows
        )
        for table, rows in everything.items()
    }


def _without_id(value: object) -> object:
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id", value) if isinstance(value, str) else value


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "unit": st.sampled_from(["42", "18844", "Xã Kỳ Thượng", "18073"]),
                "section": st.sampled_from(["1", "2"]),
                "window": st.sampled_from(["PERIOD", "TO_DATE"]),
                "numerator": st.integers(0, 3),
                "state": st.sampled_from(list(DataState)),
            }
        ),
        max_size=6,
    )
)
@settings(max_examples=15, deadline=None)
def test_whatever_is_accepted_is_unchanged_the_second_time(said: list[dict[str, Any]]) -> None:
    async def import_twice() -> None:
        with TemporaryDirectory() as folder:
            async with office(Path(folder)) as opened:
                await opened.load("documents", ROWS["documents"])
                rows = [wrong(**one) for one in said]
                first = await opened.load("observations", rows)
                before = await opened.everything()
                second = await opened.load("observations", rows)
                assert second == replace(first, created=0, unchanged=0 if first.errors else len(rows))
                assert await opened.everything() == before

    asyncio.run(import_twice())


async def test_the_reform_may_come_in_a_later_file(loaded: Office) -> None:
    later = [{**ROWS["units"][1], "name": "Xã Kỳ Thượng Mới", "valid_from": "01/01/2026"}]
    assert (await loaded.load("units", later)).created == 1
    directory = await loaded.directory()
    assert directory.named("18844", REFORM).name == "Xã Kỳ Thượng"
    assert directory.named("18844", date(2026, 1, 1)).name == "Xã Kỳ Thượng Mới"
