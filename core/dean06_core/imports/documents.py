"""Rows of legal documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import documents
from dean06_core.documents import DocumentEntry
from dean06_core.imports.cells import Cells, day, text, texts
from dean06_core.imports.references import References
from dean06_core.outcomes import Tally


def read(row: Cells, references: References) -> DocumentEntry:
    number = row.get("number", text)
    label = row.need("label", text) if number is None else row.get("label", text, number)
    kind, title, issuer = row.need("kind", text), row.get("title", text), row.get("issuer", text)
    issued_on = row.get("issued_on", day)
    prepared_by = row.get("prepared_by", texts, ())
    row.finish()
    authors = [row.attempt("prepared_by", references.unit, unit, issued_on or references.today) for unit in prepared_by]
    row.stop_if_wrong()
    return DocumentEntry(
        label=label,
        number=number,
        kind=kind,
        title=title,
        issuer=issuer,
        issued_on=issued_on,
        prepared_by=frozenset(authors),
    )


async def write(
    session: AsyncSession, entries: Sequence[DocumentEntry], references: References, now: datetime
) -> Tally:
    return await documents.file_all(session, entries)
