"""An account is suspended at once: nobody signs in with it, and whoever did is out by the next request."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import governed, sessions
from dean06_auth.accounts import AccountState
from dean06_core.acting import Actor
from dean06_core.errors import BadInput


async def suspend(session: AsyncSession, actor: Actor, login: str, *, reason: str) -> UUID:
    """Suspend an account and end its tokens in the same transaction; what it was granted stays as it is."""
    account = await governed.account(session, actor, login)
    why = governed.reason_of(reason)
    if account.state is AccountState.SUSPENDED:
        raise BadInput(
            "ACCOUNT_SUSPENDED", f"Tài khoản “{account.login}” đã tạm khóa. Hãy chọn tài khoản khác.", field=("login",)
        )
    account.state, account.suspended_at = AccountState.SUSPENDED, actor.now
    account.suspended_by, account.suspended_reason = actor.caller.login, why
    await sessions.end_all(session, account_id=account.id, now=actor.now)
    await session.flush()
    return account.id
