"""A demonstration: the July 2025 report of Hà Tĩnh in a database of its own, and accounts to look at it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from dean06_core import imports, proposals
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import StartUpError
from dean06_core.imports import ImportReport
from dean06_server.clock import business_day
from dean06_server.demo import accounts, mark
from dean06_server.importing import bring_in
from dean06_server.installation import Installation

DATA: Final = Path(__file__).parent / "data"
_FIRST: Final = ("units", "groups", "documents")
"""What accounts are bound to, and what indicators rest on."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run did, and the one password of all demonstration accounts."""

    reports: dict[str, ImportReport]
    password: str = field(repr=False)
    database: str


async def make(installation: Installation, database: Database, *, now: datetime) -> Made:
    """Fill an empty database, or bring one that was made here up to date; again, and the rows are left as they are.

    A database that was not made here is refused and not touched.
    """
    await mark.make_demo(database)
    await installation.bring_up(database)
    reports: dict[str, ImportReport] = {}
    for noun in _FIRST:
        reports[noun] = await _load(installation, database, noun, now)
    async with database.service() as session:
        password = await accounts.make(session, await Directory.load(session), now=now, on=business_day(now))
    reports["indicators"] = await _load(installation, database, "indicators", now, by=accounts.PROPOSER)
    async with database.service() as session:
        waiting = [proposal.code for proposal in await proposals.pending(session)]
        await proposals.confirm(session, waiting, by=accounts.CONFIRMER, now=now)
    for noun in imports.NOUNS:
        if noun not in reports and (DATA / f"{noun}.json").exists():
            reports[noun] = await _load(installation, database, noun, now)
    return Made(reports, password, database.name)


async def _load(
    installation: Installation, database: Database, noun: str, now: datetime, by: str | None = None
) -> ImportReport:
    rows = imports.read_rows(DATA / f"{noun}.json")
    report = await bring_in(installation, database, noun=noun, rows=rows, now=now, by=by)
    if report.errors:
        raise StartUpError(f"The demonstration's {noun} cannot be imported: {report.errors[0]}")
    return report
