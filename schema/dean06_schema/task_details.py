"""What is told about a task besides the order: extensions, progress, and where it is mentioned."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_core import task_details
from dean06_core.conditions import Condition
from dean06_core.graphql import Context, PageInfo, batch_field
from dean06_core.pages import Slice, cursor_of
from dean06_core.standing import StandingTask
from dean06_core.task_details import Extension, Mention, Report
from dean06_core.tasks import TaskProgress as StoredProgress
from dean06_schema.documents import LegalDocument
from dean06_schema.indicators import Indicator
from dean06_schema.targets import Target
from dean06_schema.units import Unit

PROGRESS_ORDER: Final = "task_progress"
V = TypeVar("V")


@strawberry.type(description="Một lần gia hạn nhiệm vụ")
class TaskExtension:
    from_: date | None = strawberry.field(name="from", description="Hạn trước khi gia hạn")
    to: date = strawberry.field(description="Hạn mới")
    basis: LegalDocument = strawberry.field(description="Văn bản cho gia hạn")

    @classmethod
    def of(cls, extension: Extension) -> "TaskExtension":
        if extension.basis is None:
            raise LookupError(f"The extension to {extension.after} does not name the document it rests on.")
        return cls(from_=extension.before, to=extension.after, basis=LegalDocument.of(extension.basis))


@strawberry.type(description="Một lần đơn vị báo cáo tình hình thực hiện nhiệm vụ")
class TaskProgress:
    stored: strawberry.Private[StoredProgress]
    on: date = strawberry.field(description="Ngày báo cáo")
    done: str = strawberry.field(description="Đã làm được gì")
    remaining: str | None = strawberry.field(description="Còn phải làm gì")
    finished: bool = strawberry.field(description="Đơn vị chủ trì báo đã hoàn thành cả nhiệm vụ")
    confirmed: bool = strawberry.field(description="Đã được nơi giao xác nhận hoàn thành")
    returned: str | None = strawberry.field(description="Nơi giao trả lại vì còn thiếu gì; null nếu không trả lại")

    @classmethod
    def of(cls, report: Report) -> "TaskProgress":
        said = report.said
        return cls(
            stored=said,
            on=said.on,
            done=said.done,
            remaining=said.remaining,
            finished=said.finished,
            confirmed=report.confirmed,
            returned=report.returned,
        )

    @strawberry.field(description="Đơn vị báo cáo")
    def unit(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.stored.unit_key, self.stored.on)

    @batch_field(description="Các văn bản gửi kèm")
    async def documents(reports: list[Any], context: Context) -> list[list[LegalDocument]]:
        async with context.reading() as session:
            found = await task_details.progress_documents(session, {each.stored.id for each in reports})
        return [[LegalDocument.of(document) for document in found[each.stored.id]] for each in reports]


@strawberry.type(description="Mức chỉ tiêu giao mà một nhiệm vụ phải đạt")
class TaskCondition:
    indicator: Indicator = strawberry.field(description="Chỉ tiêu theo dõi")
    target: Target = strawberry.field(description="Mức được giao")
    met: bool | None = strawberry.field(
        description="Số liệu mới nhất trong ba tháng đến ngày đang xem đã đạt mức đó; null nếu chưa có số liệu"
    )

    @classmethod
    def of(cls, condition: Condition) -> "TaskCondition":
        indicator = condition.indicator
        return cls(indicator=Indicator.of(indicator), target=Target.of(condition.target, indicator), met=condition.met)


@strawberry.type(description="Một lần nhiệm vụ được nêu hoặc nhắc lại; nhắc lại không làm thành nhiệm vụ mới")
class TaskMention:
    document: LegalDocument = strawberry.field(description="Văn bản nêu nhiệm vụ")
    section: str = strawberry.field(description="Mục trong văn bản")
    deadline_text: str | None = strawberry.field(description="Nguyên văn hạn được in ở đó")
    stated_state: str | None = strawberry.field(description="Nguyên văn tình trạng được in ở đó")

    @classmethod
    def of(cls, mention: Mention) -> "TaskMention":
        return cls(
            document=LegalDocument.of(mention.document),
            section=mention.section,
            deadline_text=mention.deadline_text,
            stated_state=mention.stated_state,
        )


@strawberry.type(description="Một dòng tình hình thực hiện")
class TaskProgressEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: TaskProgress = strawberry.field(description="Lần báo cáo")


@strawberry.type(description="Tình hình thực hiện theo trang, mới nhất trước")
class TaskProgressConnection:
    task: strawberry.Private[StandingTask]
    edges: list[TaskProgressEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")

    @classmethod
    def of(cls, task: StandingTask, rows: Slice[Report]) -> "TaskProgressConnection":
        return cls(
            task=task,
            edges=[
                TaskProgressEdge(cursor=cursor_of(key, PROGRESS_ORDER), node=TaskProgress.of(row))
                for key, row in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, PROGRESS_ORDER),
        )

    @batch_field(description="Tổng số lần báo cáo")
    async def total_count(connections: list[Any], context: Context) -> list[int]:
        return await told(context, [each.task for each in connections], task_details.progress_counts)


async def told(
    context: Context, tasks: Sequence[StandingTask], ask: Callable[..., Awaitable[dict[UUID, V]]]
) -> list[V]:
    """What is told about each task up to the day it is looked at, one statement a day."""
    found: dict[tuple[UUID, date], V] = {}
    for day, ids in by_day((task.id, task.on) for task in tasks).items():
        async with context.reading() as session:
            found |= {(id_, day): answer for id_, answer in (await ask(session, ids, on=day)).items()}
    return [found[task.id, task.on] for task in tasks]


def by_day(wanted: Iterable[tuple[UUID, date]]) -> dict[date, list[UUID]]:
    days: dict[date, dict[UUID, None]] = {}
    for id_, day in wanted:
        days.setdefault(day, {})[id_] = None
    return {day: list(ids) for day, ids in days.items()}
