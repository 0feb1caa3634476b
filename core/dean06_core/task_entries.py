"""Orders that somebody gives by the codes that he knows, in the name of his unit."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import orders, spelling
from dean06_core.access import Action
from dean06_core.acting import Actor
from dean06_core.directory import Unit
from dean06_core.documents import Shelf
from dean06_core.errors import BadInput
from dean06_core.orders import Order
from dean06_core.outcomes import refused_at
from dean06_core.tasks import DatePrecision, TaskOrigin, TaskRecurrence

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32, without letters that sound or look like another: a code is read out on the telephone."""
_LENGTH: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEntry:
    """An order. Units, the group and sectors are told by code, ``basis`` by label or number of the documents."""

    title: str
    group: str
    origin: TaskOrigin
    recurrence: TaskRecurrence
    lead: str | None = None
    lead_group: str | None = None
    cooperating: tuple[str, ...] = ()
    person: str | None = None
    product: str | None = None
    starts_on: date | None = None
    deadline: date | None = None
    deadline_text: str | None = None
    basis: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()


async def assign(session: AsyncSession, actor: Actor, entry: TaskEntry) -> UUID:
    """Give an order, from today; the id of the task that it became.

    TASK_NOT_ALLOWED unless the actor may assign to the lead, or to every member
    of the group, in every sector of the task, and to each cooperating unit in
    one of them. Its code is made
    here; numbers in a row would tell of tasks that he does not see.
    """
    _refuse_unless_whole(entry)
    directory, on = actor.directory, actor.on
    with refused_at("lead"):
        lead = None if entry.lead is None else directory.named(entry.lead, on)
    with refused_at("lead_group"):
        group = None if entry.lead_group is None else directory.group(entry.lead_group)
    with refused_at("cooperating"):
        cooperating = [directory.named(code, on) for code in entry.cooperating]
    with refused_at("sectors"):
        sectors = frozenset(actor.catalogue.sector(code) for code in entry.sectors)
    led_by = [] if lead is None else [("lead", lead)]
    if group is not None:
        members = directory.unit(group.within_key, on), *directory.group_members(group.key, on)
        led_by += [("lead_group", unit) for unit in members]
    for field, unit in led_by:
        if not actor.may_in_all(Action.ASSIGN, unit.key, sectors):
            raise _not_allowed(unit, field)
    for unit in cooperating:
        if not actor.may_in(Action.ASSIGN, unit.key, sectors):
            raise _not_allowed(unit, "cooperating")
    with refused_at("basis"):
        shelf = await Shelf.load(session)
        basis = frozenset(shelf.named(reference) for reference in entry.basis)
    order = Order(
        code=_new_code(on),
        title=spelling.tidy(entry.title),
        group=spelling.tidy(entry.group),
        origin=entry.origin,
        recurrence=entry.recurrence,
        assigned_on=on,
        lead=None if lead is None else lead.key,
        lead_group=None if group is None else group.key,
        cooperating=tuple(unit.key for unit in cooperating),
        person=entry.person,
        product=entry.product,
        starts_on=entry.starts_on,
        deadline=entry.deadline,
        deadline_text=entry.deadline_text,
        deadline_precision=None if entry.deadline is None else DatePrecision.DAY,
        assigned_by=actor.caller.unit,
        basis=basis,
        sectors=sectors,
    )
    return (await orders.assign(session, order, directory=directory, now=actor.now)).id


def _refuse_unless_whole(entry: TaskEntry) -> None:
    if not spelling.tidy(entry.title):
        raise BadInput("TEXT_EMPTY", "Chưa ghi nội dung được giao. Hãy ghi title.", field=("title",))
    if entry.starts_on is not None and entry.deadline is not None and entry.deadline < entry.starts_on:
        raise BadInput(
            "DEADLINE_BEFORE_START",
            f"Hạn {entry.deadline:%d/%m/%Y} trước ngày bắt đầu {entry.starts_on:%d/%m/%Y}. Hãy sửa một trong hai ngày.",
            field=("deadline",),
        )


def _not_allowed(unit: Unit, field: str) -> BadInput:
    return BadInput(
        "TASK_NOT_ALLOWED",
        f"Tài khoản không được giao nhiệm vụ cho {unit.name} trong lĩnh vực đã ghi. "
        "Hãy sửa đơn vị hoặc lĩnh vực, hoặc đề nghị cấp quyền.",
        field=(field,),
    )


def _new_code(on: date) -> str:
    return f"NV{on:%y%m%d}-{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}"
