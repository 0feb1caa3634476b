"""How tasks are counted: by where they stand on a day, as a whole or divided."""

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from dean06_core import documents, spelling, standing
from dean06_core.graphql import Context, described
from dean06_core.standing import TaskGrouping
from dean06_core.tasks import TaskCell
from dean06_core.units import Tier
from dean06_schema.task_filters import Filter, meant_by
from dean06_schema.units import On, Unit

described(
    TaskGrouping,
    "Chia nhiệm vụ theo gì",
    LEAD="Đơn vị chủ trì",
    TIER="Cấp của đơn vị chủ trì",
    SECTOR="Lĩnh vực",
    GROUP="Nhóm nhiệm vụ",
    ORIGIN="Từ đâu mà có",
    DOCUMENT="Văn bản làm căn cứ",
)


@strawberry.type(description="Số nhiệm vụ theo tình trạng; cộng các ô lại bằng tổng")
class TaskSummary:
    total: int = strawberry.field(description="Tổng số")
    done_on_time: int = strawberry.field(description="Hoàn thành đúng hạn")
    done_late: int = strawberry.field(description="Hoàn thành quá hạn")
    open_in_term: int = strawberry.field(description="Chưa hoàn thành, trong hạn")
    open_overdue: int = strawberry.field(description="Chưa hoàn thành, quá hạn")
    without_deadline: int = strawberry.field(description="Chưa hoàn thành, không có hạn")
    ongoing: int = strawberry.field(description="Thường xuyên, định kỳ")
    cancelled: int = strawberry.field(description="Không thực hiện nữa")

    @classmethod
    def of(cls, counts: dict[TaskCell, int]) -> "TaskSummary":
        return cls(
            total=sum(counts.values()),
            done_on_time=counts[TaskCell.DONE_ON_TIME],
            done_late=counts[TaskCell.DONE_LATE],
            open_in_term=counts[TaskCell.OPEN_IN_TERM],
            open_overdue=counts[TaskCell.OPEN_OVERDUE],
            without_deadline=counts[TaskCell.OPEN_NO_DEADLINE],
            ongoing=counts[TaskCell.ONGOING],
            cancelled=counts[TaskCell.CANCELLED],
        )


@strawberry.type(description="Số nhiệm vụ của một đơn vị, cấp, lĩnh vực, nhóm, nguồn hoặc văn bản")
class TaskSummaryRow:
    key: str = strawberry.field(
        description="Chia theo gì thì ghi giá trị đó: mã đơn vị, cấp, mã lĩnh vực, nhóm, nguồn, tên gọi văn bản"
    )
    unit: Unit | None = strawberry.field(description="Đơn vị, khi chia theo đơn vị chủ trì")
    summary: TaskSummary = strawberry.field(description="Số nhiệm vụ theo tình trạng")


@strawberry.type
class TaskSummaryQuery:
    @strawberry.field(description="Số nhiệm vụ theo tình trạng")
    async def task_summary(self, info: Info[Context, None], filter: Filter = None, on: On = None) -> TaskSummary:
        day = on or info.context.on
        where = await meant_by(filter, info.context, day)
        async with info.context.reading() as session:
            return TaskSummary.of(await standing.summary(session, on=day, where=where))

    @strawberry.field(
        description="Số nhiệm vụ theo tình trạng, chia theo đơn vị chủ trì, cấp, lĩnh vực ...; "
        "nhiệm vụ thuộc hai lĩnh vực được tính ở cả hai"
    )
    async def task_summaries(
        self,
        info: Info[Context, None],
        by: Annotated[TaskGrouping, strawberry.argument(description="Chia theo gì")],
        filter: Filter = None,
        on: On = None,
    ) -> list[TaskSummaryRow]:
        context = info.context
        day = on or context.on
        where = await meant_by(filter, context, day)
        async with context.reading() as session:
            found = await standing.summaries(session, by=by, on=day, where=where)
        return await _rows(context, by, found, day)


async def _rows(
    context: Context, by: TaskGrouping, found: dict[str | int, dict[TaskCell, int]], on: date
) -> list[TaskSummaryRow]:
    """One row a value, in an order that people expect; of sectors only those of the caller."""
    keys: Any = list(found)
    units: dict[Any, Unit] = {}
    match by:
        case TaskGrouping.LEAD:
            keys.sort(key=context.directory.position.__getitem__)
            units = {key: Unit.known(context, key, on) for key in keys}
            names = {key: unit.unit.code for key, unit in units.items()}
        case TaskGrouping.DOCUMENT:
            async with context.reading() as session:
                named = await documents.by_ids(session, keys)
            names = {key: named[key].label for key in keys if key in named}
            keys = sorted(names, key=lambda key: spelling.sort_key(names[key]))
        case TaskGrouping.TIER:
            names = {key: str(key) for key in keys}
            keys.sort(key=list(Tier).index)
        case TaskGrouping.SECTOR:
            names = {key: key for key in keys if context.catalogue.is_seen(key)}
            keys = sorted(names)
        case TaskGrouping.GROUP | TaskGrouping.ORIGIN:
            names = {key: str(key) for key in keys}
            keys.sort(key=lambda key: spelling.sort_key(str(key)))
    return [TaskSummaryRow(key=names[key], unit=units.get(key), summary=TaskSummary.of(found[key])) for key in keys]
