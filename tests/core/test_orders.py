"""An order is given once; given again it only gains what was not known of it, and never becomes another order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import documents, orders, unit_groups
from dean06_core.directory import Directory
from dean06_core.documents import DocumentEntry
from dean06_core.errors import BadInput
from dean06_core.orders import Event, Mention, Order, Progress
from dean06_core.outcomes import Refused, Tally
from dean06_core.tasks import (
    PartyRole,
    Task,
    TaskBasis,
    TaskEvent,
    TaskEventKind,
    TaskMention,
    TaskOrigin,
    TaskParty,
    TaskProgress,
    TaskProgressDocument,
    TaskRecurrence,
    TaskSector,
)
from dean06_core.unit_groups import GroupEntry
from tests.core.ha_tinh import LATER, NOW, REFORM, TODAY, office

pytestmark = pytest.mark.anyio

DEADLINE = date(2025, 8, 31)
LATER_DEADLINE = date(2025, 9, 30)


@dataclass
class Desk:
    session: AsyncSession
    directory: Directory
    report: UUID
    order: Order
    to_all: Order

    def key(self, code: str) -> int:
        return self.directory.named(code, TODAY).key

    async def assign(self, *given: Order) -> Tally:
        return await orders.assign_all(self.session, given, directory=self.directory, now=NOW)

    async def refused(self, order: Order) -> tuple[str, tuple[str, ...], str]:
        with pytest.raises(Refused) as refused:
            await self.assign(order)
        return refused.value.code, refused.value.field, refused.value.message

    async def tasks(self) -> dict[str, Task]:
        return {task.code: task for task in await self.session.scalars(sa.select(Task).order_by(Task.code))}

    async def of(self, task: Task, *columns: Any) -> list[tuple[Any, ...]]:
        owner = columns[0].class_.task_id
        rows = await self.session.execute(sa.select(*columns).where(owner == task.id).order_by(*columns))
        return [tuple(row) for row in rows]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with office(tmp_path) as opened, opened.database.service() as session:
        directory = await Directory.load(session)
        communes = GroupEntry(
            code="cac-xa",
            name="Các xã",
            within=directory.named("42", TODAY).key,
            members=frozenset(directory.named(code, TODAY).key for code in ("18844", "18073")),
            valid_from=REFORM,
        )
        await unit_groups.form(session, [communes])
        directory = await Directory.load(session)
        report = await documents.file(session, DocumentEntry(label="Báo cáo tháng 7/2025", kind="Báo cáo"))
        order = Order(
            code="HT25-034",
            title="Đánh giá đội ngũ cán bộ",
            group="resources",
            origin=TaskOrigin.REPORT,
            recurrence=TaskRecurrence.ONE_OFF,
            assigned_on=TODAY,
            lead=directory.named("so-y-te", TODAY).key,
            cooperating=(directory.named("cong-an-tinh", TODAY).key,),
            deadline=DEADLINE,
            deadline_text="trong tháng 8/2025",
            assigned_by=directory.named("42", TODAY).key,
            basis=frozenset({report.id}),
            sectors=frozenset({"health"}),
            mentions=(Mention(report.id, "3.2.6(2)", "trong tháng 8/2025"),),
        )
        group = directory.group("cac-xa").key
        yield Desk(session, directory, report.id, order, replace(order, code="HT25-045", lead=None, lead_group=group))


async def test_an_order_is_a_task_with_parties_sectors_basis_and_its_first_mention(desk: Desk) -> None:
    task = await orders.assign(desk.session, desk.order, directory=desk.directory, now=NOW)
    assert (task.code, task.title_folded, task.deadline) == ("HT25-034", "danh gia doi ngu can bo", DEADLINE)
    assert (task.addressee_key, task.sector) == (desk.key("so-y-te"), "health")
    assert await desk.of(task, TaskParty.role, TaskParty.unit_key) == [
        (PartyRole.COOPERATING, desk.key("cong-an-tinh")),
        (PartyRole.LEAD, desk.key("so-y-te")),
    ]
    assert await desk.of(task, TaskSector.sector) == [("health",)]
    assert await desk.of(task, TaskBasis.document_id) == [(desk.report,)]
    assert await desk.of(task, TaskMention.section) == [("3.2.6(2)",)]
    assert await desk.of(task, TaskEvent.kind, TaskEvent.on, TaskEvent.by_key, TaskEvent.recorded_at) == [
        (TaskEventKind.ASSIGNED, TODAY, desk.key("42"), NOW)
    ]


async def test_progress_goes_with_its_documents_and_is_told_once(desk: Desk) -> None:
    said = Progress(TODAY, desk.key("so-y-te"), "Đã rà soát", documents=(desk.report,))
    assert await desk.assign(replace(desk.order, progress=(said,))) == Tally(created=1)
    assert await desk.assign(replace(desk.order, progress=(said,))) == Tally(unchanged=1)
    reports = (await desk.session.execute(sa.select(TaskProgressDocument.document_id))).all()
    assert [tuple(row) for row in reports] == [(desk.report,)]


async def test_an_order_to_a_group_is_one_child_for_each_member_of_that_day(desk: Desk) -> None:
    assert await desk.assign(desk.to_all) == Tally(created=1)
    tasks = await desk.tasks()
    assert list(tasks) == ["HT25-045", "HT25-045.18073", "HT25-045.18844"]
    parent, child = tasks["HT25-045"], tasks["HT25-045.18844"]
    assert await desk.of(parent, TaskParty.role, TaskParty.unit_key) == [
        (PartyRole.COOPERATING, desk.key("cong-an-tinh")),
        (PartyRole.OWNER, desk.key("42")),
    ]
    assert (child.parent_id, child.lead_key, child.deadline) == (parent.id, desk.key("18844"), DEADLINE)
    assert (parent.addressee_key, child.addressee_key) == (desk.key("42"), desk.key("18844"))
    assert await desk.of(child, TaskParty.role, TaskParty.unit_key) == [(PartyRole.LEAD, desk.key("18844"))]
    assert await desk.of(child, TaskSector.sector) == [("health",)]
    assert await desk.of(child, TaskEvent.kind, TaskEvent.on) == [(TaskEventKind.ASSIGNED, TODAY)]
    assert await desk.of(child, TaskMention.section) == []
    assert await desk.of(child, TaskBasis.document_id) == []
    assert await desk.of(parent, TaskBasis.document_id) == [(desk.report,)]


async def test_given_again_it_is_unchanged(desk: Desk) -> None:
    assert await desk.assign(desk.order, desk.to_all) == Tally(created=2)
    assert await desk.assign(desk.order, desk.to_all) == Tally(unchanged=2)


async def test_a_repeated_order_is_a_mention_of_the_first(desk: Desk) -> None:
    await desk.assign(desk.order)
    again = replace(desk.order, mentions=(*desk.order.mentions, Mention(desk.report, "2.1", None, "overdue")))
    assert await desk.assign(again) == Tally(updated=1)
    assert await desk.assign(again, desk.order) == Tally(unchanged=2)
    tasks = await desk.tasks()
    assert await desk.of(tasks["HT25-034"], TaskMention.section, TaskMention.stated_state) == [
        ("2.1", "overdue"),
        ("3.2.6(2)", None),
    ]


async def test_a_mention_alone_is_added_to_the_task_of_its_code(desk: Desk) -> None:
    await desk.assign(desk.order)
    said = ("HT25-034", Mention(desk.report, "2.1", None, "overdue"))
    assert await orders.mention_all(desk.session, [said]) == Tally(updated=1)
    assert await orders.mention_all(desk.session, [said]) == Tally(unchanged=1)
    elsewhere = ("HT25-034", Mention(desk.report, "2.1", None, "done"))
    with pytest.raises(Refused) as refused:
        await orders.mention_all(desk.session, [("HT25-035", said[1]), elsewhere])
    assert [(each.field, each.code) for each in refused.value.refusals] == [
        (("0", "task"), "TASK_UNKNOWN"),
        (("1", "mentions"), "TASK_CONFLICT"),
    ]


async def test_progress_is_added(desk: Desk) -> None:
    await desk.assign(desk.order)
    said = replace(desk.order, progress=(Progress(TODAY, desk.key("so-y-te"), "Đã làm", "Còn lại"),))
    assert await desk.assign(said) == Tally(updated=1)
    assert await desk.assign(said) == Tally(unchanged=1)
    tasks = await desk.tasks()
    assert await desk.of(tasks["HT25-034"], TaskProgress.done, TaskProgress.remaining, TaskProgress.finished) == [
        ("Đã làm", "Còn lại", False)
    ]


async def test_what_happens_to_an_order_happens_to_each_child(desk: Desk) -> None:
    extended = replace(desk.to_all, events=(Event(TaskEventKind.EXTENDED, TODAY, LATER_DEADLINE, desk.report),))
    await desk.assign(desk.to_all)
    assert await desk.assign(extended) == Tally(updated=1)
    assert await desk.assign(extended) == Tally(unchanged=1)
    for task in (await desk.tasks()).values():
        assert (TaskEventKind.EXTENDED, LATER_DEADLINE) in await desk.of(task, TaskEvent.kind, TaskEvent.deadline)


async def test_an_event_may_be_logged_by_itself(desk: Desk) -> None:
    task = await orders.assign(desk.session, desk.to_all, directory=desk.directory, now=NOW)
    event = await orders.log(desk.session, task, kind=TaskEventKind.DONE, on=TODAY, by=desk.key("42"), now=LATER)
    assert (event.task_id, event.kind, event.recorded_at) == (task.id, TaskEventKind.DONE, LATER)
    for each in (await desk.tasks()).values():
        assert (TaskEventKind.DONE,) in await desk.of(each, TaskEvent.kind)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"title": "Việc khác"}, "title", id="another title"),
        pytest.param({"deadline": LATER_DEADLINE}, "deadline", id="another deadline, which is an extension"),
        pytest.param({"lead": 1}, "lead", id="another unit that leads"),
        pytest.param({"cooperating": ()}, "cooperating", id="nobody who cooperates"),
        pytest.param({"sectors": frozenset({"justice"})}, "sectors", id="another sector"),
        pytest.param({"basis": frozenset[UUID]()}, "basis", id="no basis"),
        pytest.param({"assigned_on": REFORM}, "assigned_on", id="given on another day"),
    ],
)
async def test_a_code_stands_for_one_order(desk: Desk, changes: dict[str, Any], field: str) -> None:
    await desk.assign(desk.order)
    assert await desk.refused(replace(desk.order, **changes)) == (
        "TASK_CONFLICT",
        (field,),
        f"Nhiệm vụ “HT25-034” đã được giao với nội dung khác ở “{field}”. Hãy dùng mã khác cho nhiệm vụ mới; "
        "gia hạn, kết quả và lần nhắc lại thì ghi ở events, progress, mentions.",
    )
    assert await desk.assign(replace(desk.order, code="HT25-035", **changes)) == Tally(created=1)


async def test_a_child_has_a_code_of_its_own(desk: Desk) -> None:
    await desk.assign(replace(desk.order, code="HT25-045.18844"))
    code, field, _ = await desk.refused(desk.to_all)
    assert (code, field) == ("TASK_CONFLICT", ("code",))


async def test_one_place_mentions_one_deadline(desk: Desk) -> None:
    await desk.assign(desk.order)
    code, field, _ = await desk.refused(replace(desk.order, mentions=(Mention(desk.report, "3.2.6(2)", "năm 2026"),)))
    assert (code, field) == ("TASK_CONFLICT", ("mentions",))


@pytest.mark.parametrize(
    ("changes", "code", "field", "message"),
    [
        pytest.param(
            {"lead": None},
            "TASK_LEAD",
            "lead",
            "Nhiệm vụ “HT25-034” chưa ghi đơn vị chủ trì. Hãy ghi đúng một: lead hoặc lead_group.",
            id="nobody leads",
        ),
        pytest.param(
            {"lead_group": 1},
            "TASK_LEAD",
            "lead",
            "Nhiệm vụ “HT25-034” ghi cả đơn vị lẫn nhóm chủ trì. Hãy ghi đúng một: lead hoặc lead_group.",
            id="a unit and a group lead",
        ),
        pytest.param(
            {"lead": None, "lead_group": 1, "assigned_on": date(2025, 6, 30)},
            "GROUP_EMPTY",
            "lead_group",
            "Nhóm “Các xã” không có thành viên vào ngày giao 30/06/2025. Hãy sửa ngày giao hoặc thành viên của nhóm.",
            id="a group that nobody belonged to yet",
        ),
        pytest.param(
            {"events": (Event(TaskEventKind.EXTENDED, TODAY),)},
            "EXTENSION_DEADLINE",
            "events",
            "Nhiệm vụ “HT25-034”, ngày 28/07/2025: gia hạn nhưng không có hạn mới. "
            "Hạn mới (deadline) chỉ đi với EXTENDED; hãy sửa.",
            id="an extension to no day",
        ),
        pytest.param(
            {"events": (Event(TaskEventKind.EXTENDED, TODAY, LATER_DEADLINE),)},
            "EXTENSION_BASIS",
            "events",
            "Nhiệm vụ “HT25-034”, ngày 28/07/2025: gia hạn phải có văn bản. Hãy ghi basis của lần gia hạn.",
            id="an extension by no document",
        ),
        pytest.param(
            {"events": (Event(TaskEventKind.DONE, TODAY, DEADLINE),)},
            "EXTENSION_DEADLINE",
            "events",
            "Nhiệm vụ “HT25-034”, ngày 28/07/2025: DONE không đi kèm hạn mới. "
            "Hạn mới (deadline) chỉ đi với EXTENDED; hãy sửa.",
            id="done by a new deadline",
        ),
    ],
)
async def test_an_order_that_cannot_be_meant_is_refused(
    desk: Desk, changes: dict[str, Any], code: str, field: str, message: str
) -> None:
    assert await desk.refused(replace(desk.order, **changes)) == (code, (field,), message)
    assert await desk.tasks() == {}
    assert await desk.assign(desk.order) == Tally(created=1)


async def test_the_same_event_is_refused_when_it_is_logged(desk: Desk) -> None:
    task = await orders.assign(desk.session, desk.order, directory=desk.directory, now=NOW)
    with pytest.raises(BadInput):
        await orders.log(desk.session, task, kind=TaskEventKind.EXTENDED, on=TODAY, now=NOW)
