"""A token speaks for an account until it expires or is revoked; only its SHA-256 is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth.accounts import Account, AccountCredential, AccountState
from dean06_auth.duties import Duty
from dean06_auth.profile import DeviceKind
from dean06_core.access import INTERNAL
from dean06_core.records import Record, new_id

PREFIX: Final = "d06_"
BY_SIGN_IN: Final = "sign_in"
BY_PROVIDER: Final = "provider"

_SHAPE: Final = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


class TokenEnd(StrEnum):
    """Why a token was ended before its time. ENDED: by somebody else, who did not say why."""

    SIGNED_OUT = "SIGNED_OUT"
    REPLACED = "REPLACED"
    ENDED_BY_HOLDER = "ENDED_BY_HOLDER"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105  a reason, no password
    SECOND_FACTOR_CHANGED = "SECOND_FACTOR_CHANGED"
    SHARED_USE = "SHARED_USE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"
    ENDED = "ENDED"


class AccessToken(Record):
    """``issued_by`` is ``sign_in``, ``provider`` or ``operator:NAME``; an operator's token says why in ``reason``.

    A token with a ``device_kind`` is a session, of which an account has one on
    each kind of device: the database keeps no second one that is not revoked.
    ``second_factor`` says whether it was begun, or confirmed since, with one,
    ``confirm_again`` whether its holder has to show that it is him. ``ended_as``
    is null of one that lasts, and of one that was ended before that was kept.
    """

    __tablename__ = "access_token"
    __access__ = INTERNAL
    __table_args__ = (
        sa.CheckConstraint("expires_at > issued_at", name="lasts_some_time"),
        sa.Index(
            "uq_access_token_one_session",
            "account_id",
            "device_kind",
            unique=True,
            sqlite_where=sa.text("revoked_at is null"),
            postgresql_where=sa.text("revoked_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    issued_by: Mapped[str]
    reason: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    ended_as: Mapped[TokenEnd | None] = mapped_column(sa.Enum(TokenEnd, native_enum=False, length=32))
    device_kind: Mapped[DeviceKind | None] = mapped_column(sa.Enum(DeviceKind, native_enum=False, length=16))
    device: Mapped[str | None]
    last_used_at: Mapped[datetime | None]
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    confirm_again: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """The only time that a token is seen: hand it to its holder and forget it."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Presented:
    """A token, for whom it speaks, and since when he has his password; None if he has none.

    ``duties_over`` is the first day after the last of his duties; None if he was never ordered to do anything.
    """

    account: Account
    token: AccessToken
    password_set_at: datetime | None
    change_required: bool
    duties_over: date | None


async def issue(
    session: AsyncSession,
    *,
    account_id: UUID,
    now: datetime,
    lifetime: timedelta,
    issued_by: str = BY_SIGN_IN,
    reason: str | None = None,
    device_kind: DeviceKind | None = None,
    device: str | None = None,
    second_factor: bool = False,
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
            device_kind=device_kind,
            device=device,
            last_used_at=None if device_kind is None else now,
            second_factor=second_factor,
        )
    )
    await session.flush()
    return issued


async def presented(session: AsyncSession, *, token: str, now: datetime) -> Presented | None:
    """As ``known``, if the token has not ended and its account is active."""
    found = await known(session, token=token)
    if found is None or found.token.revoked_at is not None or found.token.expires_at <= now:
        return None
    return found if found.account.state is AccountState.ACTIVE else None


async def known(session: AsyncSession, *, token: str) -> Presented | None:
    """A token that was issued once, whatever became of it; one statement, or none for what cannot be a token."""
    if not _SHAPE.fullmatch(token):
        return None
    found = await session.execute(_KNOWN, {"digest": _digest(token)})
    row = found.first()
    return None if row is None else Presented(row[0], row[1], row[2], bool(row[3]), row[4])


def duties_over() -> sa.ScalarSelect[date]:
    """Of an account that a statement selects: the first day after the last of its duties, null if it has none."""
    over = sa.func.max(sa.func.coalesce(Duty.ended_on, Duty.ends))
    return sa.select(over).where(Duty.account_id == Account.id).correlate(Account).scalar_subquery()


async def revoke(session: AsyncSession, *, token: str, now: datetime) -> None:
    """End a token at once, as signing out does. One that has ended, or never was, is left as it is."""
    if _SHAPE.fullmatch(token):
        await session.execute(
            sa.update(AccessToken)
            .where(AccessToken.digest == _digest(token), AccessToken.revoked_at.is_(None))
            .values(revoked_at=now, ended_as=TokenEnd.SIGNED_OUT)
        )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_KNOWN: Final = (
    sa.select(Account, AccessToken, AccountCredential.password_set_at, AccountCredential.change_required, duties_over())
    .join(AccessToken, AccessToken.account_id == Account.id)
    .outerjoin(AccountCredential, AccountCredential.account_id == Account.id)
    .where(AccessToken.digest == sa.bindparam("digest"))
)
"""Put together once, not at every request."""
