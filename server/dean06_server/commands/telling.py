"""How a command tells what is wrong with a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dean06_core.imports import RowError


def tell(errors: Iterable[RowError], file: Path) -> None:
    """A line for each, on standard error."""
    table = Table("Dòng", "Cột", "Mã lỗi", "Lý do", title=f"{file.name}: không ghi dòng nào", title_justify="left")
    for error in errors:
        table.add_row(str(error.row), error.field, error.code, error.message)
    Console(stderr=True).print(table, markup=False)
