"""The way of rows into the database, for ``dean06 import`` and the demonstration alike, and of records into figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date, datetime
from typing import Final

from dean06_auth import callers, registers
from dean06_core import computing, imports
from dean06_core.access import Action, DataClass, Scope, decide
from dean06_core.audit.operating import operated
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.imports import ImportReport, Row
from dean06_core.indicators import LOCAL
from dean06_core.outcomes import Outcome, Tally
from dean06_core.periods import Period
from dean06_core.sectors import Sector
from dean06_server import operators
from dean06_server.clock import VIETNAM, business_day
from dean06_server.installation import Installation

REFUSED: Final = "ROWS_REFUSED"
"""The outcome of a file with a wrong row."""
_MOST_MONTHS: Final = 24
"""How far back figures are computed again when records change."""


async def bring_in(
    installation: Installation,
    database: Database,
    *,
    noun: str,
    rows: Sequence[Row],
    now: datetime,
    province: str | None = None,
    by: str | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import all rows of a noun as a service, in one transaction; with an error in one of them, none.

    It is recorded of ``by``, or of whoever operates the server, as is that it was refused.
    """
    async with operated(database, "imports.run", by=by or operators.login(), now=now) as importing:
        session = importing.session
        report = await imports.run(
            session,
            noun=noun,
            rows=rows,
            directory=await Directory.load(session),
            catalogue=await Catalogue.load(session, installation.sectors),
            now=now.astimezone(VIETNAM),
            sectors=installation.sectors,
            others=registers.IMPORTS,
            province=province,
            by=by,
            dry_run=dry_run,
        )
        importing.subject, importing.is_dry, importing.tells_rows = report.noun, dry_run, False
        importing.details = {"rows": len(rows), **_counts(report)}
        if report.errors:
            importing.outcome = REFUSED
    return report


async def secretary(database: Database, *, login: str, now: datetime) -> str:
    """The login, as it is kept, of whoever may enter what belongs to no sector; NOT_SECRETARIAT for another account."""
    on = business_day(now)
    async with database.service_reading() as session:
        directory = await Directory.load(session)
        caller = await callers.as_caller(session, login=login, reach=directory, on=on)
    if caller is None or not decide(caller, Action.ASSIGN, Scope(DataClass.AGGREGATE, sector=LOCAL), on):
        raise BadInput(
            "NOT_SECRETARIAT",
            f"“{login}” không phải tài khoản đang hoạt động của cơ quan thường trực. Hãy ghi tài khoản khác ở --by.",
            field=("by",),
        )
    return caller.login


async def compute_changed(
    installation: Installation, database: Database, report: ImportReport, now: datetime
) -> AsyncIterator[tuple[str, Tally]]:
    """Compute the figures of units whose records an import changed, and of the units above, one indicator at a time.

    Of every month from the earliest day that a changed record names, at most
    two years back, to the current one.
    """
    if not report.units or report.noun in registers.IMPORTS:
        return
    sector = installation.sector(report.noun.partition(".")[0])
    today = now.astimezone(VIETNAM).date()
    async for code, tally in compute(installation, database, sector, _months(report.since, today), now, report.units):
        yield code, tally


async def compute(
    installation: Installation,
    database: Database,
    sector: Sector,
    periods: Sequence[Period],
    now: datetime,
    units: Collection[int] | None = None,
) -> AsyncIterator[tuple[str, Tally]]:
    """Compute a sector's figures of all units, or of some and those above them, one indicator at a time."""
    async with database.service_reading() as session:
        directory = await Directory.load(session)
        catalogue = await Catalogue.load(session, installation.sectors)
    today = now.astimezone(VIETNAM).date()
    meant = set(directory.versions if units is None else units)
    meant |= {above.key for unit in meant for above in directory.ancestors(unit, today)}
    computed = computing.compute(
        database,
        sector,
        units=sorted(meant),
        periods=periods,
        catalogue=catalogue,
        directory=directory,
        now=now,
        by=operators.login(),
    )
    async for code, recorded in computed:
        counts = Counter(each.outcome for each in recorded)
        yield code, Tally(counts[Outcome.CREATED], counts[Outcome.UPDATED], counts[Outcome.UNCHANGED])


def _counts(report: ImportReport) -> dict[str, int]:
    if report.errors:
        return {"errors": len(report.errors)}
    return {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}


def _months(since: date | None, today: date) -> list[Period]:
    """The latest months up to today, the earliest first."""
    months = [Period.month_of(today)]
    while len(months) < _MOST_MONTHS and since is not None and since < months[-1].starts:
        months.append(months[-1].previous())
    return months[::-1]
