"""Orders: a task as it is given to a unit, or to a group and then to each of its members, and what happens to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import spelling
from dean06_core.directory import Directory, Unit
from dean06_core.errors import BadInput
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.records import Record, new_id
from dean06_core.tasks import (
    DatePrecision,
    PartyRole,
    Task,
    TaskBasis,
    TaskCondition,
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

_SAME: Final = {
    "title": "title",
    "group": "group",
    "origin": "origin",
    "recurrence": "recurrence",
    "lead_key": "lead",
    "lead_group_key": "lead_group",
    "assigned_by_key": "assigned_by",
    "person": "person",
    "product": "product",
    "starts_on": "starts_on",
    "deadline": "deadline",
    "deadline_text": "deadline_text",
    "deadline_precision": "deadline_precision",
}
"""What a task keeps of an order under which name; it is never changed afterwards."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Where the order was given or repeated, with the deadline and state printed there."""

    document: UUID
    section: str
    deadline_text: str | None = None
    stated_state: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    on: date
    unit: int
    done: str
    remaining: str | None = None
    documents: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    kind: TaskEventKind
    on: date
    deadline: date | None = None
    basis: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is ordered, led by a unit or by a group; units and groups are keys.

    ``mentions``, ``progress`` and ``events`` are what is known of it so far:
    later ones, and a condition, may be added by giving the order again.
    """

    code: str
    title: str
    group: str
    origin: TaskOrigin
    recurrence: TaskRecurrence
    assigned_on: date
    lead: int | None = None
    lead_group: int | None = None
    cooperating: tuple[int, ...] = ()
    person: str | None = None
    product: str | None = None
    starts_on: date | None = None
    deadline: date | None = None
    deadline_text: str | None = None
    deadline_precision: DatePrecision | None = None
    assigned_by: int | None = None
    basis: frozenset[UUID] = frozenset()
    condition: UUID | None = None
    """The target that the task is to reach."""
    sectors: frozenset[str] = frozenset()
    mentions: tuple[Mention, ...] = ()
    progress: tuple[Progress, ...] = ()
    events: tuple[Event, ...] = ()


async def assign(session: AsyncSession, order: Order, *, directory: Directory, now: datetime) -> Task:
    """Give one order; the task that it became, above its children if a group leads."""
    await assign_all(session, [order], directory=directory, now=now)
    return (await session.scalars(sa.select(Task).where(Task.code == order.code))).one()


async def assign_all(session: AsyncSession, orders: Sequence[Order], *, directory: Directory, now: datetime) -> Tally:
    """Give orders. One given before gains the mentions, progress and events that it lacks.

    TASK_CONFLICT where a code already stands for another order. An order to a
    group is one child task for each member of the day it was given, called
    ``code.unit``; what happens to the order happens to each child.
    """
    refusals = Refusals()
    outcomes: list[Outcome] = []
    async with session.begin_nested():
        members = {place: _members(order, directory) for place, order in enumerate(orders)}
        known = await _Known.load(session, _codes(orders, members))
        for place, order in enumerate(orders):
            with refusals.of_entry(place):
                _refuse_unless_sound(order, members[place], directory)
                outcomes.append(_give(known, order, members[place], directory, now))
        refusals.stop_if_any()
        await known.save(session)
    return Tally.of(outcomes)


async def mention_all(session: AsyncSession, mentions: Sequence[tuple[str, Mention]]) -> Tally:
    """Keep where orders, told by their codes, were given again.

    TASK_UNKNOWN for a mention of what nobody ordered, TASK_CONFLICT where the
    same place was kept with another deadline or state.
    """
    refusals = Refusals()
    outcomes: list[Outcome] = []
    async with session.begin_nested():
        known = await _Known.load(session, {code for code, _ in mentions})
        for place, (code, mention) in enumerate(mentions):
            with refusals.of_entry(place):
                outcomes.append(Outcome.UPDATED if known.mention(code, mention) else Outcome.UNCHANGED)
        refusals.stop_if_any()
        await known.save(session)
    return Tally.of(outcomes)


async def log(
    session: AsyncSession,
    task: Task,
    *,
    kind: TaskEventKind,
    on: date,
    now: datetime,
    deadline: date | None = None,
    basis: UUID | None = None,
    by: int | None = None,
) -> TaskEvent:
    """Add what happened to a task, and to its children; nothing is ever taken back, REOPENED follows DONE."""
    event = Event(kind, on, deadline, basis)
    _refuse_unless_possible(task.code, event)
    children = await session.scalars(sa.select(Task.id).where(Task.parent_id == task.id))
    logged = [_event(id_, event, by, now) for id_ in (task.id, *children)]
    session.add_all(logged)
    await session.flush()
    return logged[0]


def _members(order: Order, directory: Directory) -> tuple[Unit, ...]:
    return () if order.lead_group is None else directory.group_members(order.lead_group, order.assigned_on)


def _codes(orders: Iterable[Order], members: Mapping[int, Sequence[Unit]]) -> set[str]:
    return {
        code
        for place, order in enumerate(orders)
        for code in (order.code, *(_child_code(order, member) for member in members[place]))
    }


def _child_code(order: Order, member: Unit) -> str:
    return f"{order.code}.{member.code}"


def _refuse_unless_sound(order: Order, members: Collection[Unit], directory: Directory) -> None:
    if (order.lead is None) == (order.lead_group is None):
        what = "chưa ghi đơn vị chủ trì" if order.lead is None else "ghi cả đơn vị lẫn nhóm chủ trì"
        raise BadInput(
            "TASK_LEAD", f"Nhiệm vụ “{order.code}” {what}. Hãy ghi đúng một: lead hoặc lead_group.", field=("lead",)
        )
    if order.lead_group is not None and not members:
        raise BadInput(
            "GROUP_EMPTY",
            f"Nhóm “{directory.groups[order.lead_group].name}” không có thành viên vào ngày giao "
            f"{order.assigned_on:%d/%m/%Y}. Hãy sửa ngày giao hoặc thành viên của nhóm.",
            field=("lead_group",),
        )
    for event in order.events:
        _refuse_unless_possible(order.code, event)


def _refuse_unless_possible(code: str, event: Event) -> None:
    if (event.kind is TaskEventKind.EXTENDED) != (event.deadline is not None):
        what = "gia hạn nhưng không có hạn mới" if event.deadline is None else f"{event.kind} không đi kèm hạn mới"
        raise BadInput(
            "EXTENSION_DEADLINE",
            f"Nhiệm vụ “{code}”, ngày {event.on:%d/%m/%Y}: {what}. Hạn mới (deadline) chỉ đi với EXTENDED; hãy sửa.",
            field=("events",),
        )
    if event.kind is TaskEventKind.EXTENDED and event.basis is None:
        raise BadInput(
            "EXTENSION_BASIS",
            f"Nhiệm vụ “{code}”, ngày {event.on:%d/%m/%Y}: gia hạn phải có văn bản. Hãy ghi basis của lần gia hạn.",
            field=("events",),
        )


def _give(known: _Known, order: Order, members: Sequence[Unit], directory: Directory, now: datetime) -> Outcome:
    task = known.tasks.get(order.code)
    is_new = task is None
    if task is None:
        task = known.begin(order, _addressee(order, directory), None, now)
        if order.lead_group is not None:
            known.join(task, task.addressee_key, PartyRole.OWNER)
        for member in members:
            child = replace(order, code=_child_code(order, member), lead=member.key, lead_group=None, cooperating=())
            if child.code in known.tasks:
                raise _conflict(child.code, "code")
            known.begin(child, member.key, task.id, now)
    else:
        known.refuse_unless_same(task, order)
    codes = [_child_code(order, member) for member in members]
    children = [known.tasks[code].id for code in codes if code in known.tasks]
    grown = known.grow(task, children, order, now)
    return Outcome.CREATED if is_new else Outcome.UPDATED if grown else Outcome.UNCHANGED


def _addressee(order: Order, directory: Directory) -> int:
    """Of an order that is sound: who leads, or the unit whose group does."""
    if order.lead_group is not None:
        return directory.groups[order.lead_group].within_key
    assert order.lead is not None  # noqa: S101  one of the two leads
    return order.lead


_R = TypeVar("_R", bound=Record)
_BELONGINGS: Final[tuple[Any, ...]] = (
    TaskSector,
    TaskParty,
    TaskBasis,
    TaskCondition,
    TaskMention,
    TaskProgress,
    TaskEvent,
)


class _Known:
    """The tasks that may be meant, with all that belongs to them, and what is to be added."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self._of_task: dict[tuple[type[Record], UUID], list[Any]] = defaultdict(list)
        self._fresh: dict[type[Record], list[Record]] = defaultdict(list)

    @staticmethod
    async def load(session: AsyncSession, codes: Collection[str]) -> _Known:
        """Read the tasks of these codes with their rows; eight statements for each 500 codes."""
        known = _Known()
        every = sorted(codes)
        for start in range(0, len(every), 500):
            tasks = (await session.scalars(sa.select(Task).where(Task.code.in_(every[start : start + 500])))).all()
            known.tasks |= {task.code: task for task in tasks}
            ids = [task.id for task in tasks]
            for record in _BELONGINGS if ids else ():
                for row in await session.scalars(sa.select(record).where(record.task_id.in_(ids))):
                    known._of_task[record, row.task_id].append(row)
        return known

    async def save(self, session: AsyncSession) -> None:
        """The sectors before the parties: whose task it is stands there when they are written behind the wall."""
        for record in (Task, *_BELONGINGS, TaskProgressDocument):
            session.add_all(self._fresh[record])
            await session.flush()

    def begin(self, order: Order, addressee: int, parent: UUID | None, now: datetime) -> Task:
        kept = {column: getattr(order, name) for column, name in _SAME.items()}
        task = Task(
            id=new_id(),
            code=order.code,
            title_folded=spelling.fold(order.title),
            addressee_key=addressee,
            sector=min(order.sectors, default=None),
            parent_id=parent,
            **kept,
        )
        self.tasks[order.code] = task
        self._fresh[Task].append(task)
        if order.lead is not None:
            self.join(task, order.lead, PartyRole.LEAD)
        for unit in dict.fromkeys(order.cooperating):
            self.join(task, unit, PartyRole.COOPERATING)
        for sector in sorted(order.sectors):
            self._add(task.id, TaskSector(task_id=task.id, sector=sector))
        if parent is None:
            for document in sorted(order.basis):
                self._add(task.id, TaskBasis(task_id=task.id, document_id=document))
        self._add(task.id, _event(task.id, Event(TaskEventKind.ASSIGNED, order.assigned_on), order.assigned_by, now))
        return task

    def join(self, task: Task, unit: int, role: PartyRole) -> None:
        self._add(task.id, TaskParty(task_id=task.id, unit_key=unit, role=role))

    def refuse_unless_same(self, task: Task, order: Order) -> None:
        """TASK_CONFLICT, naming the first field in which the order is not the one that was given."""
        for column, name in _SAME.items():
            if getattr(task, column) != getattr(order, name):
                raise _conflict(order.code, name)
        cooperating = {row.unit_key for row in self._rows(TaskParty, task.id) if row.role is PartyRole.COOPERATING}
        assigned_on = {row.on for row in self._rows(TaskEvent, task.id) if row.kind is TaskEventKind.ASSIGNED}
        for name, kept, given in (
            ("cooperating", cooperating, set(order.cooperating)),
            ("sectors", {row.sector for row in self._rows(TaskSector, task.id)}, order.sectors),
            ("basis", {row.document_id for row in self._rows(TaskBasis, task.id)}, order.basis),
            ("assigned_on", assigned_on, {order.assigned_on}),
        ):
            if kept != given:
                raise _conflict(order.code, name)

    def grow(self, task: Task, children: Iterable[UUID], order: Order, now: datetime) -> bool:
        """Add what the task does not have yet; whether there was any."""
        before = sum(len(rows) for rows in self._fresh.values())
        for mention in order.mentions:
            self.mention(order.code, mention)
        progress = {(row.on, row.unit_key, row.done, row.remaining) for row in self._rows(TaskProgress, task.id)}
        for said in order.progress:
            if (said.on, said.unit, said.done, said.remaining) not in progress:
                self._tell(task.id, said)
        for id_ in (task.id, *children):
            conditions = {row.target_id for row in self._rows(TaskCondition, id_)}
            if order.condition is not None and not conditions:
                self._add(id_, TaskCondition(task_id=id_, target_id=order.condition))
            elif order.condition is not None and conditions != {order.condition}:
                raise _conflict(order.code, "condition")
            happened = {(row.kind, row.on, row.deadline, row.basis_id) for row in self._rows(TaskEvent, id_)}
            for event in order.events:
                if (event.kind, event.on, event.deadline, event.basis) not in happened:
                    self._add(id_, _event(id_, event, None, now))
        return sum(len(rows) for rows in self._fresh.values()) > before

    def mention(self, code: str, mention: Mention) -> bool:
        """Keep a place that mentions the task of a code; whether it was not known."""
        task = self.tasks.get(code)
        if task is None:
            raise BadInput(
                "TASK_UNKNOWN",
                f"Chưa có nhiệm vụ “{code}” để ghi lần nhắc lại. Hãy giao nhiệm vụ (import tasks) trước, hoặc sửa mã.",
                field=("task",),
            )
        mentions = {(row.document_id, row.section): row for row in self._rows(TaskMention, task.id)}
        kept = mentions.get((mention.document, mention.section))
        if kept is None:
            self._add(task.id, _mention(task.id, mention))
        elif (kept.deadline_text, kept.stated_state) != (mention.deadline_text, mention.stated_state):
            raise _conflict(code, "mentions")
        return kept is None

    def _tell(self, task_id: UUID, said: Progress) -> None:
        row = TaskProgress(
            id=new_id(), task_id=task_id, on=said.on, unit_key=said.unit, done=said.done, remaining=said.remaining
        )
        self._add(task_id, row)
        for document in dict.fromkeys(said.documents):
            self._add(task_id, TaskProgressDocument(progress_id=row.id, document_id=document))

    def _rows(self, record: type[Record], task_id: UUID) -> list[Any]:
        return self._of_task[record, task_id]

    def _add(self, task_id: UUID, row: _R) -> _R:
        self._fresh[type(row)].append(row)
        self._of_task[type(row), task_id].append(row)
        return row


def _mention(task_id: UUID, mention: Mention) -> TaskMention:
    return TaskMention(
        task_id=task_id,
        document_id=mention.document,
        section=mention.section,
        deadline_text=mention.deadline_text,
        stated_state=mention.stated_state,
    )


def _event(task_id: UUID, event: Event, by: int | None, now: datetime) -> TaskEvent:
    return TaskEvent(
        task_id=task_id,
        kind=event.kind,
        on=event.on,
        deadline=event.deadline,
        basis_id=event.basis,
        by_key=by,
        recorded_at=now,
    )


def _conflict(code: str, field: str) -> BadInput:
    return BadInput(
        "TASK_CONFLICT",
        f"Nhiệm vụ “{code}” đã được giao với nội dung khác ở “{field}”. "
        "Hãy dùng mã khác cho nhiệm vụ mới; gia hạn, kết quả và lần nhắc lại thì ghi ở events, progress, mentions.",
        field=(field,),
    )
