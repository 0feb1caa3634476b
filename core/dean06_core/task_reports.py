"""What people say of a task that was given: what is done, that its deadline moves, that it is finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import orders, spelling, standing
from dean06_core.access import Action, Grant
from dean06_core.acting import Actor
from dean06_core.documents import Shelf
from dean06_core.errors import BadInput
from dean06_core.outcomes import refused_at
from dean06_core.pages import Page
from dean06_core.records import new_id
from dean06_core.standing import StandingTask, TaskFilter
from dean06_core.tasks import (
    PartyRole,
    Task,
    TaskCell,
    TaskConfirmation,
    TaskEventKind,
    TaskParty,
    TaskProgress,
    TaskProgressDocument,
    TaskSector,
)

_CLOSED: Final = {
    TaskCell.DONE_ON_TIME: "đã hoàn thành",
    TaskCell.DONE_LATE: "đã hoàn thành",
    TaskCell.CANCELLED: "đã huỷ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEntry:
    """What a party did up to a day; ``documents`` by label or number. ``finished``: the whole task is."""

    on: date
    done: str
    remaining: str | None = None
    finished: bool = False
    documents: tuple[str, ...] = ()


async def report(session: AsyncSession, actor: Actor, task: UUID, said: ProgressEntry) -> UUID:
    """Keep a report in the name of the actor's unit, or else of the party for which he may record; the task's id.

    The same again is kept once, unless it was answered meanwhile. Only the lead says that the whole is finished,
    and it counts as done when whoever gave it has confirmed it.
    """
    meant = await _Meant.of(session, actor, task)
    meant.refuse_if_of_a_group()
    unit, by = meant.reporter(actor)
    _refuse_unless_sound(said, actor.on)
    if said.on < actor.on:
        await meant.refuse_if_not_given(session, said.on)
    if said.finished:
        meant.refuse_if_closed()
        meant.refuse_unless_lead(unit)
    shelf = await Shelf.load(session)
    with refused_at("documents"):
        documents = dict.fromkeys(shelf.named(reference) for reference in said.documents)
    row = TaskProgress(
        id=new_id(),
        task_id=task,
        on=said.on,
        unit_key=unit,
        done=spelling.tidy(said.done),
        remaining=spelling.tidy(said.remaining or "") or None,
        finished=said.finished,
        reported_by=actor.caller.account,
        reported_for=by.in_place_of,
    )
    if not await _is_said(session, row):
        session.add(row)
        await session.flush()
        session.add_all(TaskProgressDocument(progress_id=row.id, document_id=document) for document in documents)
        await session.flush()
    return task


async def extend(session: AsyncSession, actor: Actor, task: UUID, *, to: date, basis: str) -> UUID:
    """Move the deadline of a task, and of its children, by a document; the task's id."""
    meant = await _Meant.of(session, actor, task)
    meant.refuse_unless_assigner(actor)
    meant.refuse_if_closed()
    deadline = meant.standing.deadline
    if deadline is not None and to <= deadline:
        raise BadInput(
            "EXTENSION_NOT_LATER",
            f"Hạn mới {to:%d/%m/%Y} không sau hạn đang áp dụng {deadline:%d/%m/%Y}. Hãy ghi ngày muộn hơn.",
            field=("to",),
        )
    with refused_at("basis"):
        document = (await Shelf.load(session)).named(basis)
    await orders.log(
        session,
        await session.get_one(Task, task),
        kind=TaskEventKind.EXTENDED,
        on=actor.on,
        now=actor.now,
        deadline=to,
        basis=document,
        by=actor.caller.unit,
    )
    return task


async def confirm(
    session: AsyncSession, actor: Actor, task: UUID, *, accepted: bool, reason: str | None = None
) -> UUID:
    """Accept the lead's claim that a task is finished, or hand it back with a reason; the task's id.

    Accepted, it was done on the day of which the lead said so.
    NOTHING_TO_CONFIRM where no claim waits, SAME_PERSON to whoever made it, also as or through a stand-in.
    """
    meant = await _Meant.of(session, actor, task)
    meant.refuse_if_of_a_group()
    meant.refuse_unless_assigner(actor)
    why = spelling.tidy(reason or "") or None
    if not accepted and why is None:
        raise BadInput("REASON_MISSING", "Trả lại thì phải nói còn thiếu gì. Hãy ghi ở reason.", field=("reason",))
    claim = await _waiting_claim(session, task)
    if claim is None:
        raise BadInput(
            "NOTHING_TO_CONFIRM",
            f"Nhiệm vụ “{meant.standing.code}” không có lần báo hoàn thành nào chờ xác nhận. "
            "Hãy chờ đơn vị chủ trì báo.",
            field=("task",),
        )
    if actor.accounts & {claim.reported_by, claim.reported_for}:
        raise BadInput(
            "SAME_PERSON",
            f"Người báo hoàn thành nhiệm vụ “{meant.standing.code}” không tự xác nhận, kể cả qua người làm thay. "
            "Hãy để người khác của nơi giao xác nhận.",
            field=("task",),
        )
    session.add(
        TaskConfirmation(
            progress_id=claim.id,
            accepted=accepted,
            reason=why,
            by_key=actor.caller.unit,
            on=actor.on,
            recorded_at=actor.now,
        )
    )
    await session.flush()
    if accepted:
        meant.refuse_if_closed()
        row = await session.get_one(Task, task)
        await orders.log(session, row, kind=TaskEventKind.DONE, on=claim.on, now=actor.now, by=actor.caller.unit)
    return task


@dataclass(frozen=True, slots=True)
class _Meant:
    """A task that the actor sees, as it stands today, and who is party to it."""

    standing: StandingTask
    parties: Mapping[PartyRole, Sequence[int]]
    sectors: frozenset[str]

    @staticmethod
    async def of(session: AsyncSession, actor: Actor, task: UUID) -> _Meant:
        """TASK_UNKNOWN, in the same words for a task that he does not see and one that does not exist.

        What he sees is decided here too: on SQLite a session that writes reads without a wall.
        """
        rows = await session.execute(sa.select(TaskParty.role, TaskParty.unit_key).where(TaskParty.task_id == task))
        parties = [(role, unit) for role, unit in rows]
        sectors = frozenset(await session.scalars(sa.select(TaskSector.sector).where(TaskSector.task_id == task)))
        found = await _standing(session, task, actor.on)
        if found is None or not any(actor.may_in(Action.READ, unit, sectors) for _, unit in parties):
            raise BadInput(
                "TASK_UNKNOWN",
                "Không có nhiệm vụ này trong phạm vi của bạn. Hãy lấy định danh ở truy vấn tasks.",
                field=("task",),
            )
        by_role = {role: sorted(unit for each, unit in parties if each is role) for role in PartyRole}
        return _Meant(found, by_role, sectors)

    def reporter(self, actor: Actor) -> tuple[int, Grant]:
        """The party for which the actor reports, his own unit first, then the lead; and the grant by which he may."""
        parties = [*self.parties[PartyRole.LEAD], *self.parties[PartyRole.COOPERATING]]
        for unit in sorted(parties, key=lambda unit: unit != actor.caller.unit):
            by = actor.allowed_in(Action.RECORD, unit, self.sectors)
            if by is not None:
                return unit, by
        raise BadInput(
            "TASK_NOT_ALLOWED",
            f"Tài khoản không được báo cáo nhiệm vụ “{self.standing.code}” thay đơn vị chủ trì hay phối hợp nào. "
            "Hãy để cán bộ của đơn vị đó báo cáo, hoặc đề nghị cấp quyền.",
            field=("task",),
        )

    def refuse_unless_assigner(self, actor: Actor) -> None:
        """Whoever could have given it may; who gave it may have left."""
        addressees = [*self.parties[PartyRole.LEAD], *self.parties[PartyRole.OWNER]]
        if not any(actor.may_in_all(Action.ASSIGN, unit, self.sectors) for unit in addressees):
            raise BadInput(
                "TASK_NOT_ALLOWED",
                f"Tài khoản được xem mà không được giao nhiệm vụ “{self.standing.code}”. "
                "Hãy để nơi giao làm việc này, hoặc đề nghị cấp quyền.",
                field=("task",),
            )

    async def refuse_if_not_given(self, session: AsyncSession, on: date) -> None:
        if await _standing(session, self.standing.id, on) is None:
            raise BadInput(
                "DAY_BEFORE_ORDER",
                f"Ngày {on:%d/%m/%Y} nhiệm vụ “{self.standing.code}” chưa được giao. Hãy ghi từ ngày giao trở đi.",
                field=("on",),
            )

    def refuse_unless_lead(self, unit: int) -> None:
        if unit != self.standing.lead:
            raise BadInput(
                "NOT_THE_LEAD",
                f"Chỉ đơn vị chủ trì báo đã hoàn thành cả nhiệm vụ “{self.standing.code}”. "
                "Hãy bỏ finished và ghi phần việc đã làm.",
                field=("finished",),
            )

    def refuse_if_of_a_group(self) -> None:
        if self.standing.lead_group is not None:
            raise BadInput(
                "TASK_OF_GROUP",
                f"Nhiệm vụ “{self.standing.code}” giao cho cả nhóm. Hãy làm ở nhiệm vụ con của từng đơn vị.",
                field=("task",),
            )

    def refuse_if_closed(self) -> None:
        how = _CLOSED.get(self.standing.cell)
        if how is not None:
            raise BadInput(
                "TASK_CLOSED",
                f"Nhiệm vụ “{self.standing.code}” {how}. Hãy giao nhiệm vụ mới nếu còn việc.",
                field=("task",),
            )


async def _standing(session: AsyncSession, task: UUID, on: date) -> StandingTask | None:
    """How the task stands on a day; None before it was given."""
    only = TaskFilter(ids=frozenset({task}))
    return next(iter((await standing.listed(session, on=on, page=Page(1), where=only)).rows), None)


def _refuse_unless_sound(said: ProgressEntry, today: date) -> None:
    if said.on > today:
        raise BadInput(
            "DAY_AHEAD", f"Ngày {said.on:%d/%m/%Y} chưa tới. Hãy ghi từ {today:%d/%m/%Y} trở về trước.", field=("on",)
        )
    if not spelling.tidy(said.done):
        raise BadInput("TEXT_EMPTY", "Chưa ghi việc đã làm. Hãy ghi ngắn gọn kết quả ở done.", field=("done",))


async def _is_said(session: AsyncSession, row: TaskProgress) -> bool:
    """Whether the same was said and not yet answered."""
    columns = "task_id", "on", "unit_key", "done", "remaining", "finished"
    same = (getattr(TaskProgress, name).is_not_distinct_from(getattr(row, name)) for name in columns)
    answered = sa.exists().where(TaskConfirmation.progress_id == TaskProgress.id)
    return await session.scalar(sa.select(sa.exists().where(*same, ~answered))) or False


async def _waiting_claim(session: AsyncSession, task: UUID) -> TaskProgress | None:
    """The latest claim that a task is finished, if nobody has answered it."""
    latest = await session.scalar(
        sa.select(TaskProgress)
        .where(TaskProgress.task_id == task, TaskProgress.finished)
        .order_by(TaskProgress.id.desc())
        .limit(1)
    )
    if latest is None:
        return None
    answered = sa.exists().where(TaskConfirmation.progress_id == latest.id)
    return None if await session.scalar(sa.select(answered)) else latest
