"""How indicators and sectors are asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.types.info import Info

from dean06_core import documents, targets
from dean06_core.graphql import Context, batch_field
from dean06_core.indicators import Direction, IndicatorKind
from dean06_core.indicators import Indicator as DeclaredIndicator
from dean06_core.periods import Window
from dean06_schema.targets import Target
from dean06_schema.units import On, Unit, UnitSelector

if TYPE_CHECKING:
    from dean06_schema.documents import LegalDocument

Documents = list[Annotated["LegalDocument", strawberry.lazy("dean06_schema.documents")]]
Codes = Annotated[list[str] | None, strawberry.argument(description="Mã chỉ tiêu theo dõi; không ghi thì mọi chỉ tiêu")]
Sectors = Annotated[
    list[str] | None, strawberry.argument(description="Chỉ các lĩnh vực này; không ghi thì mọi lĩnh vực")
]


@strawberry.type(description="Phần của một chỉ tiêu theo dõi")
class Part:
    code: str = strawberry.field(description="Mã của phần")
    name: str = strawberry.field(description="Tên của phần")


@strawberry.type(description="Lĩnh vực: một nguồn chỉ tiêu theo dõi")
class Sector:
    code: str = strawberry.field(description="Mã lĩnh vực")
    name: str = strawberry.field(description="Tên lĩnh vực")

    @classmethod
    def known(cls, context: Context, code: str) -> "Sector":
        return cls(code=code, name=context.catalogue.titles.get(code, code))

    @strawberry.field(description="Các chỉ tiêu theo dõi của lĩnh vực, theo thứ tự trong báo cáo")
    def indicators(self, info: Info[Context, None]) -> list["Indicator"]:
        return [Indicator.of(each) for each in info.context.catalogue.listed([self.code])]


@strawberry.type(description="Chỉ tiêu theo dõi")
class Indicator:
    declared: strawberry.Private[DeclaredIndicator]

    @classmethod
    def of(cls, declared: DeclaredIndicator) -> "Indicator":
        return cls(declared=declared)

    @strawberry.field(description="Mã chỉ tiêu theo dõi: lĩnh vực.tên")
    def code(self) -> str:
        return self.declared.code

    @strawberry.field(description="Tên tiếng Việt")
    def name(self) -> str:
        return self.declared.name

    @strawberry.field(description="Tên tiếng Anh")
    def name_en(self) -> str:
        return self.declared.name_en

    @strawberry.field(description="Lĩnh vực")
    def sector(self, info: Info[Context, None]) -> Sector:
        return Sector.known(info.context, self.declared.sector)

    @strawberry.field(description="Dạng: tỷ lệ, số đếm ...")
    def kind(self) -> IndicatorKind:
        return self.declared.kind

    @strawberry.field(description="Chiều tốt lên")
    def direction(self) -> Direction:
        return self.declared.direction

    @strawberry.field(description="Đơn vị tính")
    def unit_of_measure(self) -> str:
        return self.declared.unit_of_measure

    @strawberry.field(description="Tử số đếm gì")
    def numerator_label(self) -> str:
        return self.declared.numerator

    @strawberry.field(description="Mẫu số đếm gì")
    def denominator_label(self) -> str | None:
        return self.declared.denominator

    @strawberry.field(description="Cách hiểu và cách tính")
    def definition(self) -> str:
        return self.declared.definition

    @strawberry.field(description="Không tính những gì")
    def exclusions(self) -> str | None:
        return self.declared.exclusions

    @strawberry.field(description="Số chữ số thập phân khi ghi")
    def decimals(self) -> int:
        return self.declared.decimals

    @strawberry.field(description="Chương, mục trong báo cáo")
    def heading(self) -> str:
        return self.declared.heading

    @strawberry.field(description="Thứ tự trong mục")
    def order(self) -> int:
        return self.declared.order

    @strawberry.field(description="Các phạm vi thời gian được báo cáo")
    def windows(self) -> list[Window]:
        return list(self.declared.windows)

    @strawberry.field(description="Các phần")
    def parts(self) -> list[Part]:
        return [Part(code=part.code, name=part.name) for part in self.declared.parts]

    @strawberry.field(
        description="Đơn vị chịu trách nhiệm số liệu; số của đơn vị này được lấy khi nhiều nơi nêu khác nhau"
    )
    def responsible(self, info: Info[Context, None], on: On = None) -> Unit | None:
        day = on or info.context.on
        code = self.declared.responsible
        key = None if code is None else info.context.directory.key_by_code(code, day)
        return None if key is None else Unit.known(info.context, key, day)

    @batch_field(description="Văn bản làm căn cứ")
    async def basis(indicators: list[Any], context: Context) -> list[Documents]:
        from dean06_schema.documents import LegalDocument

        labels = {label for each in indicators for label in each.declared.basis}
        async with context.reading() as session:
            found = await documents.by_labels(session, labels)
        return [
            [LegalDocument.of(found[label]) for label in each.declared.basis if label in found] for each in indicators
        ]

    @strawberry.field(description="Phiên bản của cách tính")
    def version(self) -> int:
        return self.declared.version

    @batch_field(description="Các mức chỉ tiêu đã giao")
    async def targets(
        indicators: list[Any],
        context: Context,
        *,
        units: Annotated[
            UnitSelector | None, strawberry.argument(description="Chỉ mức giao cho các đơn vị này")
        ] = None,
        on: On = None,
    ) -> list[list[Target]]:
        catalogue = context.catalogue
        keys = {catalogue.key(each.declared.code) for each in indicators}
        async with context.reading() as session:
            found = await targets.listed(session, keys, on=on)
        addressed = None if units is None else units.keys(context, on)
        return [
            [
                Target.of(target, each.declared)
                for target in found.get(catalogue.key(each.declared.code), ())
                if addressed is None or target.within_key in addressed
            ]
            for each in indicators
        ]


@strawberry.type
class IndicatorQuery:
    @strawberry.field(description="Các lĩnh vực trong phạm vi")
    def sectors(self, info: Info[Context, None]) -> list[Sector]:
        return [Sector.known(info.context, code) for code in info.context.catalogue.sectors()]

    @strawberry.field(description="Chỉ tiêu theo dõi theo mã")
    def indicator(
        self,
        info: Info[Context, None],
        code: Annotated[str, strawberry.argument(description="Mã chỉ tiêu theo dõi: lĩnh vực.tên")],
    ) -> Indicator | None:
        return Indicator.of(info.context.catalogue.named(code))

    @strawberry.field(description="Các chỉ tiêu theo dõi, theo thứ tự trong báo cáo")
    def indicators(self, info: Info[Context, None], sectors: Sectors = None) -> list[Indicator]:
        return [Indicator.of(each) for each in info.context.catalogue.listed(sectors)]


def chosen_indicators(
    context: Context, codes: Sequence[str] | None, sectors: Sequence[str] | None
) -> list[DeclaredIndicator]:
    """The indicators that are meant, in the order of the report or as asked."""
    listed = context.catalogue.listed(sectors)
    if codes is None:
        return list(listed)
    named = [context.catalogue.named(code) for code in dict.fromkeys(codes)]
    return [indicator for indicator in named if sectors is None or indicator in listed]


__all__ = ["Codes", "Indicator", "IndicatorQuery", "Part", "Sector", "Sectors", "chosen_indicators"]
