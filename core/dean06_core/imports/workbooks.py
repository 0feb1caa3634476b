"""Reading the first sheet of an XLSX workbook, whose first line names the columns."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import openpyxl

from dean06_core.errors import BadInput

LARGEST: Final = 200 * 2**20
"""Bytes of a workbook when unpacked; a small file may hold a great many."""


def lines_of(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Each line of the sheet that is not blank, with its number; ValueError, or what a zip is broken by, otherwise.

    Cells as JSON has them: numbers as int or Decimal, days as 2025-07-28. Of a
    formula, what it came to when the workbook was saved.
    """
    with zipfile.ZipFile(path) as packed:
        if sum(each.file_size for each in packed.infolist()) > LARGEST:
            raise BadInput(
                "FILE_TOO_LARGE",
                f"Tệp “{path.name}” giải nén quá {LARGEST // 2**20} MB. Hãy chia thành nhiều tệp.",
                field=("file",),
            )
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        for number, line in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [_plain(cell) for cell in line]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                yield number, cells
    finally:
        book.close()


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else Decimal(repr(cell))
    if isinstance(cell, str):
        return cell.strip() or None
    return cell if cell is None or isinstance(cell, bool | int) else str(cell)
