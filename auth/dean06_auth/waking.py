"""An account that was not used for too long is woken by one act of whoever may propose grants at its unit."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import governed, standing_days
from dean06_auth.accounts import Account, AccountState
from dean06_auth.standing_days import DayKind
from dean06_core.access import Action
from dean06_core.acting import Actor
from dean06_core.errors import BadInput


async def wake(session: AsyncSession, actor: Actor, login: str) -> UUID:
    """Count the unused days of somebody else's account from today on; answers with its id."""
    account = await governed_for_another(session, actor, login)
    if account.state is AccountState.SUSPENDED:
        raise BadInput(
            "ACCOUNT_SUSPENDED",
            f"Tài khoản “{account.login}” đang bị tạm khóa, không phải lâu không dùng. Hãy mở lại bằng restoreAccount.",
            field=("login",),
        )
    await note(session, account, actor.on)
    return account.id


async def note(session: AsyncSession, account: Account, on: date) -> None:
    """That it was woken on a day."""
    account.woken_on = on
    await session.flush()
    await standing_days.note(session, account_id=account.id, on=on, kind=DayKind.WOKEN)


async def governed_for_another(session: AsyncSession, actor: Actor, login: str) -> Account:
    """As ``governed.account``; ACCOUNT_OF_ONESELF where it is the actor's own, or of whom he stands in for."""
    account = await governed.account(session, actor, login)
    by = governed.allowing(actor, Action.PROPOSE, account.unit_key)
    assert by is not None  # noqa: S101  or the account would be unknown
    hands = await governed.hands(session, actor, by)
    if account.person_id in hands.people:
        raise BadInput(
            "ACCOUNT_OF_ONESELF",
            "Không ai tự mở lại tài khoản của mình, cũng không qua người làm thay. "
            "Hãy nhờ thủ trưởng đơn vị cấp trên hoặc người quản trị khác.",
            field=("login",),
        )
    return account
