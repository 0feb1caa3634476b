"""By the units of which day figures of earlier periods are put together."""

from datetime import date
from enum import StrEnum

import strawberry

from dean06_core.errors import BadInput
from dean06_core.graphql import Context, described


class StructureMode(StrEnum):
    AS_REPORTED = "AS_REPORTED"
    CURRENT = "CURRENT"
    AS_OF = "AS_OF"


described(
    StructureMode,
    "Số liệu kỳ cũ xếp theo cơ cấu đơn vị nào",
    AS_REPORTED="Như khi báo cáo",
    CURRENT="Các đơn vị hôm nay",
    AS_OF="Các đơn vị của một ngày",
)


@strawberry.input(description="Cơ cấu đơn vị")
class StructureInput:
    mode: StructureMode = strawberry.field(description="Cách xếp")
    on: date | None = strawberry.field(default=None, description="Ngày của cơ cấu, chỉ với AS_OF")

    def day(self, context: Context) -> date | None:
        """The day whose units are meant; None for those of each period."""
        if (self.mode is StructureMode.AS_OF) != (self.on is not None):
            message = (
                "Cơ cấu AS_OF cần có ngày on. Hãy ghi ngày on, hoặc chọn mode khác."
                if self.on is None
                else f"Ngày on {self.on:%d/%m/%Y} không đi với mode {self.mode}. Hãy bỏ on, hoặc chọn mode AS_OF."
            )
            raise BadInput("STRUCTURE_INVALID", message, field=("structure", "on"))
        return context.on if self.mode is StructureMode.CURRENT else self.on
