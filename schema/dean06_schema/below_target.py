"""How the units below target are asked for."""

from typing import Annotated

import strawberry
from strawberry.types.info import Info

from dean06_core import shortfalls
from dean06_core.graphql import Context
from dean06_core.periods import Period, Window
from dean06_core.units import Tier
from dean06_schema.indicators import Codes, Indicator, Sectors, chosen_indicators
from dean06_schema.observations import Observation
from dean06_schema.units import Unit, UnitSelector

PeriodCode = Annotated[
    str, strawberry.argument(description="Kỳ: 2025-07-28, 2025-W30, 2025-07, 2025-Q3, 2025-H1, 2025")
]
InWindow = Annotated[Window, strawberry.argument(description="Phạm vi thời gian")]


@strawberry.type(description="Số đơn vị của một cấp")
class TierCount:
    tier: Tier = strawberry.field(description="Cấp giao chỉ tiêu")
    count: int = strawberry.field(description="Số đơn vị")


@strawberry.type(description="Danh sách chưa đạt của một chỉ tiêu theo dõi; chỉ gồm đơn vị có số liệu của chính mình")
class BelowTarget:
    shortfall: strawberry.Private[shortfalls.Shortfall]

    @strawberry.field(description="Chỉ tiêu theo dõi")
    def indicator(self) -> Indicator:
        return Indicator.of(self.shortfall.indicator)

    @strawberry.field(description="Số đơn vị chưa đạt")
    def total(self) -> int:
        return len(self.shortfall.rows)

    @strawberry.field(description="Số đơn vị chưa đạt theo cấp")
    def by_tier(self) -> list[TierCount]:
        return [TierCount(tier=tier, count=count) for tier, count in self.shortfall.by_tier.items()]

    @strawberry.field(description="Từng đơn vị chưa đạt với số liệu, theo cấp rồi theo mã")
    def rows(self, info: Info[Context, None]) -> list[Observation]:
        return [Observation.of(figure, info.context) for figure in self.shortfall.rows]

    @strawberry.field(description="Đơn vị kỳ trước đạt, kỳ này chưa đạt")
    def entered(self) -> list[Unit]:
        return [Unit.of(unit, self.shortfall.period.last_day) for unit in self.shortfall.entered]

    @strawberry.field(description="Đơn vị kỳ trước chưa đạt, kỳ này không còn trong danh sách")
    def left(self) -> list[Unit]:
        return [Unit.of(unit, self.shortfall.period.last_day) for unit in self.shortfall.left]

    @strawberry.field(description="Đoạn văn cho báo cáo")
    def text(self) -> str:
        return self.shortfall.text


@strawberry.type
class BelowTargetQuery:
    @strawberry.field(description="Danh sách chưa đạt, theo từng chỉ tiêu theo dõi")
    async def below_target(
        self,
        info: Info[Context, None],
        period: PeriodCode,
        window: InWindow = Window.PERIOD,
        indicators: Codes = None,
        sectors: Sectors = None,
        units: Annotated[UnitSelector | None, strawberry.argument(description="Chỉ các đơn vị này")] = None,
    ) -> list[BelowTarget]:
        context = info.context
        asked = Period.parse(period)
        async with context.reading() as session:
            found = await shortfalls.below_target(
                session,
                context.directory,
                context.catalogue,
                indicators=chosen_indicators(context, indicators, sectors),
                period=asked,
                window=window,
                units=None if units is None else units.keys(context, asked.last_day),
            )
        return [BelowTarget(shortfall=shortfall) for shortfall in found]
