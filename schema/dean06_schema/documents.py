"""How legal documents are asked for: what people call them, who prepared them, and what rests on them."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_core import documents
from dean06_core import targets as assigned
from dean06_core.documents import DocumentFilter
from dean06_core.documents import LegalDocument as StoredDocument
from dean06_core.graphql import After, Context, First, PageInfo, batch_field
from dean06_core.pages import Page, Slice, cursor_of
from dean06_core.standing import TaskGrouping
from dean06_schema.nodes import Node, global_id, node_loader
from dean06_schema.units import Unit, UnitSelector

if TYPE_CHECKING:
    from dean06_schema.targets import Target
    from dean06_schema.tasks import TaskConnection

_ORDER: Final = "documents"
Targets = list[Annotated["Target", strawberry.lazy("dean06_schema.targets")]]


@strawberry.type(
    description="Văn bản: quyết định, kế hoạch, báo cáo ... làm căn cứ cho số liệu, mức chỉ tiêu giao, nhiệm vụ"
)
class LegalDocument(Node):
    stored: strawberry.Private[StoredDocument]
    number: str | None = strawberry.field(description="Số, ký hiệu; null nếu nơi dẫn không ghi")
    label: str = strawberry.field(description="Tên gọi trong hệ thống, không trùng nhau")
    title: str | None = strawberry.field(description="Trích yếu")
    kind: str = strawberry.field(description="Loại văn bản")
    issuer: str | None = strawberry.field(description="Nơi ban hành")
    issued_on: date | None = strawberry.field(description="Ngày ban hành")

    @classmethod
    def of(cls, stored: StoredDocument) -> "LegalDocument":
        return cls(
            id=global_id("LegalDocument", stored.id),
            stored=stored,
            number=stored.number,
            label=stored.label,
            title=stored.title,
            kind=stored.kind,
            issuer=stored.issuer,
            issued_on=stored.issued_on,
        )

    @batch_field(description="Các đơn vị tham mưu, soạn thảo")
    async def prepared_by(prepared: list[Any], context: Context) -> list[list[Unit]]:
        async with context.reading() as session:
            found = await documents.authors(session, {each.stored.id for each in prepared})
        return [[Unit.known(context, key, each.stored.issued_on) for key in found[each.stored.id]] for each in prepared]

    @batch_field(description="Các nhiệm vụ căn cứ vào văn bản này, như hôm nay")
    async def tasks(
        resting: list[Any],
        context: Context,
        *,
        first: First = None,
        after: After = None,
    ) -> list[Annotated["TaskConnection", strawberry.lazy("dean06_schema.tasks")]]:
        from dean06_schema.tasks import connections_by

        ids = [each.stored.id for each in resting]
        return await connections_by(context, TaskGrouping.DOCUMENT, ids, first=first, after=after, on=context.on)

    @batch_field(description="Các mức chỉ tiêu mà văn bản này giao")
    async def targets(resting: list[Any], context: Context) -> list[Targets]:
        from dean06_schema.targets import Target

        async with context.reading() as session:
            found = await assigned.resting_on(session, {each.stored.id for each in resting})
        indicators = context.catalogue.by_key
        return [
            [Target.of(target, indicators[target.indicator_key]) for target in found.get(each.stored.id, ())]
            for each in resting
        ]


@strawberry.type(description="Một dòng của danh sách văn bản")
class LegalDocumentEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: LegalDocument = strawberry.field(description="Văn bản")


@strawberry.type(description="Danh sách văn bản theo trang, mới ban hành trước, chưa rõ ngày sau cùng")
class LegalDocumentConnection:
    where: strawberry.Private[DocumentFilter]
    edges: list[LegalDocumentEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")

    @classmethod
    def of(cls, rows: Slice[StoredDocument], where: DocumentFilter) -> "LegalDocumentConnection":
        return cls(
            where=where,
            edges=[
                LegalDocumentEdge(cursor=cursor_of(key, _ORDER), node=LegalDocument.of(document))
                for key, document in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, _ORDER),
        )

    @strawberry.field(description="Tổng số văn bản trong danh sách")
    async def total_count(self, info: Info[Context, None]) -> int:
        async with info.context.reading() as session:
            return await documents.count(session, where=self.where)


@strawberry.type
class DocumentQuery:
    @strawberry.field(description="Danh sách văn bản")
    async def documents(
        self,
        info: Info[Context, None],
        prepared_by: Annotated[
            UnitSelector | None, strawberry.argument(description="Do một trong các đơn vị này tham mưu, soạn thảo")
        ] = None,
        issued_from: Annotated[date | None, strawberry.argument(description="Ban hành từ ngày này")] = None,
        issued_to: Annotated[date | None, strawberry.argument(description="Ban hành đến hết ngày này")] = None,
        first: First = None,
        after: After = None,
    ) -> LegalDocumentConnection:
        context = info.context
        page = Page.of(_ORDER, first=first, after=after)
        where = DocumentFilter(
            prepared_by=None if prepared_by is None else prepared_by.keys(context),
            issued_from=issued_from,
            issued_to=issued_to,
        )
        async with context.reading() as session:
            return LegalDocumentConnection.of(await documents.listed(session, page=page, where=where), where)


@node_loader("LegalDocument")
async def _by_ids(ids: Sequence[UUID], context: Context) -> dict[Any, Node]:
    async with context.reading() as session:
        return {id_: LegalDocument.of(stored) for id_, stored in (await documents.by_ids(session, ids)).items()}


__all__ = ["DocumentQuery", "LegalDocument", "LegalDocumentConnection"]
