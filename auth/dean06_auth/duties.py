"""A duty is what somebody was ordered to do: a function at a unit, in one sector or all, for some days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import governed
from dean06_auth.accounts import Account
from dean06_core import spelling
from dean06_core.access import Action, DataClass, within
from dean06_core.acting import Actor
from dean06_core.audit.changes import CODE
from dean06_core.errors import BadInput
from dean06_core.outcomes import refused_at
from dean06_core.records import Record, new_id
from dean06_core.units import UnitRow

LONGEST_STAND_IN: Final = 15
"""Days."""


class Duty(Record):
    """``sector`` null is every sector; ``ends``, or ``ended_on`` if it comes first, is the first day without it."""

    __tablename__ = "duty"
    __access__ = within("account_id", "account", DataClass.GOVERNANCE)
    __table_args__ = (
        sa.UniqueConstraint("id", "account_id", name="uq_duty_id_account_id"),
        sa.CheckConstraint("ends > starts", name="days_are_not_empty"),
        sa.CheckConstraint("ended_on is null or ended_on between starts and ends", name="ends_within_its_days"),
        sa.CheckConstraint("(ended_on is null) = (end_reason is null)", name="an_end_has_a_reason"),
        sa.CheckConstraint("decision <> ''", name="rests_on_a_decision"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey(UnitRow.key), index=True)
    sector: Mapped[str | None] = mapped_column(info=CODE)
    function: Mapped[str]
    decision: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date]
    assigned_by: Mapped[str]
    assigned_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    ended_by: Mapped[str | None]

    @property
    def over(self) -> date:
        """The first day without it."""
        return self.ends if self.ended_on is None else min(self.ends, self.ended_on)

    def holds(self, on: date) -> bool:
        return self.starts <= on < self.over


class StandIn(Record):
    """Somebody of the same unit who does a duty in its holder's place, with the duty's grants; one at a time."""

    __tablename__ = "stand_in"
    __access__ = within("account_id", "account", DataClass.GOVERNANCE)
    __table_args__ = (
        sa.CheckConstraint("ends > starts", name="days_are_not_empty"),
        sa.CheckConstraint(
            f"julianday(ends) - julianday(starts) <= {LONGEST_STAND_IN}", name="at_most_fifteen_days"
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(f"ends - starts <= {LONGEST_STAND_IN}", name="at_most_fifteen_days").ddl_if(
            dialect="postgresql"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    duty_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Duty.id), index=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    starts: Mapped[date]
    ends: Mapped[date]
    named_by: Mapped[str]
    named_at: Mapped[datetime]


class Units(Protocol):
    """Knows which units stand where, as ``dean06_core.directory.Directory`` does."""

    def subtree(self, unit_key: int, /) -> frozenset[int]: ...

    def area(self, unit_key: int, on: date, /) -> frozenset[int]: ...


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """A duty as it is ordered; no sector means every one."""

    login: str
    unit: str
    function: str
    decision: str
    starts: date
    ends: date
    sector: str | None = None


def reach(unit_key: int, units: Units, on: date) -> frozenset[int]:
    """Where a duty at a unit is done: the unit, all below it, and what it serves."""
    return units.subtree(unit_key) | units.area(unit_key, on)


async def found(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, tuple[Duty, Account]]:
    """Each duty with whose it is; one statement."""
    rows = await session.execute(
        sa.select(Duty, Account).join(Account, Account.id == Duty.account_id).where(Duty.id.in_(set(ids)))
    )
    return {duty.id: (duty, holder) for duty, holder in rows}


async def governed_one(session: AsyncSession, actor: Actor, id_: UUID) -> tuple[Duty, Account]:
    """The duty and its holder, for whoever proposes grants at its unit; else DUTY_UNKNOWN, there or not."""
    duty, holder = (await found(session, [id_])).get(id_, (None, None))
    if duty is None or holder is None or governed.allowing(actor, Action.PROPOSE, duty.unit_key) is None:
        raise unknown()
    return duty, holder


def unknown() -> BadInput:
    return BadInput(
        "DUTY_UNKNOWN",
        "Không có nhiệm vụ được phân công với định danh này trong phạm vi quản trị của bạn. "
        "Hãy lấy trường id của duties.",
        field=("duty",),
    )


async def assign(session: AsyncSession, actor: Actor, entry: DutyEntry) -> UUID:
    """Note that somebody was ordered to do something; nothing is granted by it. Answers with the account's id.

    Nobody orders himself.
    """
    account = await governed.account(session, actor, entry.login)
    if account.person_id == await governed.person_of(session, actor):
        raise BadInput(
            "DUTY_FOR_ONESELF",
            "Không ai tự phân công nhiệm vụ cho chính mình. Hãy đề nghị người quản trị khác ghi.",
            field=("login",),
        )
    with refused_at("unit"):
        unit = actor.directory.named(entry.unit, actor.on)
    if governed.allowing(actor, Action.PROPOSE, unit.key) is None:
        raise BadInput(
            "UNIT_NOT_GOVERNED",
            f"Bạn không quản trị tài khoản tại đơn vị “{entry.unit}”. Hãy chọn đơn vị trong phạm vi của bạn.",
            field=("unit",),
        )
    with refused_at("sector"):
        sector = None if entry.sector is None else actor.catalogue.sector(entry.sector)
    function = spelling.tidy(entry.function)
    if not function:
        raise BadInput(
            "FUNCTION_MISSING",
            "Chưa ghi chức năng. Hãy ghi việc được phân công, ví dụ “nhập số liệu y tế”.",
            field=("function",),
        )
    _refuse_days(entry, actor.on)
    session.add(
        Duty(
            account_id=account.id,
            unit_key=unit.key,
            sector=sector,
            function=function,
            decision=governed.decision_of(entry.decision),
            starts=entry.starts,
            ends=entry.ends,
            assigned_by=actor.caller.login,
            assigned_at=actor.now,
        )
    )
    await session.flush()
    return account.id


async def end(session: AsyncSession, actor: Actor, id_: UUID, *, on: date, reason: str) -> UUID:
    """End a duty from a day on, and with it what was granted and who stands in; answers with the account's id."""
    duty, holder = await governed_one(session, actor, id_)
    why = governed.reason_of(reason)
    if duty.over <= on:
        raise BadInput(
            "DUTY_ENDED",
            f"Nhiệm vụ “{duty.function}” đã hết từ ngày {duty.over:%d/%m/%Y}. Hãy chọn ngày trước đó.",
            field=("on",),
        )
    if on < actor.on:
        raise BadInput(
            "DAY_PAST",
            f"Không kết thúc nhiệm vụ từ ngày đã qua ({on:%d/%m/%Y}). Hãy ghi hôm nay, {actor.on:%d/%m/%Y}, "
            "hoặc ngày sau.",
            field=("on",),
        )
    duty.ended_on, duty.end_reason, duty.ended_by = max(on, duty.starts), why, actor.caller.login
    await session.flush()
    return holder.id


def _refuse_days(entry: DutyEntry, on: date) -> None:
    if entry.ends <= entry.starts:
        raise BadInput(
            "DUTY_DAYS_EMPTY",
            f"Nhiệm vụ bắt đầu ngày {entry.starts:%d/%m/%Y} nên không thể hết từ ngày {entry.ends:%d/%m/%Y}. "
            "Hãy chọn ngày kết thúc sau ngày bắt đầu.",
            field=("ends",),
        )
    if entry.ends <= on:
        raise BadInput(
            "DUTY_ENDED",
            f"Nhiệm vụ đã hết từ ngày {entry.ends:%d/%m/%Y}. Hãy ghi ngày kết thúc sau hôm nay, {on:%d/%m/%Y}.",
            field=("ends",),
        )
