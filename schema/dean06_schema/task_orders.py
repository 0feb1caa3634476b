"""Giving tasks and answering for them: each thing that is done ends in the task as it then stands."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, cast
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_core import task_entries, task_reports
from dean06_core.access import Action, DataClass
from dean06_core.acting import Act
from dean06_core.errors import BadInput
from dean06_core.graphql import Context
from dean06_core.task_entries import TaskEntry
from dean06_core.task_reports import ProgressEntry
from dean06_core.tasks import TaskOrigin, TaskRecurrence
from dean06_schema.errors import UserError, refusals
from dean06_schema.nodes import GlobalId, found, key_of
from dean06_schema.tasks import Task

TaskId = Annotated[strawberry.ID, strawberry.argument(description="Định danh của nhiệm vụ")]
_ASSIGN = {"needs": (Action.ASSIGN, DataClass.AGGREGATE)}
_RECORD = {"needs": (Action.RECORD, DataClass.AGGREGATE)}


@strawberry.input(description="Nhiệm vụ được giao cho một đơn vị hoặc một nhóm đơn vị")
class AssignTaskInput:
    title: str = strawberry.field(description="Nội dung được giao")
    group: str = strawberry.field(description="Nhóm nhiệm vụ")
    origin: TaskOrigin = strawberry.field(description="Từ đâu mà có")
    recurrence: TaskRecurrence = strawberry.field(description="Cách lặp lại")
    lead: str | None = strawberry.field(default=None, description="Mã đơn vị chủ trì")
    lead_group: str | None = strawberry.field(
        default=None, description="Mã nhóm đơn vị được giao; mỗi thành viên có một nhiệm vụ con"
    )
    cooperating: list[str] | None = strawberry.field(default=None, description="Mã các đơn vị phối hợp")
    person: str | None = strawberry.field(default=None, description="Người được giao phụ trách")
    product: str | None = strawberry.field(default=None, description="Sản phẩm phải có")
    starts_on: date | None = strawberry.field(default=None, description="Ngày bắt đầu")
    deadline: date | None = strawberry.field(default=None, description="Hạn hoàn thành; không ghi là chưa có hạn")
    deadline_text: str | None = strawberry.field(default=None, description="Nguyên văn hạn được giao")
    basis: list[str] | None = strawberry.field(default=None, description="Ký hiệu hoặc nhãn của các văn bản giao")
    sectors: list[str] | None = strawberry.field(default=None, description="Mã các lĩnh vực")

    def entry(self) -> TaskEntry:
        return TaskEntry(
            title=self.title,
            group=self.group,
            origin=self.origin,
            recurrence=self.recurrence,
            lead=self.lead,
            lead_group=self.lead_group,
            cooperating=tuple(self.cooperating or ()),
            person=self.person,
            product=self.product,
            starts_on=self.starts_on,
            deadline=self.deadline,
            deadline_text=self.deadline_text,
            basis=tuple(self.basis or ()),
            sectors=tuple(self.sectors or ()),
        )


@strawberry.input(description="Tình hình thực hiện nhiệm vụ")
class ReportTaskProgressInput:
    task: strawberry.ID = strawberry.field(description="Định danh của nhiệm vụ")
    done: str = strawberry.field(description="Đã làm được gì")
    remaining: str | None = strawberry.field(default=None, description="Còn phải làm gì")
    finished: bool = strawberry.field(
        default=False, description="Đơn vị chủ trì báo đã hoàn thành cả nhiệm vụ; nơi giao sẽ xác nhận"
    )
    on: date | None = strawberry.field(default=None, description="Tính đến ngày; không ghi thì hôm nay")
    documents: list[str] | None = strawberry.field(
        default=None, description="Ký hiệu hoặc nhãn của các văn bản gửi kèm"
    )


@strawberry.type(description="Nhiệm vụ sau thao tác")
class TaskPayload:
    task: Task | None = strawberry.field(default=None, description="Nhiệm vụ như từ lúc này; null nếu có lỗi")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không thực hiện được")


@strawberry.type
class TaskMutation:
    @strawberry.mutation(description="Giao nhiệm vụ từ hôm nay, thay mặt đơn vị của tài khoản", metadata=_ASSIGN)
    async def assign_task(
        self,
        info: Info[Context, None],
        input: Annotated[AssignTaskInput, strawberry.argument(description="Nhiệm vụ")],
    ) -> TaskPayload:
        return await _payload(info.context, lambda act: act(task_entries.assign, input.entry()))

    @strawberry.mutation(
        description="Báo cáo tình hình thực hiện, thay mặt đơn vị chủ trì hoặc phối hợp", metadata=_RECORD
    )
    async def report_task_progress(
        self,
        info: Info[Context, None],
        input: Annotated[ReportTaskProgressInput, strawberry.argument(description="Tình hình")],
    ) -> TaskPayload:
        said = ProgressEntry(
            on=input.on or info.context.on,
            done=input.done,
            remaining=input.remaining,
            finished=input.finished,
            documents=tuple(input.documents or ()),
        )
        return await _payload(info.context, lambda act: act(task_reports.report, _key(input.task), said))

    @strawberry.mutation(description="Gia hạn nhiệm vụ và các nhiệm vụ con theo một văn bản", metadata=_ASSIGN)
    async def extend_task(
        self,
        info: Info[Context, None],
        task: TaskId,
        to: Annotated[date, strawberry.argument(description="Hạn mới, sau hạn đang áp dụng")],
        basis: Annotated[str, strawberry.argument(description="Ký hiệu hoặc nhãn của văn bản cho gia hạn")],
    ) -> TaskPayload:
        return await _payload(info.context, lambda act: act(task_reports.extend, _key(task), to=to, basis=basis), of="")

    @strawberry.mutation(
        description="Xác nhận nhiệm vụ đã hoàn thành như đơn vị chủ trì báo, hoặc trả lại kèm lý do", metadata=_ASSIGN
    )
    async def confirm_task(
        self,
        info: Info[Context, None],
        task: TaskId,
        accepted: Annotated[bool, strawberry.argument(description="Xác nhận; false là trả lại")],
        reason: Annotated[str | None, strawberry.argument(description="Còn thiếu gì, bắt buộc khi trả lại")] = None,
    ) -> TaskPayload:
        return await _payload(
            info.context, lambda act: act(task_reports.confirm, _key(task), accepted=accepted, reason=reason), of=""
        )


def _key(id_: str) -> UUID:
    return key_of("Task", id_, noun="nhiệm vụ", field="task")


async def _payload(context: Context, do: Callable[[Act], Awaitable[UUID]], *, of: str = "input") -> TaskPayload:
    """The task as it stands when something was done with it; what was refused, by its path in the argument ``of``."""
    try:
        id_ = await do(context.act)
    except BadInput as refused:
        return TaskPayload(errors=refusals(refused, of=of))
    [task] = await found([GlobalId("Task", id_)], context)
    return TaskPayload(task=cast(Task | None, task))


__all__ = ["AssignTaskInput", "ReportTaskProgressInput", "TaskMutation", "TaskPayload"]
