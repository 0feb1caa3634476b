"""``dean06 import``: a file of rows into the database, all or none; ``dean06 compute``: records into figures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import click

from dean06_auth import registers
from dean06_core import imports
from dean06_core.imports import ImportReport
from dean06_core.outcomes import Tally
from dean06_core.periods import Period
from dean06_server import clock, importing
from dean06_server.commands.opening import fitting_database_of
from dean06_server.commands.signing import password_of, recognise
from dean06_server.commands.telling import tell
from dean06_server.importing import bring_in, secretary
from dean06_server.installation import Installation


@click.command(name="import")
@click.argument("noun")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
@click.option("--province", metavar="CODE", help="The province that the rows are about, where there are several.")
@click.option("--by", "login", metavar="LOGIN", help="Who brings the file, by password; needed for indicators.")
def import_(noun: str, file: Path, dry_run: bool, province: str | None, login: str | None) -> None:
    """Import FILE (JSON, CSV, XLSX), whose rows are NOUN. With one wrong row nothing is written, and status is 1.

    NOUN is units, groups, documents, ..., or records of a sector: health.visits. Figures that follow from records are
    computed afterwards.
    """
    installation = Installation.found()
    nouns = imports.nouns(installation.sectors, registers.IMPORTS)
    if noun not in nouns:
        raise click.BadParameter(f"'{noun}' is none of: {', '.join(nouns)}.", param_hint="NOUN")
    signed = None if login is None else (login, password_of(login))
    report = asyncio.run(_import(installation, noun, file, dry_run=dry_run, province=province, signed=signed))
    if report.errors:
        tell(report.errors, file)
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("sector")
@click.option("--period", "periods", metavar="CODE", multiple=True, help="Which period; the current month if none.")
def compute(sector: str, periods: tuple[str, ...]) -> None:
    """Measure the records of SECTOR again and keep what follows; what is known already stays as it is."""
    asyncio.run(_compute(sector, periods))


def sentence(report: ImportReport) -> str:
    written = "sẽ được ghi" if report.dry_run else "đã ghi"
    return (
        f"{report.noun} {written}: {report.created} dòng mới, {report.updated} dòng thay đổi, "
        f"{report.unchanged} dòng giữ nguyên"
    )


async def _import(
    installation: Installation,
    noun: str,
    file: Path,
    *,
    dry_run: bool,
    province: str | None,
    signed: tuple[str, str] | None,
) -> ImportReport:
    rows, now = imports.read_rows(file), clock.now()
    async with fitting_database_of(installation) as database:
        by = None
        if signed is not None:
            await recognise(database, *signed, now)
            by = await secretary(database, login=signed[0], now=now)
        report = await bring_in(
            installation, database, noun=noun, rows=rows, now=now, province=province, by=by, dry_run=dry_run
        )
        if not report.errors:
            click.echo(sentence(report))
        await _tell_computed(importing.compute_changed(installation, database, report, now))
        return report


async def _compute(code: str, periods: Sequence[str]) -> None:
    installation, now = Installation.found(), clock.now()
    sector = installation.sector(code)
    meant = [Period.parse(period) for period in periods] or [Period.month_of(now.astimezone(clock.VIETNAM).date())]
    async with fitting_database_of(installation) as database:
        await _tell_computed(importing.compute(installation, database, sector, meant, now))


async def _tell_computed(computed: AsyncIterator[tuple[str, Tally]]) -> None:
    async for code, tally in computed:
        click.echo(f"{code}: {tally.created} số liệu mới, {tally.updated} thay đổi, {tally.unchanged} giữ nguyên")
