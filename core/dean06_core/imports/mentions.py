"""Rows of further places where orders are given again; a repeated order is a mention of the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import orders
from dean06_core.imports.cells import Cells, text
from dean06_core.imports.references import References
from dean06_core.orders import Mention
from dean06_core.outcomes import Tally


def read(row: Cells, references: References) -> tuple[str, Mention]:
    task, document, section = row.need("task", text), row.need("document", text), row.get("section", text, "")
    deadline_text, stated_state = row.get("deadline_text", text), row.get("stated_state", text)
    row.finish()
    mention = Mention(row.attempt("document", references.document, document), section, deadline_text, stated_state)
    row.stop_if_wrong()
    return task, mention


async def write(
    session: AsyncSession, entries: Sequence[tuple[str, Mention]], references: References, now: datetime
) -> Tally:
    return await orders.mention_all(session, entries)
