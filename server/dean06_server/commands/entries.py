"""``dean06 enter``: a file of what one may enter oneself, with one's own grants, as over the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from dean06_core import figure_entries, imports, target_entries
from dean06_core.figure_entries import Entered, FigureEntry
from dean06_core.imports import Sheet, entries
from dean06_core.imports.cells import Cells
from dean06_core.outcomes import Refused
from dean06_core.periods import Period
from dean06_core.target_entries import TargetEntry
from dean06_core.targets import Target
from dean06_server.commands.signing import by, password_of, signed_in
from dean06_server.commands.telling import tell

Done = TypeVar("Done")
Entry = TypeVar("Entry")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def enter() -> None:
    """Enter FILE (JSON, CSV, XLSX) in the name of one's unit: all rows, or none and status 1."""


@enter.command()
@_file
@click.option("--period", metavar="CODE", required=True, help="Of which period, as 2025-07.")
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
@by
def figures(file: Path, period: str, dry_run: bool, login: str) -> None:
    """Figures of a period: indicator, unit, numerator, denominator, ..."""
    sheet = _sheet(file, entries.figure)
    done = _told(sheet, file, _enter(sheet, Period.parse(period), login, password_of(login), dry_run=dry_run))
    written = "sẽ được ghi" if dry_run else "đã ghi"
    click.echo(f"{len(done.figures) - done.unchanged} ô {written}, {done.unchanged} ô giữ nguyên")


@enter.command()
@_file
@click.option("--basis", metavar="DOCUMENT", required=True, help="Which document assigns them, by number or label.")
@by
def targets(file: Path, basis: str, login: str) -> None:
    """Levels that a document assigns: indicator, value, valid_from, unit or group or tier, ..."""
    sheet = _sheet(file, entries.target)
    done = _told(sheet, file, _assign(sheet, basis, login, password_of(login)))
    click.echo(f"{len(done)} mức đã giao")


async def _enter(sheet: Sheet[FigureEntry], period: Period, login: str, password: str, *, dry_run: bool) -> Entered:
    async with signed_in(login, password) as signed:
        return await signed.act(figure_entries.enter, sheet.entries, period=period, dry_run=dry_run)


async def _assign(sheet: Sheet[TargetEntry], basis: str, login: str, password: str) -> list[Target]:
    async with signed_in(login, password) as signed:
        return await signed.act(target_entries.assign, sheet.entries, basis=basis)


def _sheet(file: Path, read: Callable[[Cells], Entry]) -> Sheet[Entry]:
    sheet = Sheet.read(imports.read_rows(file), read)
    if sheet.errors:
        tell(sheet.errors, file)
        raise click.exceptions.Exit(1)
    return sheet


def _told(sheet: Sheet[Any], file: Path, doing: Coroutine[Any, Any, Done]) -> Done:
    """What was done; where rows were refused, they are told one by one."""
    try:
        return asyncio.run(doing)
    except Refused as refused:
        tell(sheet.told(refused), file)
        raise click.exceptions.Exit(1) from None
