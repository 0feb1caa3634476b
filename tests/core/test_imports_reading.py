"""A file is read as it stands or refused with the line that is wrong; no number passes through a float."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dean06_core.errors import BadInput
from dean06_core.imports import Row, read_rows, workbooks


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_json_keeps_numbers_as_they_are_written(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "a.json", '[{"value": 99.10, "numerator": 5, "unit": "42", "parent": null}]'))
    assert rows == [Row(1, {"value": Decimal("99.10"), "numerator": 5, "unit": "42", "parent": None})]
    assert str(rows[0].cells["value"]) == "99.10"


@pytest.mark.parametrize("mark", [pytest.param(b"", id="plain"), pytest.param(b"\xef\xbb\xbf", id="as Excel saves it")])
def test_csv_counts_lines_as_a_sheet_does(tmp_path: Path, mark: bytes) -> None:
    content = mark + 'code,name,parent\r\n42,"Tỉnh\nHà Tĩnh",\r\n,,\r\n18844, Xã Kỳ Thượng ,42\r\n'.encode()
    assert read_rows(written(tmp_path, "a.csv", content)) == [
        Row(2, {"code": "42", "name": "Tỉnh\nHà Tĩnh", "parent": None}),
        Row(4, {"code": "18844", "name": "Xã Kỳ Thượng", "parent": "42"}),
    ]


def test_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    assert read_rows(written(tmp_path, "a.json", "[]")) == []
    assert read_rows(written(tmp_path, "a.csv", "code,name\n")) == []


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        pytest.param(
            "a.json",
            '[\n {"code" "42"}\n]',
            "FILE_BROKEN",
            "Tệp “a.json” bị lỗi ở dòng 2, cột 10. Hãy sửa tệp rồi nhập lại.",
            id="JSON that does not parse",
        ),
        pytest.param(
            "a.json",
            '{"code": "42"}',
            "FILE_BROKEN",
            "Tệp “a.json” bị lỗi ở dòng 1: không phải một danh sách [...]. Hãy sửa tệp rồi nhập lại.",
            id="JSON that is no list",
        ),
        pytest.param(
            "a.json",
            '[{"code": "42"}, 5]',
            "FILE_BROKEN",
            "Tệp “a.json” bị lỗi ở phần tử thứ 2 không phải một đối tượng {...}. Hãy sửa tệp rồi nhập lại.",
            id="a list of something else",
        ),
        pytest.param(
            "a.json",
            '[{"code": "42", "code": "43"}]',
            "FILE_BROKEN",
            "Tệp “a.json” bị lỗi ở chỗ “code” có hai lần trong một đối tượng. Hãy sửa tệp rồi nhập lại.",
            id="a key twice",
        ),
        pytest.param(
            "a.json",
            '[{"value": NaN}]',
            "FILE_BROKEN",
            "Tệp “a.json” bị lỗi ở chỗ NaN không phải là số. Hãy sửa tệp rồi nhập lại.",
            id="not a number",
        ),
        pytest.param(
            "a.csv",
            "code,name\n42,Hà Tĩnh\n18844\n",
            "FILE_BROKEN",
            "Tệp “a.csv” bị lỗi ở dòng 3: có 1 ô, dòng đầu có 2 cột. Hãy sửa tệp rồi nhập lại.",
            id="a line that is too short",
        ),
        pytest.param(
            "a.csv",
            'code,name\n42,"Hà" Tĩnh\n',
            "FILE_BROKEN",
            "Tệp “a.csv” bị lỗi ở dòng 2: dấu ngoặc kép đặt sai, hoặc ô quá dài. Hãy sửa tệp rồi nhập lại.",
            id="a quotation mark that is in the way",
        ),
        pytest.param(
            "a.csv",
            "code,,name\n",
            "FILE_BROKEN",
            "Tệp “a.csv” bị lỗi ở dòng 1, cột 2: cột không có tên. Hãy sửa tệp rồi nhập lại.",
            id="a column without a name",
        ),
        pytest.param(
            "a.csv",
            "code,code\n",
            "FILE_BROKEN",
            "Tệp “a.csv” bị lỗi ở dòng 1, cột 1: cột “code” có hai lần. Hãy sửa tệp rồi nhập lại.",
            id="a column twice",
        ),
        pytest.param(
            "a.csv",
            "",
            "FILE_BROKEN",
            "Tệp “a.csv” bị lỗi ở dòng 1: không có tên cột. Hãy sửa tệp rồi nhập lại.",
            id="nothing",
        ),
        pytest.param(
            "a.csv",
            "code,name\n42,Hà Tĩnh\n".encode("utf-16"),
            "FILE_NOT_UTF8",
            "Tệp “a.csv”, dòng 1: không phải UTF-8. Hãy lưu lại tệp với bảng mã UTF-8.",
            id="another encoding",
        ),
        pytest.param(
            "a.xls",
            "",
            "FILE_FORMAT_UNKNOWN",
            "Không đọc được tệp “a.xls”. Hãy dùng tệp .json, .csv, .xlsx.",
            id="another format",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: str | bytes, code: str, message: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_rows(written(tmp_path, name, content))
    assert (refused.value.code, refused.value.message) == (code, message)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_rows(tmp_path / "a.json")
    assert refused.value.code == "FILE_UNREADABLE"


def test_a_file_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_rows(written(tmp_path, "a.json", "[" * 100_000))
    assert refused.value.code == "FILE_BROKEN"


def workbook(folder: Path, *lines: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.create_sheet("Ghi chú").append(["không", "đọc"])
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_a_workbook_counts_lines_as_its_sheet_does(tmp_path: Path) -> None:
    day = date(2025, 7, 28)
    file = workbook(tmp_path, ["code", "on", "count", "rate", "is_new"], [], [" a ", day, 7.0, 99.5, True], ["b"])
    assert read_rows(file) == [
        Row(3, {"code": "a", "on": "2025-07-28", "count": 7, "rate": Decimal("99.5"), "is_new": True}),
        Row(4, {"code": "b", "on": None, "count": None, "rate": None, "is_new": None}),
    ]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([], "dòng 1: không có tên cột"),
        ([["code", None, "name"]], "dòng 1, cột 2: cột không có tên"),
        ([["code"], ["a", "b"]], "dòng 2: có 2 ô, dòng đầu có 1 cột"),
    ],
)
def test_a_workbook_that_is_no_list_of_rows_is_told_where(tmp_path: Path, lines: list[list[Any]], what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_rows(workbook(tmp_path, *lines))
    assert (refused.value.code, what in refused.value.message) == ("FILE_BROKEN", True)


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    for content in (b"", b"code,name\na,b\n", b"PK\x03\x04" + b"x" * 100):
        (tmp_path / "a.xlsx").write_bytes(content)
        with pytest.raises(BadInput) as refused:
            read_rows(tmp_path / "a.xlsx")
        assert refused.value.code == "FILE_BROKEN"


def test_a_workbook_that_unpacks_to_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = workbook(tmp_path, ["code"], ["a"])
    assert read_rows(file) == [Row(2, {"code": "a"})]
    monkeypatch.setattr(workbooks, "LARGEST", 100)
    with pytest.raises(BadInput) as refused:
        read_rows(file)
    assert refused.value.code == "FILE_TOO_LARGE"
