"""A task is an order to a unit, or to a group and then a child for each member. A repeated order is a mention of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import Access, Action, DataClass, Via, within
from dean06_core.documents import LegalDocument
from dean06_core.records import Record, new_id
from dean06_core.targets import Target


class TaskOrigin(StrEnum):
    PLAN = "PLAN"
    CENTRAL = "CENTRAL"
    MEETING = "MEETING"
    REPORT = "REPORT"


class TaskRecurrence(StrEnum):
    ONE_OFF = "ONE_OFF"
    CAMPAIGN = "CAMPAIGN"
    RECURRING = "RECURRING"
    ONGOING = "ONGOING"


class TaskCell(StrEnum):
    """Where a task stands on a day; each task is in exactly one."""

    DONE_ON_TIME = "DONE_ON_TIME"
    DONE_LATE = "DONE_LATE"
    OPEN_IN_TERM = "OPEN_IN_TERM"
    OPEN_OVERDUE = "OPEN_OVERDUE"
    OPEN_NO_DEADLINE = "OPEN_NO_DEADLINE"
    ONGOING = "ONGOING"
    CANCELLED = "CANCELLED"


class DatePrecision(StrEnum):
    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    DERIVED = "DERIVED"


class PartyRole(StrEnum):
    """LEAD and COOPERATING as ordered; OWNER is the unit whose group was ordered."""

    LEAD = "LEAD"
    COOPERATING = "COOPERATING"
    OWNER = "OWNER"


class TaskEventKind(StrEnum):
    ASSIGNED = "ASSIGNED"
    EXTENDED = "EXTENDED"
    DONE = "DONE"
    REOPENED = "REOPENED"
    CANCELLED = "CANCELLED"


_A: Final = DataClass.AGGREGATE
_ADDRESSEE: Final = Via("task", "id", "addressee_key", of="task_id")
_SECTORS: Final = Via("task_sector", "task_id", "sector", of="task_id")


class Task(Record):
    """The order as it was given. What became of it is told by its events, and where it stands is computed for a day.

    It is seen through its parties and sectors and made before them. So it names
    itself whose right covers it when it is written: to the unit that is ordered,
    and to one of the sectors; an order of no sector wants a right to all.
    """

    __tablename__ = "task"
    __access__ = Access(
        _A,
        unit=Via("task_party", "task_id", "unit_key"),
        sector=Via("task_sector", "task_id", "sector"),
        written_by=Action.ASSIGN,
        written_where=Access(_A, unit="addressee_key", sector="sector"),
    )
    __table_args__ = (
        sa.CheckConstraint("(lead_key is null) != (lead_group_key is null)", name="led_by_a_unit_or_a_group"),
        sa.CheckConstraint("lead_key is null or lead_key = addressee_key", name="addressed_to_its_lead"),
        sa.Index("ix_task_deadline_id", "deadline", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    title_folded: Mapped[str]
    group: Mapped[str]
    origin: Mapped[TaskOrigin] = mapped_column(sa.Enum(TaskOrigin, native_enum=False, length=16))
    recurrence: Mapped[TaskRecurrence] = mapped_column(sa.Enum(TaskRecurrence, native_enum=False, length=16))
    lead_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.key"), index=True)
    lead_group_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit_group.key"))
    addressee_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    """The lead, or the unit whose group leads."""
    sector: Mapped[str | None]
    """The first of its sectors, under which it is filed; None of an order of no sector."""
    assigned_by_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.key"))
    person: Mapped[str | None]
    product: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("task.id"), index=True)
    starts_on: Mapped[date | None]
    deadline: Mapped[date | None]
    """As first set; extensions are events."""
    deadline_text: Mapped[str | None]
    deadline_precision: Mapped[DatePrecision | None] = mapped_column(
        sa.Enum(DatePrecision, native_enum=False, length=16)
    )


class TaskParty(Record):
    __tablename__ = "task_party"
    __access__ = Access(
        _A,
        within=("task_id", "task"),
        written_by=Action.ASSIGN,
        written_where=Access(_A, unit="unit_key", sector=_SECTORS, within=("task_id", "task")),
    )

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"), primary_key=True)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"), primary_key=True, autoincrement=False, index=True)
    role: Mapped[PartyRole] = mapped_column(sa.Enum(PartyRole, native_enum=False, length=16), primary_key=True)


class TaskSector(Record):
    __tablename__ = "task_sector"
    __access__ = Access(
        _A,
        within=("task_id", "task"),
        written_by=Action.ASSIGN,
        written_where=Access(_A, unit=_ADDRESSEE, sector="sector", within=("task_id", "task")),
    )

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"), primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True)


class TaskEvent(Record):
    """Something that happened to a task on a day; the log is only ever added to."""

    __tablename__ = "task_event"
    __access__ = within("task_id", "task", written_by=Action.ASSIGN)
    __table_args__ = (
        sa.CheckConstraint("kind != 'EXTENDED' or deadline is not null", name="extension_names_a_deadline"),
        sa.Index("ix_task_event_task_id_on", "task_id", "on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"))
    kind: Mapped[TaskEventKind] = mapped_column(sa.Enum(TaskEventKind, native_enum=False, length=16))
    on: Mapped[date]
    deadline: Mapped[date | None]
    basis_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(LegalDocument.id))
    by_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.key"))
    recorded_at: Mapped[datetime]


class TaskProgress(Record):
    """What a unit says it has done, and what remains."""

    __tablename__ = "task_progress"
    __access__ = Access(
        _A,
        within=("task_id", "task"),
        written_by=Action.RECORD,
        written_where=Access(_A, unit="unit_key", sector=_SECTORS, within=("task_id", "task")),
    )
    __table_args__ = (sa.Index("ix_task_progress_task_id_on_id", "task_id", "on", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"))
    on: Mapped[date]
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    done: Mapped[str]
    remaining: Mapped[str | None]
    finished: Mapped[bool] = mapped_column(default=False)
    """The unit says that the whole task is finished."""
    reported_by: Mapped[UUID | None]
    """The account; of an import, none."""
    reported_for: Mapped[UUID | None]
    """The account in whose place it reported."""


class TaskProgressDocument(Record):
    """A document that goes with what a unit says it has done."""

    __tablename__ = "task_progress_document"
    __access__ = within("progress_id", "task_progress", written_by=Action.RECORD)

    progress_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task_progress.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey(LegalDocument.id), primary_key=True, index=True)


class TaskConfirmation(Record):
    """What whoever gave the task says of a unit's claim that it is finished; a refusal tells why."""

    __tablename__ = "task_confirmation"
    __access__ = within("progress_id", "task_progress", written_by=Action.ASSIGN)
    __table_args__ = (sa.CheckConstraint("accepted or reason is not null", name="refusal_has_a_reason"),)

    progress_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task_progress.id"), primary_key=True)
    accepted: Mapped[bool]
    reason: Mapped[str | None]
    by_key: Mapped[int] = mapped_column(sa.ForeignKey("unit.key"))
    on: Mapped[date]
    recorded_at: Mapped[datetime]


class TaskMention(Record):
    """Where an order was given or repeated, with the deadline and the state that this place prints."""

    __tablename__ = "task_mention"
    __access__ = within("task_id", "task", written_by=Action.ASSIGN)
    __table_args__ = (sa.UniqueConstraint("task_id", "document_id", "section"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"))
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey(LegalDocument.id), index=True)
    section: Mapped[str]
    deadline_text: Mapped[str | None]
    stated_state: Mapped[str | None]


class TaskCondition(Record):
    """The target that the task is to reach; whether it is reached is told by the figures."""

    __tablename__ = "task_condition"
    __access__ = within("task_id", "task", written_by=Action.ASSIGN)

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"), primary_key=True)
    target_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Target.id))


class TaskBasis(Record):
    __tablename__ = "task_basis"
    __access__ = within("task_id", "task", written_by=Action.ASSIGN)

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("task.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey(LegalDocument.id), primary_key=True, index=True)
