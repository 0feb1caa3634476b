"""Which tasks are meant, in the words of the contract."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from dean06_core import documents, standing
from dean06_core.graphql import Context, described
from dean06_core.tasks import TaskCell, TaskOrigin, TaskRecurrence
from dean06_schema.units import UnitSelector

described(
    TaskOrigin,
    "Nhiệm vụ từ đâu mà có",
    PLAN="Kế hoạch của tỉnh",
    CENTRAL="Phát sinh do Trung ương giao",
    MEETING="Kết luận cuộc họp",
    REPORT="Báo cáo",
)
described(
    TaskRecurrence,
    "Cách lặp lại của nhiệm vụ",
    ONE_OFF="Một lần",
    CAMPAIGN="Cao điểm",
    RECURRING="Định kỳ",
    ONGOING="Thường xuyên",
)
described(
    TaskCell,
    "Tình trạng của nhiệm vụ tại một ngày; mỗi nhiệm vụ ở đúng một ô",
    DONE_ON_TIME="Hoàn thành đúng hạn",
    DONE_LATE="Hoàn thành quá hạn",
    OPEN_IN_TERM="Chưa hoàn thành, trong hạn",
    OPEN_OVERDUE="Chưa hoàn thành, quá hạn",
    OPEN_NO_DEADLINE="Chưa hoàn thành, không có hạn",
    ONGOING="Thường xuyên, định kỳ",
    CANCELLED="Không thực hiện nữa",
)


@strawberry.input(description="Lọc nhiệm vụ; mọi điều kiện đã ghi phải cùng đúng, danh sách rỗng coi như không ghi")
class TaskFilter:
    cells: list[TaskCell] | None = strawberry.field(default=None, description="Ở một trong các tình trạng này")
    lead: UnitSelector | None = strawberry.field(default=None, description="Do các đơn vị này chủ trì")
    cooperating: UnitSelector | None = strawberry.field(default=None, description="Có các đơn vị này phối hợp")
    sectors: list[str] | None = strawberry.field(default=None, description="Thuộc một trong các lĩnh vực này")
    groups: list[str] | None = strawberry.field(default=None, description="Thuộc một trong các nhóm nhiệm vụ này")
    origins: list[TaskOrigin] | None = strawberry.field(default=None, description="Từ một trong các nguồn này")
    recurrences: list[TaskRecurrence] | None = strawberry.field(
        default=None, description="Có một trong các cách lặp lại này"
    )
    document: str | None = strawberry.field(
        default=None, description="Căn cứ vào hoặc được nhắc trong văn bản có tên gọi hoặc số này"
    )
    text: str | None = strawberry.field(default=None, description="Tên nhiệm vụ có chứa, không cần dấu")

    async def meant(self, context: Context, on: date) -> standing.TaskFilter:
        """The filter as core knows it; one statement if a document is named."""
        return standing.TaskFilter(
            cells=frozenset(self.cells or ()),
            leads=None if self.lead is None else self.lead.keys(context, on),
            cooperating=None if self.cooperating is None else self.cooperating.keys(context, on),
            sectors=frozenset(context.catalogue.sector(code) for code in self.sectors or ()),
            groups=frozenset(self.groups or ()),
            origins=frozenset(self.origins or ()),
            recurrences=frozenset(self.recurrences or ()),
            document=None if self.document is None else await _document(context, self.document),
            text=self.text,
        )


Filter = Annotated[TaskFilter | None, strawberry.argument(description="Lọc nhiệm vụ")]


async def meant_by(where: TaskFilter | None, context: Context, on: date) -> standing.TaskFilter:
    return standing.TaskFilter() if where is None else await where.meant(context, on)


async def _document(context: Context, written: str) -> UUID:
    async with context.reading() as session:
        return (await documents.Shelf.load(session)).named(written)
