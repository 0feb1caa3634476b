"""What was said about a cell in one place."""

from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.info import Info

from dean06_core import documents, figures
from dean06_core.figures import rounded
from dean06_core.graphql import Context, batch_field
from dean06_core.indicators import Indicator as DeclaredIndicator
from dean06_core.observations import Observation as StoredStatement
from dean06_schema.documents import LegalDocument
from dean06_schema.units import Unit


@strawberry.type(description="Một lần nêu số liệu tại một nơi; các lần nêu mâu thuẫn đều được giữ")
class Statement:
    stored: strawberry.Private[StoredStatement]
    declared: strawberry.Private[DeclaredIndicator]

    @strawberry.field(description="Giá trị, làm tròn theo số thập phân của chỉ tiêu theo dõi")
    def value(self) -> Decimal | None:
        exact = figures.exact_value(
            self.declared, self.stored.numerator, self.stored.denominator, self.stored.value_scaled
        )
        return None if exact is None else rounded(exact, self.declared.decimals)

    @strawberry.field(description="Tử số đã nêu")
    def numerator(self) -> Decimal | None:
        return decimal(self.stored.numerator)

    @strawberry.field(description="Mẫu số đã nêu")
    def denominator(self) -> Decimal | None:
        return decimal(self.stored.denominator)

    @strawberry.field(description="Nguyên văn con số được in")
    def printed(self) -> str | None:
        return self.stored.printed

    @batch_field(description="Văn bản có lần nêu này")
    async def document(
        stated: list[Any],
        context: Context,
    ) -> list[LegalDocument | None]:
        ids = {each.stored.document_id for each in stated if each.stored.document_id is not None}
        async with context.reading() as session:
            found = await documents.by_ids(session, ids)
        return [
            LegalDocument.of(found[each.stored.document_id]) if each.stored.document_id in found else None
            for each in stated
        ]

    @strawberry.field(description="Mục trong văn bản")
    def section(self) -> str | None:
        return self.stored.section

    @strawberry.field(description="Đơn vị nêu số liệu")
    def reporter(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.stored.reporter_key)


def decimal(count: int | None) -> Decimal | None:
    return None if count is None else Decimal(count)
