"""An account is suspended, opened again, or closed for good: it holds from the next request on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import governed, sessions, waking
from dean06_auth.accounts import Account, AccountState
from dean06_auth.duties import Duty
from dean06_auth.grant_rows import GrantRow
from dean06_auth.tokens import TokenEnd
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
    await shut(session, account, by=actor.caller.login, reason=why, now=actor.now)
    return account.id


async def shut(session: AsyncSession, account: Account, *, by: str, reason: str, now: datetime) -> None:
    """Suspend an account that is not suspended; ``by`` is whose decision it was, a login or a rule's name."""
    account.state, account.suspended_at = AccountState.SUSPENDED, now
    account.suspended_by, account.suspended_reason = by, reason
    await sessions.end_all(session, account_id=account.id, now=now, why=TokenEnd.SUSPENDED)
    await session.flush()


async def restore(session: AsyncSession, actor: Actor, login: str, *, reason: str) -> UUID:
    """Open a suspended account again, for somebody else; its unused days are counted anew. Its holder signs in again.

    The reason is kept in the audit log alone.
    """
    account = await waking.governed_for_another(session, actor, login)
    governed.reason_of(reason)
    if account.state is not AccountState.SUSPENDED:
        raise BadInput(
            "ACCOUNT_NOT_SUSPENDED",
            f"Tài khoản “{account.login}” không bị tạm khóa. Hãy chọn tài khoản đang tạm khóa.",
            field=("login",),
        )
    account.state, account.suspended_at, account.suspended_by, account.suspended_reason = (
        AccountState.ACTIVE,
        None,
        None,
        None,
    )
    await waking.note(session, account, actor.on)
    return account.id


async def close(session: AsyncSession, actor: Actor, login: str, *, reason: str) -> UUID:
    """Close an account for good: its tokens, duties and grants end today. Its person may have another one opened."""
    account = await governed.account(session, actor, login)
    why, on, by = governed.reason_of(reason), actor.on, actor.caller.login
    account.state = AccountState.CLOSED
    account.closed_on, account.closed_by, account.closed_reason = on, by, why
    duties = await session.scalars(sa.select(Duty).where(Duty.account_id == account.id))
    for duty in duties:
        if on < duty.over:
            duty.ended_on, duty.end_reason, duty.ended_by = max(on, duty.starts), why, by
    grants = await session.scalars(
        sa.select(GrantRow).where(
            GrantRow.account_id == account.id,
            GrantRow.duty_id.is_(None),
            on < GrantRow.ends,
            GrantRow.revoked_on.is_(None),
        )
    )
    for grant in grants:
        grant.revoked_on, grant.revoke_reason, grant.revoked_by = on, why, by
    await sessions.end_all(session, account_id=account.id, now=actor.now, why=TokenEnd.CLOSED)
    await session.flush()
    return account.id
