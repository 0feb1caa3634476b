"""A document is found by what people call it or by its number, and never guessed between two."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import documents
from dean06_core.directory import Directory
from dean06_core.documents import DocumentAuthor, DocumentEntry, LegalDocument, Shelf
from dean06_core.errors import BadInput
from dean06_core.outcomes import Refused, Tally
from tests.core.ha_tinh import TODAY, office

pytestmark = pytest.mark.anyio

DECISION = DocumentEntry(label="1824/QĐ-UBND", number="1824/QĐ-UBND", kind="Quyết định", issued_on=date(2025, 7, 15))
FIRST_PLAN = DocumentEntry(label="Kế hoạch 12 năm 2024", number="12/KH-UBND", kind="Kế hoạch")
SECOND_PLAN = DocumentEntry(label="Kế hoạch 12 năm 2025", number="12/KH-UBND", kind="Kế hoạch")
LAW = DocumentEntry(label="Luật Dữ liệu", kind="Luật")


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    async with office(tmp_path) as opened, opened.database.service() as session:
        yield session


async def label_of(session: AsyncSession, reference: str) -> str:
    return (await session.get_one(LegalDocument, (await Shelf.load(session)).named(reference))).label


@pytest.mark.parametrize(
    ("reference", "label"),
    [
        pytest.param("1824/QĐ-UBND", "1824/QĐ-UBND", id="its number"),
        pytest.param(" Luật  Dữ liệu ", "Luật Dữ liệu", id="what people call it"),
        pytest.param("Kế hoạch 12 năm 2025", "Kế hoạch 12 năm 2025", id="what one of two is called"),
    ],
)
async def test_it_is_found(session: AsyncSession, reference: str, label: str) -> None:
    await documents.file_all(session, [DECISION, FIRST_PLAN, SECOND_PLAN, LAW])
    assert await label_of(session, reference) == label


@pytest.mark.parametrize(
    ("reference", "code", "message"),
    [
        pytest.param(
            "12/KH-UBND",
            "DOCUMENT_AMBIGUOUS",
            "Số “12/KH-UBND” là của nhiều văn bản: “Kế hoạch 12 năm 2024”, “Kế hoạch 12 năm 2025”. "
            "Hãy ghi tên gọi (label) thay cho số.",
            id="a number of two documents",
        ),
        pytest.param(
            "13/KH-UBND",
            "DOCUMENT_UNKNOWN",
            "Không có văn bản số “13/KH-UBND” hoặc tên gọi “13/KH-UBND”. Hãy thêm văn bản trước, hoặc sửa số.",
            id="a number of none",
        ),
    ],
)
async def test_it_is_not_guessed(session: AsyncSession, reference: str, code: str, message: str) -> None:
    await documents.file_all(session, [DECISION, FIRST_PLAN, SECOND_PLAN])
    with pytest.raises(BadInput) as refused:
        (await Shelf.load(session)).named(reference)
    assert (refused.value.code, refused.value.message) == (code, message)


async def test_a_document_says_which_units_prepared_it(session: AsyncSession) -> None:
    police = (await Directory.load(session)).named("cong-an-tinh", TODAY).key
    filed = await documents.file(session, replace(DECISION, prepared_by=frozenset({police})))
    rows = await session.execute(sa.select(DocumentAuthor.document_id, DocumentAuthor.unit_key))
    assert [tuple(row) for row in rows] == [(filed.id, police)]


async def test_what_was_left_open_is_filled_in_later(session: AsyncSession) -> None:
    assert await documents.file_all(session, [LAW]) == Tally(created=1)
    complete = replace(LAW, number="60/2024/QH15", issued_on=date(2024, 11, 30), title="Luật Dữ liệu năm 2024")
    assert await documents.file_all(session, [complete]) == Tally(updated=1)
    assert await documents.file_all(session, [complete, LAW]) == Tally(unchanged=2)
    assert await label_of(session, "60/2024/QH15") == "Luật Dữ liệu"


async def test_what_people_call_it_stands_for_one_document(session: AsyncSession) -> None:
    await documents.file(session, DECISION)
    with pytest.raises(Refused) as refused:
        await documents.file(session, replace(DECISION, number="1825/QĐ-UBND"))
    assert (refused.value.code, refused.value.field, refused.value.message) == (
        "DOCUMENT_CONFLICT",
        ("number",),
        "Tên gọi “1824/QĐ-UBND” đã chỉ văn bản số 1824/QĐ-UBND ngày 15/07/2025. Hãy đặt tên gọi khác cho văn bản mới.",
    )
    assert await documents.file_all(session, [replace(DECISION, title="Giao mức chỉ tiêu")]) == Tally(updated=1)
