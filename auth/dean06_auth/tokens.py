"""A token speaks for an account until it expires or is revoked; only its SHA-256 is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth.accounts import Account, AccountState
from dean06_core.access import INTERNAL
from dean06_core.records import Record, new_id

PREFIX: Final = "d06_"
BY_SIGN_IN: Final = "sign_in"

_SHAPE: Final = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


class AccessToken(Record):
    """``issued_by`` is ``sign_in`` or ``operator:NAME``; an operator's token says why in ``reason``."""

    __tablename__ = "access_token"
    __access__ = INTERNAL
    __table_args__ = (sa.CheckConstraint("expires_at > issued_at", name="lasts_some_time"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    issued_by: Mapped[str]
    reason: Mapped[str | None]
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """The only time that a token is seen: hand it to its holder and forget it."""

    token: str = field(repr=False)
    expires_at: datetime


async def issue(
    session: AsyncSession,
    *,
    account_id: UUID,
    now: datetime,
    lifetime: timedelta,
    issued_by: str = BY_SIGN_IN,
    reason: str | None = None,
) -> IssuedToken:
    """Make a token of 256 random bits; ``PREFIX`` lets people and secret scanners know it when they see it."""
    issued = IssuedToken(PREFIX + secrets.token_urlsafe(32), now + lifetime)
    session.add(
        AccessToken(
            digest=_digest(issued.token),
            account_id=account_id,
            issued_at=now,
            expires_at=issued.expires_at,
            issued_by=issued_by,
            reason=reason,
        )
    )
    await session.flush()
    return issued


async def holder(session: AsyncSession, *, token: str, now: datetime) -> Account | None:
    """The active account for which a token still speaks; one statement, or none for what cannot be a token."""
    if not _SHAPE.fullmatch(token):
        return None
    return await session.scalar(
        sa.select(Account)
        .join(AccessToken, AccessToken.account_id == Account.id)
        .where(
            AccessToken.digest == _digest(token),
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > now,
            Account.state == AccountState.ACTIVE,
        )
    )


async def revoke(session: AsyncSession, *, token: str, now: datetime) -> None:
    """End a token at once, as signing out does. One that has ended, or never was, is left as it is."""
    if _SHAPE.fullmatch(token):
        await session.execute(
            sa.update(AccessToken)
            .where(AccessToken.digest == _digest(token), AccessToken.revoked_at.is_(None))
            .values(revoked_at=now)
        )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
