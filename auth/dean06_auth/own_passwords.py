"""Changing one's own password: by the profile's rules, not back to an earlier one, and the other sessions end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import passwords, standing_days
from dean06_auth.accounts import Account, AccountCredential
from dean06_auth.standing_days import DayKind
from dean06_core.access import INTERNAL
from dean06_core.errors import BadInput
from dean06_core.records import Record, new_id


class EarlierPassword(Record):
    """The stored form of a password that was changed; as many are kept as the profile remembers."""

    __tablename__ = "earlier_password"
    __access__ = INTERNAL

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    password_hash: Mapped[str]
    replaced_at: Mapped[datetime]


async def earlier(session: AsyncSession, *, account_id: UUID, remembered: int) -> Sequence[str]:
    """The stored forms that may not be chosen again, the current one first: ``remembered`` of them."""
    current = await session.scalar(
        sa.select(AccountCredential.password_hash).where(AccountCredential.account_id == account_id)
    )
    past = await session.scalars(
        sa.select(EarlierPassword.password_hash)
        .where(EarlierPassword.account_id == account_id)
        .order_by(EarlierPassword.replaced_at.desc(), EarlierPassword.id.desc())
        .limit(max(0, remembered - 1))
    )
    return [*([] if current is None else [current]), *past]


async def refuse_earlier(password: str, *, stored: Collection[str], field: str) -> None:
    """PASSWORD_USED_BEFORE; each stored form costs a worker one check."""
    for each in stored:
        if await passwords.check(password, against=each):
            raise BadInput(
                "PASSWORD_USED_BEFORE",
                "Mật khẩu này đã được dùng gần đây. Hãy chọn mật khẩu chưa dùng.",
                field=(field,),
            )


async def put(
    session: AsyncSession, *, account_id: UUID, stored: str, renewed: str, remembered: int, now: datetime
) -> None:
    """Put a new stored form in place of ``stored``; PASSWORD_CHANGED_MEANWHILE where that is no longer the one."""
    changed = await session.execute(
        sa.update(AccountCredential)
        .where(AccountCredential.account_id == account_id, AccountCredential.password_hash == stored)
        .values(password_hash=renewed, password_set_at=now, change_required=False)
        .returning(AccountCredential.account_id)
    )
    if changed.first() is None:
        raise BadInput(
            "PASSWORD_CHANGED_MEANWHILE", "Mật khẩu vừa được đổi ở nơi khác. Hãy đăng nhập lại.", field=("current",)
        )
    session.add(EarlierPassword(account_id=account_id, password_hash=stored, replaced_at=now))
    await session.flush()
    await standing_days.note(session, account_id=account_id, on=standing_days.day_of(now), kind=DayKind.PASSWORD)
    kept = (
        sa.select(EarlierPassword.id)
        .where(EarlierPassword.account_id == account_id)
        .order_by(EarlierPassword.replaced_at.desc(), EarlierPassword.id.desc())
        .limit(remembered)
    )
    await session.execute(
        sa.delete(EarlierPassword).where(
            EarlierPassword.account_id == account_id, EarlierPassword.id.not_in(kept.scalar_subquery())
        )
    )
