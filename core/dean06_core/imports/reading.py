"""Reading a file of rows: JSON (an array of objects), CSV (UTF-8) or XLSX, whose first line names the columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from dean06_core.errors import BadInput
from dean06_core.imports import workbooks

Cell = Any
"""As JSON has it: text, int, Decimal, bool, None, or a list of those or of objects. CSV has text and None."""

_FORMATS: Final = (".json", ".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the number under which the file's reader finds it: its place in JSON, its line in a sheet."""

    number: int
    cells: Mapping[str, Cell]


def rows_of(objects: Iterable[Mapping[str, Cell]]) -> list[Row]:
    """Number rows that come from no file, from 1."""
    return [Row(number, cells) for number, cells in enumerate(objects, start=1)]


def read_rows(path: Path) -> list[Row]:
    """Every row of a file; a file that cannot be read as a whole is refused with the line that is wrong.

    Numbers of JSON and XLSX come as int or Decimal, never as float.
    """
    kind = path.suffix.lower()
    if kind not in _FORMATS:
        raise BadInput(
            "FILE_FORMAT_UNKNOWN",
            f"Không đọc được tệp “{path.name}”. Hãy dùng tệp {', '.join(_FORMATS)}.",
            field=("file",),
        )
    content = _content(path)
    if kind == ".xlsx":
        return _from_workbook(path)
    text = _decoded(content, path.name)
    return _from_json(text, path.name) if kind == ".json" else _from_csv(text, path.name)


def parse_json(text: str) -> Cell:
    """JSON without floats and without a key that stands twice; ValueError where it is broken."""
    return json.loads(
        text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_refuse_keys_that_stand_twice
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            "FILE_UNREADABLE", f"Không mở được tệp “{path}”: {error.strerror}. Hãy kiểm tra đường dẫn.", field=("file",)
        ) from None


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(
            "FILE_NOT_UTF8",
            f"Tệp “{name}”, dòng {line}: không phải UTF-8. Hãy lưu lại tệp với bảng mã UTF-8.",
            field=("file",),
        ) from None


def _from_json(text: str, name: str) -> list[Row]:
    try:
        objects = parse_json(text)
    except json.JSONDecodeError as error:
        raise _broken(name, f"dòng {error.lineno}, cột {error.colno}") from None
    except RecursionError:
        raise _broken(name, "chỗ các dấu ngoặc lồng nhau quá sâu") from None
    except ValueError as error:
        raise _broken(name, f"chỗ {error}") from None
    if not isinstance(objects, list):
        raise _broken(name, "dòng 1: không phải một danh sách [...]")
    for number, cells in enumerate(objects, start=1):
        if not isinstance(cells, dict):
            raise _broken(name, f"phần tử thứ {number} không phải một đối tượng {{...}}")
    return rows_of(objects)


def _from_csv(text: str, name: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        _check_header(header, name)
        rows: list[Row] = []
        for number, line in enumerate(reader, start=2):
            if not any(cell.strip() for cell in line):
                continue
            if len(line) != len(header):
                raise _broken(name, f"dòng {reader.line_num}: có {len(line)} ô, dòng đầu có {len(header)} cột")
            rows.append(Row(number, {column: cell.strip() or None for column, cell in zip(header, line, strict=True)}))
    except csv.Error:
        raise _broken(name, f"dòng {reader.line_num}: dấu ngoặc kép đặt sai, hoặc ô quá dài") from None
    return rows


def _from_workbook(path: Path) -> list[Row]:
    try:
        lines = list(workbooks.lines_of(path))
    except BadInput:
        raise
    except Exception:
        raise _broken(path.name, "cấu trúc: không mở được như một tệp XLSX") from None
    header = [] if not lines else ["" if cell is None else str(cell) for cell in lines[0][1]]
    _check_header(header, path.name)
    rows: list[Row] = []
    for number, cells in lines[1:]:
        if len(cells) > len(header):
            raise _broken(path.name, f"dòng {number}: có {len(cells)} ô, dòng đầu có {len(header)} cột")
        filled = [*cells, *[None] * (len(header) - len(cells))]
        rows.append(Row(number, dict(zip(header, filled, strict=True))))
    return rows


def _check_header(header: list[str], name: str) -> None:
    if not any(header):
        raise _broken(name, "dòng 1: không có tên cột")
    for place, column in enumerate(header, start=1):
        if not column:
            raise _broken(name, f"dòng 1, cột {place}: cột không có tên")
        if header.count(column) > 1:
            raise _broken(name, f"dòng 1, cột {place}: cột “{column}” có hai lần")


def _broken(name: str, what: str) -> BadInput:
    return BadInput("FILE_BROKEN", f"Tệp “{name}” bị lỗi ở {what}. Hãy sửa tệp rồi nhập lại.", field=("file",))


def _refuse_constant(name: str) -> Cell:
    raise ValueError(f"{name} không phải là số")


def _refuse_keys_that_stand_twice(pairs: list[tuple[str, Cell]]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"“{key}” có hai lần trong một đối tượng")
        found[key] = value
    return found
