"""How tasks are asked for: listed, counted and one by one, always as they stood on a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.types.info import Info

from dean06_core import standing, task_details
from dean06_core.conditions import conditions
from dean06_core.graphql import After, Before, Context, First, Last, PageInfo, batch_field, described
from dean06_core.pages import Page, Slice, cursor_of
from dean06_core.standing import StandingTask, TaskGrouping, TaskOrder
from dean06_core.tasks import DatePrecision, TaskCell, TaskOrigin, TaskRecurrence
from dean06_schema.documents import LegalDocument
from dean06_schema.nodes import Node, global_id, node_loader
from dean06_schema.task_details import (
    PROGRESS_ORDER,
    TaskCondition,
    TaskExtension,
    TaskMention,
    TaskProgressConnection,
    by_day,
    told,
)
from dean06_schema.task_filters import Filter, TaskFilter, meant_by
from dean06_schema.units import On, Unit, UnitGroup

described(
    TaskOrder,
    "Thứ tự của danh sách nhiệm vụ",
    DEADLINE="Hạn sớm trước, không có hạn sau cùng",
    OVERDUE_DAYS="Quá hạn lâu nhất trước",
    CODE="Mã",
)
described(
    DatePrecision,
    "Hạn được ghi chính xác đến đâu",
    DAY="Đến ngày",
    MONTH="Đến tháng",
    YEAR="Đến năm",
    DERIVED="Suy ra từ văn bản",
)


@strawberry.type(description="Nhiệm vụ, như tại một ngày")
class Task(Node):
    standing: strawberry.Private[StandingTask]
    code: str = strawberry.field(description="Mã nhiệm vụ")
    title: str = strawberry.field(description="Nội dung được giao")
    group: str = strawberry.field(description="Nhóm nhiệm vụ")
    origin: TaskOrigin = strawberry.field(description="Từ đâu mà có")
    recurrence: TaskRecurrence = strawberry.field(description="Cách lặp lại")
    person: str | None = strawberry.field(description="Người được giao phụ trách")
    product: str | None = strawberry.field(description="Sản phẩm phải có")
    starts_on: date | None = strawberry.field(description="Ngày bắt đầu")
    deadline: date | None = strawberry.field(description="Hạn đang áp dụng, đã tính gia hạn")
    deadline_text: str | None = strawberry.field(description="Nguyên văn hạn được giao")
    deadline_precision: DatePrecision | None = strawberry.field(description="Hạn được ghi chính xác đến đâu")
    original_deadline: date | None = strawberry.field(description="Hạn giao lần đầu")

    @classmethod
    def of(cls, task: StandingTask) -> "Task":
        return cls(
            id=global_id("Task", task.id),
            standing=task,
            code=task.code,
            title=task.title,
            group=task.group,
            origin=task.origin,
            recurrence=task.recurrence,
            person=task.person,
            product=task.product,
            starts_on=task.starts_on,
            deadline=task.deadline,
            deadline_text=task.deadline_text,
            deadline_precision=task.deadline_precision,
            original_deadline=task.original_deadline,
        )

    @strawberry.field(description="Đơn vị chủ trì; null nếu giao cho một nhóm")
    def lead(self, info: Info[Context, None]) -> Unit | None:
        return _unit(info.context, self.standing.lead, self.standing.on)

    @strawberry.field(description="Nhóm đơn vị được giao; mỗi đơn vị trong nhóm có một nhiệm vụ con")
    def lead_group(self, info: Info[Context, None]) -> UnitGroup | None:
        key = self.standing.lead_group
        return None if key is None else UnitGroup.known(info.context, key)

    @strawberry.field(description="Đơn vị giao")
    def assigned_by(self, info: Info[Context, None]) -> Unit | None:
        return _unit(info.context, self.standing.assigned_by, self.standing.on)

    @batch_field(description="Các đơn vị phối hợp")
    async def cooperating(tasks: list[Any], context: Context) -> list[list[Unit]]:
        own = [each.standing for each in tasks]
        async with context.reading() as session:
            found = await task_details.cooperating(session, {task.id for task in own})
        position = context.directory.position
        return [
            [Unit.known(context, key, task.on) for key in sorted(found[task.id], key=position.__getitem__)]
            for task in own
        ]

    @batch_field(description="Nhiệm vụ giao cho cả nhóm, mà nhiệm vụ này là phần của một đơn vị")
    async def parent(
        tasks: list[Any],
        context: Context,
    ) -> list[Annotated["Task", strawberry.lazy("dean06_schema.tasks")] | None]:
        above = {(each.standing.parent, each.standing.on) for each in tasks if each.standing.parent is not None}
        found = await _standing(context, above)
        return [_of(found.get((each.standing.parent, each.standing.on))) for each in tasks]

    @batch_field(description="Các nhiệm vụ con, mỗi đơn vị trong nhóm một nhiệm vụ")
    async def children(
        tasks: list[Any],
        context: Context,
        *,
        first: First = None,
        after: After = None,
        on: On = None,
    ) -> list[Annotated["TaskConnection", strawberry.lazy("dean06_schema.tasks")]]:
        own = [each.standing for each in tasks]
        connections = {
            (task, day): connection
            for day, keys in by_day((task.id, on or task.on) for task in own).items()
            for task, connection in zip(
                keys, await connections_by(context, None, keys, first=first, after=after, on=day), strict=True
            )
        }
        return [connections[task.id, on or task.on] for task in own]

    @batch_field(description="Các lần gia hạn đến ngày đang xem, theo thứ tự")
    async def extensions(tasks: list[Any], context: Context) -> list[list[TaskExtension]]:
        found = await told(context, [each.standing for each in tasks], task_details.extensions)
        return [[TaskExtension.of(extension) for extension in own] for own in found]

    @batch_field(
        description="Tình trạng tại một ngày; không ghi ngày thì ngày đang xem, trước ngày giao thì như vừa giao"
    )
    async def cell(tasks: list[Any], context: Context, *, on: On = None) -> list[TaskCell]:
        return [task.cell for task in await _on_another_day(context, tasks, on)]

    @batch_field(description="Quá hạn mà chưa hoàn thành")
    async def overdue(tasks: list[Any], context: Context, *, on: On = None) -> list[bool]:
        return [task.cell is TaskCell.OPEN_OVERDUE for task in await _on_another_day(context, tasks, on)]

    @batch_field(description="Số ngày quá hạn; null nếu không quá hạn")
    async def overdue_days(tasks: list[Any], context: Context, *, on: On = None) -> list[int | None]:
        return [task.overdue_days for task in await _on_another_day(context, tasks, on)]

    @batch_field(description="Tình hình thực hiện đến ngày đang xem, mới nhất trước")
    async def progress(
        tasks: list[Any],
        context: Context,
        *,
        first: First = None,
        after: After = None,
    ) -> list[TaskProgressConnection]:
        page = Page.of(PROGRESS_ORDER, first=first, after=after)
        own = [each.standing for each in tasks]

        async def reported(session: AsyncSession, ids: Collection[UUID], *, on: date) -> Any:
            return await task_details.progress(session, ids, on=on, page=page)

        found = await told(context, own, reported)
        return [TaskProgressConnection.of(task, rows) for task, rows in zip(own, found, strict=True)]

    @batch_field(description="Mức chỉ tiêu giao mà nhiệm vụ phải đạt, và số liệu cho biết đã đạt chưa")
    async def condition(tasks: list[Any], context: Context) -> list[TaskCondition | None]:
        own = [each.standing for each in tasks]
        async with context.reading() as session:
            found = await conditions(session, context.directory, context.catalogue, own)
        return [None if condition is None else TaskCondition.of(condition) for condition in found]

    @batch_field(description="Các văn bản làm căn cứ")
    async def basis(tasks: list[Any], context: Context) -> list[list[LegalDocument]]:
        async with context.reading() as session:
            found = await task_details.bases(session, {each.standing.id for each in tasks})
        return [[LegalDocument.of(document) for document in found[each.standing.id]] for each in tasks]

    @batch_field(description="Mọi nơi nêu hoặc nhắc lại nhiệm vụ, văn bản sớm trước")
    async def mentions(tasks: list[Any], context: Context) -> list[list[TaskMention]]:
        async with context.reading() as session:
            found = await task_details.mentions(session, {each.standing.id for each in tasks})
        return [[TaskMention.of(mention) for mention in found[each.standing.id]] for each in tasks]


@strawberry.type(description="Một dòng của danh sách nhiệm vụ")
class TaskEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: Task = strawberry.field(description="Nhiệm vụ")


@dataclass(frozen=True, slots=True)
class _Listing:
    """What a connection is a page of: all tasks, or those that each belong to a value of ``by``."""

    on: date
    where: standing.TaskFilter
    is_whole: bool
    by: TaskGrouping | None = None


@strawberry.type(description="Danh sách nhiệm vụ theo trang")
class TaskConnection:
    listing: strawberry.Private[_Listing]
    owner: strawberry.Private[Any]
    edges: list[TaskEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")

    @classmethod
    def of(cls, rows: Slice[StandingTask], order: str, listing: _Listing, owner: Any = None) -> "TaskConnection":
        return cls(
            listing=listing,
            owner=owner,
            edges=[
                TaskEdge(cursor=cursor_of(key, order), node=Task.of(task))
                for key, task in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, order),
        )

    @batch_field(description="Tổng số nhiệm vụ trong danh sách")
    async def total_count(connections: list[Any], context: Context) -> list[int]:
        owners: dict[_Listing, set[Any]] = {}
        for each in connections:
            owners.setdefault(each.listing, set()).add(each.owner)
        counted: dict[tuple[_Listing, Any], int] = {}
        async with context.reading() as session:
            for listing, keys in owners.items():
                if listing.is_whole:
                    cells = await standing.summary(session, on=listing.on, where=listing.where)
                    counted[listing, None] = sum(cells.values())
                else:
                    counts = await standing.counted_by(session, listing.by, keys, on=listing.on, where=listing.where)
                    counted |= {(listing, key): count for key, count in counts.items()}
        return [counted[each.listing, each.owner] for each in connections]


@strawberry.type
class TaskQuery:
    @strawberry.field(description="Nhiệm vụ theo mã; null nếu không có hoặc ngoài phạm vi")
    async def task(
        self, info: Info[Context, None], code: Annotated[str, strawberry.argument(description="Mã nhiệm vụ")]
    ) -> Task | None:
        one = standing.TaskFilter(codes=frozenset({code}))
        async with info.context.reading() as session:
            found = await standing.listed(session, on=info.context.on, page=Page(1), where=one)
        return Task.of(found.rows[0]) if found.rows else None

    @strawberry.field(description="Danh sách nhiệm vụ; nhiệm vụ giao cho nhóm là một dòng, trừ khi lọc theo đơn vị")
    async def tasks(
        self,
        info: Info[Context, None],
        filter: Filter = None,
        order_by: Annotated[TaskOrder | None, strawberry.argument(description="Thứ tự; không ghi thì theo mã")] = None,
        on: On = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TaskConnection:
        context, order = info.context, order_by or TaskOrder.CODE
        name = _order_name(order)
        page = Page.of(name, first=first, after=after, last=last, before=before)
        day = on or context.on
        where = await meant_by(filter, context, day)
        async with context.reading() as session:
            rows = await standing.listed(session, on=day, page=page, order=order, where=where)
        return TaskConnection.of(rows, name, _Listing(day, where, is_whole=True))


async def connections_by(
    context: Context,
    by: TaskGrouping | None,
    owners: Sequence[Any],
    *,
    where: TaskFilter | None = None,
    first: int | None = None,
    after: str | None = None,
    on: date,
) -> list[TaskConnection]:
    """The same page for each owner: led by units (LEAD), resting on documents (DOCUMENT), children of tasks (None)."""
    order = _order_name(TaskOrder.CODE)
    page = Page.of(order, first=first, after=after)
    meant = await meant_by(where, context, on)
    async with context.reading() as session:
        found = await standing.listed_by(session, by, set(owners), on=on, page=page, where=meant)
    listing = _Listing(on, meant, is_whole=False, by=by)
    return [TaskConnection.of(found[owner], order, listing, owner) for owner in owners]


@node_loader("Task")
async def _by_ids(ids: Sequence[UUID], context: Context) -> dict[Any, Node]:
    found = await _standing(context, {(id_, context.on) for id_ in ids})
    return {id_: Task.of(task) for (id_, _), task in found.items()}


async def _standing(context: Context, wanted: Collection[tuple[UUID, date]]) -> dict[tuple[UUID, date], StandingTask]:
    """The tasks by id and day, one statement a day."""
    found: dict[tuple[UUID, date], StandingTask] = {}
    for day, ids in by_day(wanted).items():
        one_page = Page(len(ids))
        async with context.reading() as session:
            rows = await standing.listed(session, on=day, page=one_page, where=standing.TaskFilter(ids=frozenset(ids)))
        found |= {(task.id, day): task for task in rows.rows}
    return found


async def _on_another_day(context: Context, tasks: Sequence[Any], on: date | None) -> list[StandingTask]:
    """The tasks as they stood on a day; no statement where that is the day they are looked at anyway."""
    own: list[StandingTask] = [each.standing for each in tasks]
    found = await _standing(context, {(task.id, on) for task in own if on is not None and on != task.on})
    return [
        task if on is None or on == task.on else found.get((task.id, on)) or task_details.before_given(task, on)
        for task in own
    ]


def _of(task: StandingTask | None) -> Task | None:
    return None if task is None else Task.of(task)


def _unit(context: Context, key: int | None, on: date) -> Unit | None:
    return None if key is None else Unit.known(context, key, on)


def _order_name(order: TaskOrder) -> str:
    return f"tasks:{order}"


__all__ = ["Task", "TaskConnection", "TaskQuery", "connections_by"]
