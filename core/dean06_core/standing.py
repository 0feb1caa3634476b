"""Where tasks stand on a day: which cell each is in, listed, counted and grouped, each in one statement.

A cell is computed from the order and its events up to that day, never stored.
An order to a group is one task in lists and totals, done when every member is;
its children are counted where the question is who leads, and for a caller who
sees a child but not the order above it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from dean06_core import spelling
from dean06_core.pages import Page, Slice, bounded, slice_of
from dean06_core.tasks import (
    DatePrecision,
    PartyRole,
    Task,
    TaskBasis,
    TaskCell,
    TaskEvent,
    TaskEventKind,
    TaskMention,
    TaskOrigin,
    TaskParty,
    TaskRecurrence,
    TaskSector,
)
from dean06_core.units import UnitVersion

_NEVER: Final = date(9999, 12, 31)
_CLOSING: Final = (TaskEventKind.DONE, TaskEventKind.REOPENED, TaskEventKind.CANCELLED)
_WITHOUT_END: Final = (TaskRecurrence.ONGOING, TaskRecurrence.RECURRING)


class TaskOrder(StrEnum):
    DEADLINE = "DEADLINE"
    OVERDUE_DAYS = "OVERDUE_DAYS"
    CODE = "CODE"


class TaskGrouping(StrEnum):
    LEAD = "LEAD"
    TIER = "TIER"
    SECTOR = "SECTOR"
    GROUP = "GROUP"
    ORIGIN = "ORIGIN"
    DOCUMENT = "DOCUMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks are meant; every given condition has to hold. ``leads`` and ``cooperating`` are unit keys."""

    cells: frozenset[TaskCell] = frozenset()
    leads: frozenset[int] | None = None
    cooperating: frozenset[int] | None = None
    sectors: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    origins: frozenset[TaskOrigin] = frozenset()
    recurrences: frozenset[TaskRecurrence] = frozenset()
    document: UUID | None = None
    ids: frozenset[UUID] | None = None
    codes: frozenset[str] | None = None
    text: str | None = None

    @property
    def reaches_children(self) -> bool:
        return any(part is not None for part in (self.leads, self.cooperating, self.ids, self.codes))


@dataclass(frozen=True, slots=True)
class StandingTask:
    """A task and where it stands on ``on``. ``deadline`` is the one in force then, ``original_deadline`` the first."""

    id: UUID
    code: str
    title: str
    group: str
    origin: TaskOrigin
    recurrence: TaskRecurrence
    lead: int | None
    lead_group: int | None
    assigned_by: int | None
    person: str | None
    product: str | None
    parent: UUID | None
    starts_on: date | None
    deadline_text: str | None
    deadline_precision: DatePrecision | None
    original_deadline: date | None
    deadline: date | None
    cell: TaskCell
    on: date

    @property
    def overdue_days(self) -> int | None:
        if self.cell is not TaskCell.OPEN_OVERDUE or self.deadline is None:
            return None
        return (self.on - self.deadline).days


async def listed(
    session: AsyncSession, *, on: date, page: Page, order: TaskOrder = TaskOrder.CODE, where: TaskFilter | None = None
) -> Slice[StandingTask]:
    """One page of the tasks that were given by that day; one statement."""
    found = _found(on, where or TaskFilter())
    columns = _order_columns(found, order)
    rows = (await session.execute(bounded(sa.select(*found.c, *_labelled(columns)), page, columns))).all()
    page_of = slice_of(rows, page, lambda row: tuple(row[len(found.c) :]))
    return Slice(
        tuple(_standing(row, on) for row in page_of.rows), page_of.keys, page_of.has_next, page_of.has_previous
    )


async def listed_by(
    session: AsyncSession,
    parent: TaskGrouping | None,
    keys: Collection[Any],
    *,
    on: date,
    page: Page,
    order: TaskOrder = TaskOrder.CODE,
    where: TaskFilter | None = None,
) -> dict[Any, Slice[StandingTask]]:
    """The same page for many parents at once: led by units (LEAD), resting on documents (DOCUMENT), children (None)."""
    found, source, owner = _owned(on, where or TaskFilter(), parent)
    columns = _order_columns(found, order)
    ranked = bounded(
        sa.select(*found.c, *_labelled(columns), owner.label("owner")).select_from(source).where(owner.in_(keys)),
        page,
        columns,
    ).limit(None)
    place = sa.func.row_number().over(
        partition_by=owner, order_by=[column.desc() if page.backwards else column.asc() for column in columns]
    )
    inner = ranked.order_by(None).add_columns(place.label("place")).subquery()
    rows = (
        await session.execute(
            sa.select(inner).where(inner.c.place <= page.size + 1).order_by(inner.c.owner, inner.c.place)
        )
    ).all()
    width, depth = len(found.c), len(columns)
    grouped: dict[Any, list[Any]] = {key: [] for key in keys}
    for row in rows:
        grouped[row.owner].append(row)
    slices: dict[Any, Slice[StandingTask]] = {}
    for key, own in grouped.items():
        cut = slice_of(own, page, lambda row: tuple(row[width : width + depth]))
        slices[key] = Slice(tuple(_standing(row, on) for row in cut.rows), cut.keys, cut.has_next, cut.has_previous)
    return slices


async def counted_by(
    session: AsyncSession,
    parent: TaskGrouping | None,
    keys: Collection[Any],
    *,
    on: date,
    where: TaskFilter | None = None,
) -> dict[Any, int]:
    """How many tasks each parent has; one statement."""
    _, source, owner = _owned(on, where or TaskFilter(), parent)
    rows = await session.execute(
        sa.select(owner, sa.func.count()).select_from(source).where(owner.in_(keys)).group_by(owner)
    )
    return dict.fromkeys(keys, 0) | {row[0]: row[1] for row in rows}


async def summary(session: AsyncSession, *, on: date, where: TaskFilter | None = None) -> dict[TaskCell, int]:
    """How many tasks are in each cell; the cells add up to all of them."""
    found = _found(on, where or TaskFilter())
    rows = await session.execute(sa.select(found.c.cell, sa.func.count()).group_by(found.c.cell))
    return dict.fromkeys(TaskCell, 0) | {TaskCell(cell): count for cell, count in rows}


async def summaries(
    session: AsyncSession, *, by: TaskGrouping, on: date, where: TaskFilter | None = None
) -> dict[str | int, dict[TaskCell, int]]:
    """The summary for each value of a grouping; LEAD gives unit keys. A task with two sectors counts under both."""
    found, source, owner = _owned(on, where or TaskFilter(), by)
    rows = await session.execute(
        sa.select(owner, found.c.cell, sa.func.count()).select_from(source).group_by(owner, found.c.cell)
    )
    grouped: dict[str | int, dict[TaskCell, int]] = {}
    for key, cell, count in rows:
        if key is not None:
            grouped.setdefault(key, dict.fromkeys(TaskCell, 0))[TaskCell(cell)] = count
    return grouped


def _last(on: date, kinds: Sequence[TaskEventKind], name: str) -> sa.CTE:
    """The last event of some kinds that each task had by that day."""
    place = sa.func.row_number().over(
        partition_by=TaskEvent.task_id,
        order_by=[TaskEvent.on.desc(), TaskEvent.recorded_at.desc(), TaskEvent.id.desc()],
    )
    ranked = (
        sa.select(TaskEvent.task_id, TaskEvent.kind, TaskEvent.on, TaskEvent.deadline, place.label("place"))
        .where(TaskEvent.kind.in_(kinds), TaskEvent.on <= on)
        .subquery()
    )
    return (
        sa.select(ranked.c.task_id, ranked.c.kind, ranked.c.on, ranked.c.deadline)
        .where(ranked.c.place == 1, ranked.c.kind != TaskEventKind.REOPENED)
        .cte(name)
    )


def _found(on: date, where: TaskFilter, *, with_children: bool = False) -> sa.CTE:
    """Every task given by that day that the filter means, with its deadline then and its cell."""
    closing, extended = _last(on, _CLOSING, "closing"), _last(on, (TaskEventKind.EXTENDED,), "extended")
    child, child_closing = aliased(Task), closing.alias("child_closing")
    children = (
        sa.select(
            child.parent_id,
            sa.func.count().label("members"),
            sa.func.count(child_closing.c.task_id).label("closed"),
            sa.func.max(child_closing.c.on).label("last_on"),
        )
        .join_from(child, child_closing, child_closing.c.task_id == child.id, isouter=True)
        .where(child.parent_id.is_not(None))
        .group_by(child.parent_id)
        .cte("children")
    )
    assigned = sa.exists().where(
        TaskEvent.task_id == Task.id, TaskEvent.kind == TaskEventKind.ASSIGNED, TaskEvent.on <= on
    )
    deadline = sa.func.coalesce(extended.c.deadline, Task.deadline)
    all_done = sa.and_(children.c.members > 0, children.c.members == children.c.closed)
    done_on = sa.case((closing.c.kind == TaskEventKind.DONE, closing.c.on), (all_done, children.c.last_on))
    inner = (
        sa.select(
            Task.id,
            Task.code,
            Task.title,
            Task.group,
            Task.origin,
            Task.recurrence,
            Task.lead_key,
            Task.lead_group_key,
            Task.assigned_by_key,
            Task.person,
            Task.product,
            Task.parent_id,
            Task.starts_on,
            Task.deadline_text,
            Task.deadline_precision,
            Task.deadline.label("original_deadline"),
            sa.type_coerce(deadline, sa.Date).label("deadline"),
            closing.c.kind.label("closed_as"),
            sa.type_coerce(done_on, sa.Date).label("done_on"),
        )
        .join_from(Task, closing, closing.c.task_id == Task.id, isouter=True)
        .join(extended, extended.c.task_id == Task.id, isouter=True)
        .join(children, children.c.parent_id == Task.id, isouter=True)
        .where(assigned, *_conditions(where, with_children or where.reaches_children))
        .cte("given")
    )
    cell = sa.case(
        (inner.c.closed_as == TaskEventKind.CANCELLED, TaskCell.CANCELLED.value),
        (
            inner.c.done_on.is_not(None),
            sa.case(
                (inner.c.done_on > sa.func.coalesce(inner.c.deadline, _NEVER), TaskCell.DONE_LATE.value),
                else_=TaskCell.DONE_ON_TIME.value,
            ),
        ),
        (inner.c.recurrence.in_(_WITHOUT_END), TaskCell.ONGOING.value),
        (inner.c.deadline.is_(None), TaskCell.OPEN_NO_DEADLINE.value),
        (inner.c.deadline < on, TaskCell.OPEN_OVERDUE.value),
        else_=TaskCell.OPEN_IN_TERM.value,
    ).label("cell")
    kept = [column for column in inner.c if column.name not in {"closed_as", "done_on"}]
    with_cell = sa.select(*kept, cell).cte("standing")
    if not where.cells:
        return with_cell
    return sa.select(*with_cell.c).where(with_cell.c.cell.in_([each.value for each in where.cells])).cte("in_cells")


def _conditions(where: TaskFilter, with_children: bool) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if not with_children:
        above = aliased(Task)
        conditions.append(~sa.exists().where(above.id == Task.parent_id))
    if where.leads is not None:
        conditions.append(Task.lead_key.in_(where.leads))
    if where.cooperating is not None:
        conditions.append(
            sa.exists().where(
                TaskParty.task_id == Task.id,
                TaskParty.role == PartyRole.COOPERATING,
                TaskParty.unit_key.in_(where.cooperating),
            )
        )
    if where.sectors:
        conditions.append(sa.exists().where(TaskSector.task_id == Task.id, TaskSector.sector.in_(where.sectors)))
    if where.groups:
        conditions.append(Task.group.in_(where.groups))
    if where.origins:
        conditions.append(Task.origin.in_(where.origins))
    if where.recurrences:
        conditions.append(Task.recurrence.in_(where.recurrences))
    if where.ids is not None:
        conditions.append(Task.id.in_(where.ids))
    if where.codes is not None:
        conditions.append(Task.code.in_(where.codes))
    if where.document is not None:
        conditions.append(
            sa.exists().where(TaskBasis.task_id == Task.id, TaskBasis.document_id == where.document)
            | sa.exists().where(TaskMention.task_id == Task.id, TaskMention.document_id == where.document)
        )
    if where.text:
        conditions.append(Task.title_folded.contains(spelling.fold(where.text), autoescape=True))
    return conditions


def _owned(on: date, where: TaskFilter, by: TaskGrouping | None) -> tuple[sa.CTE, sa.FromClause, sa.ColumnElement[Any]]:
    """The tasks, joined to the value under which each is grouped. None groups children under the order above them."""
    leads = by in {TaskGrouping.LEAD, TaskGrouping.TIER}
    found = _found(on, where, with_children=by is None or leads)
    match by:
        case None:
            return found, found, found.c.parent_id
        case TaskGrouping.LEAD:
            return found, found, found.c.lead_key
        case TaskGrouping.GROUP:
            return found, found, found.c.group
        case TaskGrouping.ORIGIN:
            return found, found, found.c.origin
        case TaskGrouping.TIER:
            then = sa.and_(
                UnitVersion.unit_key == found.c.lead_key,
                UnitVersion.valid_from <= on,
                sa.or_(UnitVersion.valid_to.is_(None), UnitVersion.valid_to > on),
            )
            return found, found.join(UnitVersion.__table__, then), UnitVersion.__table__.c.tier
        case TaskGrouping.SECTOR:
            return (
                found,
                found.join(TaskSector.__table__, TaskSector.task_id == found.c.id),
                TaskSector.__table__.c.sector,
            )
        case TaskGrouping.DOCUMENT:
            table = TaskBasis.__table__
            return found, found.join(table, TaskBasis.task_id == found.c.id), table.c.document_id


def _order_columns(found: Any, order: TaskOrder) -> list[sa.ColumnElement[Any]]:
    deadline = sa.type_coerce(sa.func.coalesce(found.c.deadline, _NEVER), sa.Date)
    match order:
        case TaskOrder.CODE:
            return [found.c.code]
        case TaskOrder.DEADLINE:
            return [deadline, found.c.code]
        case TaskOrder.OVERDUE_DAYS:
            not_overdue = sa.case((found.c.cell == TaskCell.OPEN_OVERDUE.value, 0), else_=1)
            return [not_overdue, deadline, found.c.code]


def _labelled(columns: Sequence[sa.ColumnElement[Any]]) -> list[sa.ColumnElement[Any]]:
    return [column.label(f"order_{place}") for place, column in enumerate(columns)]


def _standing(row: Any, on: date) -> StandingTask:
    stored = {column: row[place] for place, column in enumerate(_STORED)}
    return StandingTask(**stored, cell=TaskCell(row.cell), on=on)


_STORED: Final = tuple(field.name for field in fields(StandingTask))[:-2]
