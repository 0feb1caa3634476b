"""The way of rows into the database, for ``dean06 import`` and the demonstration alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dean06_core import imports
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.imports import ImportReport, Row
from dean06_server.clock import VIETNAM
from dean06_server.installation import Installation


async def bring_in(
    installation: Installation,
    database: Database,
    *,
    noun: str,
    rows: Sequence[Row],
    now: datetime,
    province: str | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import all rows of a noun as a service, in one transaction; with an error in one of them, none."""
    async with database.service() as session:
        return await imports.run(
            session,
            noun=noun,
            rows=rows,
            directory=await Directory.load(session),
            catalogue=await Catalogue.load(session, installation.sectors),
            now=now.astimezone(VIETNAM),
            province=province,
            dry_run=dry_run,
        )
