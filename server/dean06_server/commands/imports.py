"""``dean06 import``: a file of rows into the database, all of them or none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from dean06_core import imports
from dean06_core.imports import NOUNS, ImportReport
from dean06_server import clock
from dean06_server.commands.opening import fitting_database_of
from dean06_server.importing import bring_in
from dean06_server.installation import Installation


@click.command(name="import")
@click.argument("noun", type=click.Choice(NOUNS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
@click.option("--province", metavar="CODE", help="The province that the rows are about, where there are several.")
def import_(noun: str, file: Path, dry_run: bool, province: str | None) -> None:
    """Import FILE (JSON or CSV), whose rows are NOUN. With one wrong row nothing is written, and status is 1."""
    report = asyncio.run(_import(noun, file, dry_run=dry_run, province=province))
    if report.errors:
        _tell(report, file)
        raise click.exceptions.Exit(1)
    click.echo(sentence(report))


def sentence(report: ImportReport) -> str:
    written = "sẽ được ghi" if report.dry_run else "đã ghi"
    return (
        f"{report.noun} {written}: {report.created} dòng mới, {report.updated} dòng thay đổi, "
        f"{report.unchanged} dòng giữ nguyên"
    )


async def _import(noun: str, file: Path, *, dry_run: bool, province: str | None) -> ImportReport:
    rows, installation = imports.read_rows(file), Installation.found()
    async with fitting_database_of(installation) as database:
        return await bring_in(
            installation, database, noun=noun, rows=rows, now=clock.now(), province=province, dry_run=dry_run
        )


def _tell(report: ImportReport, file: Path) -> None:
    table = Table("Dòng", "Cột", "Mã lỗi", "Lý do", title=f"{file.name}: không ghi dòng nào", title_justify="left")
    for error in report.errors:
        table.add_row(str(error.row), error.field, error.code, error.message)
    Console(stderr=True).print(table, markup=False)
