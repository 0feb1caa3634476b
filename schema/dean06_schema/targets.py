"""How assigned levels are shown: the level as it stands for a period, and the document behind it."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from dean06_core import documents
from dean06_core.graphql import Context, batch_field
from dean06_core.indicators import Indicator as DeclaredIndicator
from dean06_core.observations import unscaled
from dean06_core.targets import Comparator, TargetCheck, TargetKind, TargetRule
from dean06_core.targets import Target as AssignedTarget

if TYPE_CHECKING:
    from dean06_schema.documents import LegalDocument
    from dean06_schema.indicators import Indicator

Document = Annotated["LegalDocument", strawberry.lazy("dean06_schema.documents")]
Measured = Annotated["Indicator", strawberry.lazy("dean06_schema.indicators")]


@strawberry.type(description="Mức chỉ tiêu giao")
class Target:
    target: strawberry.Private[AssignedTarget]
    declared: strawberry.Private[DeclaredIndicator]
    level: strawberry.Private[Decimal]

    @classmethod
    def of(cls, target: AssignedTarget, declared: DeclaredIndicator) -> "Target":
        """The target as assigned."""
        return cls(target=target, declared=declared, level=plain(unscaled(target.value_scaled)))

    @strawberry.field(description="Chỉ tiêu theo dõi")
    def indicator(self) -> Measured:
        from dean06_schema.indicators import Indicator

        return Indicator.of(self.declared)

    @strawberry.field(description="Mức được giao, theo đơn vị tính của chỉ tiêu theo dõi")
    def value(self) -> Decimal:
        return self.level

    @strawberry.field(description="Phép so")
    def comparator(self) -> Comparator:
        return self.target.comparator

    @strawberry.field(description="Tối thiểu, được giao hay phấn đấu")
    def kind(self) -> TargetKind:
        return self.target.kind

    @strawberry.field(description="Khi nào đánh giá")
    def check(self) -> TargetCheck:
        return self.target.check

    @strawberry.field(description="Giao cho ai")
    def rule(self) -> TargetRule:
        return self.target.rule

    @strawberry.field(description="Hạn phải đạt")
    def due_on(self) -> date | None:
        return self.target.due_on

    @strawberry.field(description="Có hiệu lực từ ngày")
    def valid_from(self) -> date:
        return self.target.valid_from

    @strawberry.field(description="Ngày đầu tiên không còn hiệu lực")
    def valid_to(self) -> date | None:
        return self.target.valid_to

    @batch_field(description="Văn bản giao")
    async def basis(targets: list[Any], context: Context) -> list[Document | None]:
        from dean06_schema.documents import LegalDocument

        ids = {each.target.basis_id for each in targets if each.target.basis_id is not None}
        async with context.reading() as session:
            found = await documents.by_ids(session, ids)
        return [
            LegalDocument.of(found[each.target.basis_id]) if each.target.basis_id in found else None for each in targets
        ]


def plain(value: Decimal) -> Decimal:
    """50.000000 is shown as 50 and 99.5 as 99.5."""
    trimmed = value.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed == trimmed.to_integral_value() else trimmed
