"""An account is moved to another unit, and at which unit it was before stays known for every day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import accounts
from dean06_auth.accounts import Account
from dean06_core.access import DataClass, within
from dean06_core.directory import Unit
from dean06_core.errors import BadInput
from dean06_core.records import Record, dialect_of, insert_unless
from dean06_core.units import UnitRow


class AccountMove(Record):
    """An account was at ``left_key`` until the day before ``on``; several moves of one day count as one."""

    __tablename__ = "account_move"
    __access__ = within("account_id", "account", DataClass.GOVERNANCE)

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    left_key: Mapped[int] = mapped_column(sa.ForeignKey(UnitRow.key))


async def move(session: AsyncSession, *, login: str, unit: Unit, on: date) -> Account:
    """Give an account another unit that is there, from ``on`` on; what it was granted stays as it is."""
    account = await accounts.find(session, login=login)
    if account is None:
        raise BadInput(
            "ACCOUNT_UNKNOWN", f"Không có tài khoản “{login}”. Hãy kiểm tra tên đăng nhập.", field=("login",)
        )
    if not unit.holds(on):
        raise BadInput(
            "UNIT_ENDED", f"{unit.name} không còn vào ngày {on:%d/%m/%Y}. Hãy chọn đơn vị kế thừa.", field=("unit",)
        )
    left = insert_unless(dialect_of(session), AccountMove).values(
        account_id=account.id, on=on, left_key=account.unit_key
    )
    await session.execute(left.on_conflict_do_nothing())
    account.unit_key = unit.key
    await session.flush()
    return account


def unit_key_on(day: date) -> sa.ColumnElement[int]:
    """The key of the unit at which an account was on a day, in a statement that selects from ``Account``."""
    left_since = (
        sa.select(AccountMove.left_key)
        .where(AccountMove.account_id == Account.id, AccountMove.on > day)
        .order_by(AccountMove.on)
        .limit(1)
        .correlate(Account)
    )
    return sa.func.coalesce(left_since.scalar_subquery(), Account.unit_key)
