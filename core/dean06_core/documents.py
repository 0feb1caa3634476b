"""A legal document: the decision, plan or report behind a figure, a target or a task. Its number may be missing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import DIRECTORY
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
