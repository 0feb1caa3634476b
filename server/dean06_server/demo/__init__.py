"""A demonstration: the July 2025 report of Hà Tĩnh in a database of its own, and accounts to look at it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from dean06_core.imports import ImportReport

from dean06_core import imports
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_server.clock import business_day
from dean06_server.demo import accounts, mark
from dean06_server.installation import Installation

DATA: Final = Path(__file__).parent / "data"
ORDER: Final = ("units", "groups", "documents", "indicators", "targets", "observations", "tasks")
"""Each noun is imported after those that it names."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run did, and the one password of all demonstration accounts."""

    reports: dict[str, ImportReport]
    password: str = field(repr=False)


async def make(installation: Installation, database: Database, *, now: datetime) -> Made:
    """Fill an empty database, or bring one that was made here up to date; again, and the rows are left as they are.

    A database that was not made here is refused and not touched.
    """
    await mark.make_demo(database)
    await installation.bring_up(database)
    reports: dict[str, ImportReport] = {}
    for noun in ORDER:
        async with database.service() as session:
            reports[noun] = await imports.run(session, noun=noun, rows=imports.read_rows(DATA / f"{noun}.json"))
    on = business_day(now)
    async with database.service() as session:
        password = await accounts.make(session, await Directory.load(session), now=now, on=on)
    return Made(reports, password)
