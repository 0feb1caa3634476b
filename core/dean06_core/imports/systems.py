"""Rows of systems, with the states of their links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import systems
from dean06_core.imports.cells import Cells, day, one_of, prose, text
from dean06_core.imports.references import References
from dean06_core.outcomes import Tally
from dean06_core.systems import LinkEntry, LinkState, SystemEntry


def read(row: Cells, references: References) -> SystemEntry:
    code, name, owner = row.need("code", text), row.need("name", text), row.get("owner", text)
    links = tuple(
        LinkEntry(
            to=link.need("to", text),
            state=link.need("state", one_of(LinkState)),
            on=link.get("on", day),
            remark=link.get("remark", prose),
        )
        for link in row.objects("links", ("to", "state", "on", "remark"))
    )
    row.finish()
    owner_key = None if owner is None else row.attempt("owner", references.unit, owner, references.today)
    row.stop_if_wrong()
    return SystemEntry(code=code, name=name, owner=owner_key, links=links)


async def write(session: AsyncSession, entries: Sequence[SystemEntry], references: References, now: datetime) -> Tally:
    return await systems.register(session, entries)
