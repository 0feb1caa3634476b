"""Rows of groups of units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import unit_groups
from dean06_core.imports.cells import Cells, day, text, texts
from dean06_core.imports.references import References
from dean06_core.outcomes import Tally
from dean06_core.unit_groups import GroupEntry


def read(row: Cells, references: References) -> GroupEntry:
    code, name = row.need("code", text), row.need("name", text)
    within = row.get("within", text)
    members = row.need("members", texts)
    valid_from, valid_to = row.need("valid_from", day), row.get("valid_to", day)
    row.finish()
    within_key = row.attempt("within", references.inside, within, valid_from)
    member_keys = [row.attempt("members", references.unit, member, valid_from) for member in members]
    row.stop_if_wrong()
    return GroupEntry(
        code=code,
        name=name,
        within=within_key,
        members=frozenset(member_keys),
        valid_from=valid_from,
        valid_to=valid_to,
    )


async def write(session: AsyncSession, entries: Sequence[GroupEntry], references: References, now: datetime) -> Tally:
    return await unit_groups.form(session, entries)
