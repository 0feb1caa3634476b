"""What is told about tasks beyond where they stand: who cooperates, what they rest on, how they went, where repeated.

Each is asked for many tasks at once and costs one statement. What has a day is
told as it was known on a day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.documents import LegalDocument
from dean06_core.pages import Page, Slice, bounded
from dean06_core.standing import StandingTask
from dean06_core.tasks import (
    PartyRole,
    Task,
    TaskBasis,
    TaskCell,
    TaskConfirmation,
    TaskEvent,
    TaskEventKind,
    TaskMention,
    TaskParty,
    TaskProgress,
    TaskProgressDocument,
    TaskRecurrence,
)


@dataclass(frozen=True, slots=True)
class Extension:
    """A deadline that was moved: from the one in force before, None if there was none, to another."""

    before: date | None
    after: date
    basis: LegalDocument | None


@dataclass(frozen=True, slots=True)
class Mention:
    """Where the order was given or repeated, with the deadline and the state printed there."""

    document: LegalDocument
    section: str
    deadline_text: str | None
    stated_state: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit said of a task. A claim that it is finished was ``confirmed``, or ``returned`` with the reason."""

    said: TaskProgress
    confirmed: bool
    returned: str | None


def before_given(task: StandingTask, on: date) -> StandingTask:
    """The task on a day before it was given, as if it had just been: open, with its first deadline."""
    deadline = task.original_deadline
    if task.recurrence in {TaskRecurrence.ONGOING, TaskRecurrence.RECURRING}:
        cell = TaskCell.ONGOING
    elif deadline is None:
        cell = TaskCell.OPEN_NO_DEADLINE
    else:
        cell = TaskCell.OPEN_OVERDUE if deadline < on else TaskCell.OPEN_IN_TERM
    return replace(task, deadline=deadline, cell=cell, on=on)


async def cooperating(session: AsyncSession, tasks: Collection[UUID]) -> dict[UUID, tuple[int, ...]]:
    """The keys of the units that were ordered to cooperate in each task."""
    found: dict[UUID, list[int]] = {task: [] for task in tasks}
    rows = await session.execute(
        sa.select(TaskParty.task_id, TaskParty.unit_key)
        .where(TaskParty.task_id.in_(tasks), TaskParty.role == PartyRole.COOPERATING)
        .order_by(TaskParty.unit_key)
    )
    for task, unit in rows:
        found[task].append(unit)
    return {task: tuple(units) for task, units in found.items()}


async def bases(session: AsyncSession, tasks: Collection[UUID]) -> dict[UUID, tuple[LegalDocument, ...]]:
    """The documents that each task rests on, the earliest first."""
    found: dict[UUID, list[LegalDocument]] = {task: [] for task in tasks}
    rows = await session.execute(
        sa.select(TaskBasis.task_id, LegalDocument)
        .join(LegalDocument, LegalDocument.id == TaskBasis.document_id)
        .where(TaskBasis.task_id.in_(tasks))
        .order_by(LegalDocument.issued_on, LegalDocument.label)
    )
    for task, document in rows:
        found[task].append(document)
    return {task: tuple(documents) for task, documents in found.items()}


async def mentions(session: AsyncSession, tasks: Collection[UUID]) -> dict[UUID, tuple[Mention, ...]]:
    """Every place that gives or repeats each order, the earliest document first."""
    found: dict[UUID, list[Mention]] = {task: [] for task in tasks}
    rows = await session.execute(
        sa.select(TaskMention, LegalDocument)
        .join(LegalDocument, LegalDocument.id == TaskMention.document_id)
        .where(TaskMention.task_id.in_(tasks))
        .order_by(LegalDocument.issued_on, LegalDocument.label, TaskMention.section)
    )
    for mention, document in rows:
        found[mention.task_id].append(Mention(document, mention.section, mention.deadline_text, mention.stated_state))
    return {task: tuple(places) for task, places in found.items()}


async def extensions(session: AsyncSession, tasks: Collection[UUID], *, on: date) -> dict[UUID, tuple[Extension, ...]]:
    """How the deadline of each task was moved up to that day, in order."""
    found: dict[UUID, list[Extension]] = {task: [] for task in tasks}
    rows = await session.execute(
        sa.select(
            Task.id,
            Task.deadline.label("first_set"),
            sa.type_coerce(TaskEvent.deadline, sa.Date).label("moved_to"),
            LegalDocument,
        )
        .join(TaskEvent, TaskEvent.task_id == Task.id)
        .outerjoin(LegalDocument, LegalDocument.id == TaskEvent.basis_id)
        .where(Task.id.in_(tasks), TaskEvent.kind == TaskEventKind.EXTENDED, TaskEvent.on <= on)
        .order_by(TaskEvent.on, TaskEvent.recorded_at, TaskEvent.id)
    )
    for task, first_set, moved_to, basis in rows:
        earlier = found[task]
        earlier.append(Extension(earlier[-1].after if earlier else first_set, moved_to, basis))
    return {task: tuple(moves) for task, moves in found.items()}


async def progress(
    session: AsyncSession, tasks: Collection[UUID], *, on: date, page: Page
) -> dict[UUID, Slice[Report]]:
    """The same page of each task's progress, the latest first. Pages go forward only."""
    place = sa.func.row_number().over(
        partition_by=TaskProgress.task_id, order_by=[TaskProgress.on.desc(), TaskProgress.id.desc()]
    )
    newest_first = replace(page, after=None, before=page.after, backwards=True)
    chosen = sa.select(TaskProgress.id, place.label("place")).where(*_reported(tasks, on))
    ranked = (
        bounded(chosen, newest_first, [TaskProgress.__table__.c.on, TaskProgress.__table__.c.id])
        .order_by(None)
        .limit(None)
        .subquery()
    )
    answer = sa.and_(TaskConfirmation.progress_id == TaskProgress.id, TaskConfirmation.on <= on)
    rows = await session.execute(
        sa.select(TaskProgress, TaskConfirmation.accepted, TaskConfirmation.reason)
        .join(ranked, ranked.c.id == TaskProgress.id)
        .outerjoin(TaskConfirmation, answer)
        .where(ranked.c.place <= page.size + 1)
        .order_by(ranked.c.place)
    )
    grouped: dict[UUID, list[Report]] = defaultdict(list)
    for said, accepted, reason in rows:
        grouped[said.task_id].append(Report(said, bool(accepted), None if accepted else reason))
    return {task: _slice(grouped[task], page) for task in tasks}


async def progress_documents(session: AsyncSession, reports: Collection[UUID]) -> dict[UUID, tuple[LegalDocument, ...]]:
    """The documents that go with each report of progress, the earliest first."""
    found: dict[UUID, list[LegalDocument]] = {report: [] for report in reports}
    rows = await session.execute(
        sa.select(TaskProgressDocument.progress_id, LegalDocument)
        .join(LegalDocument, LegalDocument.id == TaskProgressDocument.document_id)
        .where(TaskProgressDocument.progress_id.in_(reports))
        .order_by(LegalDocument.issued_on, LegalDocument.label)
    )
    for report, document in rows:
        found[report].append(document)
    return {report: tuple(documents) for report, documents in found.items()}


async def progress_counts(session: AsyncSession, tasks: Collection[UUID], *, on: date) -> dict[UUID, int]:
    """How often progress was reported for each task up to that day."""
    rows = await session.execute(
        sa.select(TaskProgress.task_id, sa.func.count()).where(*_reported(tasks, on)).group_by(TaskProgress.task_id)
    )
    return dict.fromkeys(tasks, 0) | {row[0]: row[1] for row in rows}


def _reported(tasks: Collection[UUID], on: date) -> list[sa.ColumnElement[Any]]:
    return [TaskProgress.task_id.in_(tasks), TaskProgress.on <= on]


def _slice(rows: list[Report], page: Page) -> Slice[Report]:
    kept = tuple(rows[: page.size])
    return Slice(
        kept,
        tuple((row.said.on, row.said.id) for row in kept),
        has_next=len(rows) > page.size,
        has_previous=page.after is not None,
    )
