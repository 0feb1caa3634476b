"""A legal document: the decision, plan or report behind a figure, a target or a task. Its number may be missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import spelling
from dean06_core.access import DIRECTORY
from dean06_core.errors import BadInput
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.pages import Page, Slice, bounded
from dean06_core.records import Record, new_id


class LegalDocument(Record):
    """``label`` is what people call it and is unique; ``number`` is null where a report names none."""

    __tablename__ = "legal_document"
    __access__ = DIRECTORY
    __table_args__ = (sa.Index("ix_legal_document_issued_on_id", "issued_on", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    label: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str | None] = mapped_column(index=True)
    title: Mapped[str | None]
    kind: Mapped[str]
    issuer: Mapped[str | None]
    issued_on: Mapped[date | None]


class DocumentAuthor(Record):
    """The unit that prepared a document for whoever issued it."""

    __tablename__ = "document_author"
    __access__ = DIRECTORY

    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("legal_document.id"), primary_key=True)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), primary_key=True, autoincrement=False)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every document by what people call it and by its number."""

    by_label: Mapping[str, UUID]
    by_number: Mapping[str, tuple[str, ...]]
    """The labels of the documents that bear a number."""

    @staticmethod
    async def load(session: AsyncSession) -> Shelf:
        """Read the names of all documents; one statement."""
        by_label: dict[str, UUID] = {}
        by_number: dict[str, tuple[str, ...]] = defaultdict(tuple)
        rows = await session.execute(
            sa.select(LegalDocument.id, LegalDocument.label, LegalDocument.number).order_by(LegalDocument.label)
        )
        for id_, label, number in rows:
            by_label[label] = id_
            if number is not None:
                by_number[number] += (label,)
        return Shelf(by_label, dict(by_number))

    def named(self, reference: str) -> UUID:
        """The document of that label, else of that number; DOCUMENT_AMBIGUOUS where two bear the number."""
        wanted = spelling.tidy(reference)
        labels = (wanted,) if wanted in self.by_label else self.by_number.get(wanted, ())
        if len(labels) == 1:
            return self.by_label[labels[0]]
        if not labels:
            raise BadInput(
                "DOCUMENT_UNKNOWN",
                f"Không có văn bản số “{wanted}” hoặc tên gọi “{wanted}”. Hãy thêm văn bản trước, hoặc sửa số.",
                field=("document",),
            )
        listed = ", ".join(f"“{label}”" for label in labels)
        raise BadInput(
            "DOCUMENT_AMBIGUOUS",
            f"Số “{wanted}” là của nhiều văn bản: {listed}. Hãy ghi tên gọi (label) thay cho số.",
            field=("document",),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """Which documents are meant; every given condition has to hold. Both days are included; units are keys."""

    prepared_by: frozenset[int] | None = None
    issued_from: date | None = None
    issued_to: date | None = None


async def listed(session: AsyncSession, *, page: Page, where: DocumentFilter | None = None) -> Slice[LegalDocument]:
    """One page, the latest issued first and those without a day last; one statement. Pages go forward only."""
    issued = sa.type_coerce(sa.func.coalesce(LegalDocument.issued_on, date.min), sa.Date)
    order: list[sa.ColumnElement[Any]] = [issued, LegalDocument.__table__.c.id]
    newest_first = replace(page, after=None, before=page.after, backwards=True)
    chosen = sa.select(LegalDocument).where(*_conditions(where or DocumentFilter()))
    rows = (await session.scalars(bounded(chosen, newest_first, order))).all()
    kept = tuple(rows[: page.size])
    return Slice(
        kept,
        tuple((document.issued_on or date.min, document.id) for document in kept),
        has_next=len(rows) > page.size,
        has_previous=page.after is not None,
    )


async def count(session: AsyncSession, *, where: DocumentFilter | None = None) -> int:
    found = sa.select(sa.func.count()).select_from(LegalDocument).where(*_conditions(where or DocumentFilter()))
    return await session.scalar(found) or 0


async def by_ids(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, LegalDocument]:
    """The documents that exist among these; one statement, none for no id."""
    if not ids:
        return {}
    found = await session.scalars(sa.select(LegalDocument).where(LegalDocument.id.in_(ids)))
    return {document.id: document for document in found}


async def by_labels(session: AsyncSession, labels: Collection[str]) -> dict[str, LegalDocument]:
    """The documents that people call by these; one statement, none for no label."""
    if not labels:
        return {}
    found = await session.scalars(sa.select(LegalDocument).where(LegalDocument.label.in_(labels)))
    return {document.label: document for document in found}


async def authors(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, tuple[int, ...]]:
    """The keys of the units that prepared each document; one statement."""
    found: dict[UUID, list[int]] = {id_: [] for id_ in ids}
    rows = await session.execute(
        sa.select(DocumentAuthor.document_id, DocumentAuthor.unit_key)
        .where(DocumentAuthor.document_id.in_(ids))
        .order_by(DocumentAuthor.unit_key)
    )
    for id_, unit in rows:
        found[id_].append(unit)
    return {id_: tuple(units) for id_, units in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """A document as it is put on file; ``prepared_by`` are unit keys."""

    label: str
    kind: str
    number: str | None = None
    title: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    prepared_by: frozenset[int] = frozenset()


async def file(session: AsyncSession, entry: DocumentEntry) -> LegalDocument:
    """Put one document on file, or complete what is on file under its label."""
    await file_all(session, [entry])
    return (await session.scalars(sa.select(LegalDocument).where(LegalDocument.label == entry.label))).one()


async def file_all(session: AsyncSession, entries: Sequence[DocumentEntry]) -> Tally:
    """Put documents on file. What was left open may be filled in later and a title corrected.

    DOCUMENT_CONFLICT where a label already stands for another number or day.
    """
    refusals = Refusals()
    outcomes: list[Outcome] = []
    async with session.begin_nested():
        known = {document.label: document for document in await session.scalars(sa.select(LegalDocument))}
        authors = {(row.document_id, row.unit_key) for row in await session.scalars(sa.select(DocumentAuthor))}
        joined: list[DocumentAuthor] = []
        for place, entry in enumerate(entries):
            document = known.get(entry.label)
            if document is None:
                outcomes.append(Outcome.CREATED)
                document = LegalDocument(id=new_id(), label=entry.label)
                known[entry.label] = document
                session.add(document)
            else:
                outcomes.append(Outcome.UNCHANGED)
            is_completed = False
            with refusals.of_entry(place):
                is_completed = _complete(document, entry)
            own = [(document.id, unit) for unit in sorted(entry.prepared_by) if (document.id, unit) not in authors]
            authors.update(own)
            joined += [DocumentAuthor(document_id=id_, unit_key=unit) for id_, unit in own]
            if outcomes[-1] is Outcome.UNCHANGED and (is_completed or own):
                outcomes[-1] = Outcome.UPDATED
        refusals.stop_if_any()
        await session.flush()
        session.add_all(joined)
        await session.flush()
    return Tally.of(outcomes)


def _complete(document: LegalDocument, entry: DocumentEntry) -> bool:
    """Take over what the entry says; whether that changed anything."""
    is_completed = False
    for name in ("number", "issued_on", "title", "kind", "issuer"):
        stated, kept = getattr(entry, name), getattr(document, name)
        if stated is None or stated == kept:
            continue
        if kept is not None and name in {"number", "issued_on"}:
            raise BadInput(
                "DOCUMENT_CONFLICT",
                f"Tên gọi “{entry.label}” đã chỉ văn bản {_described(document)}. Hãy đặt tên gọi khác cho văn bản mới.",
                field=(name,),
            )
        setattr(document, name, stated)
        is_completed = True
    return is_completed


def _described(document: LegalDocument) -> str:
    number = "không số" if document.number is None else f"số {document.number}"
    return number if document.issued_on is None else f"{number} ngày {document.issued_on:%d/%m/%Y}"


def _conditions(where: DocumentFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if where.prepared_by is not None:
        conditions.append(
            sa.exists().where(
                DocumentAuthor.document_id == LegalDocument.id, DocumentAuthor.unit_key.in_(where.prepared_by)
            )
        )
    if where.issued_from is not None:
        conditions.append(LegalDocument.issued_on >= where.issued_from)
    if where.issued_to is not None:
        conditions.append(LegalDocument.issued_on <= where.issued_to)
    return conditions
