"""On which days an account was used, woken, or given another password: kept, so that any past day can be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import DataClass, within
from dean06_core.records import Record, dialect_of, insert_unless

_OFFICE: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


class DayKind(StrEnum):
    """PASSWORD: its holder chose another one."""

    USED = "USED"
    WOKEN = "WOKEN"
    PASSWORD = "PASSWORD"  # noqa: S105  a kind of day, no password


class AccountDay(Record):
    """One row for whatever happened to an account on a day, however often it did."""

    __tablename__ = "account_day"
    __access__ = within("account_id", "account", DataClass.GOVERNANCE)

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(sa.Enum(DayKind, native_enum=False, length=16), primary_key=True)


def day_of(moment: datetime) -> date:
    """The day on an office calendar in Vietnam, where accounts are opened and shut by the day."""
    return moment.astimezone(_OFFICE).date()


def beginning(day: date) -> datetime:
    """The moment at which that day begins there."""
    return datetime.combine(day, time(), _OFFICE)


async def note(session: AsyncSession, *, account_id: UUID, on: date, kind: DayKind) -> None:
    """Once a day: again, nothing is written."""
    noted = insert_unless(dialect_of(session), AccountDay).values(account_id=account_id, on=on, kind=kind)
    await session.execute(noted.on_conflict_do_nothing())


async def days_used(session: AsyncSession, accounts: Collection[UUID], *, since: date, before: date) -> dict[UUID, int]:
    """On how many days each account was used, 0 of those that are not in it; one statement."""
    rows = await session.execute(
        sa.select(AccountDay.account_id, sa.func.count())
        .where(
            AccountDay.account_id.in_(set(accounts)),
            AccountDay.kind == DayKind.USED,
            since <= AccountDay.on,
            AccountDay.on < before,
        )
        .group_by(AccountDay.account_id)
    )
    return {id_: count for id_, count in rows}  # noqa: C416  dict() would not be typed
