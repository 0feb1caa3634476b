"""A session is the token of one sign-in: one on each kind of device, ended by disuse, by its age or by its holder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import tokens
from dean06_auth.profile import DeviceKind, Profile
from dean06_auth.tokens import AccessToken, IssuedToken, TokenEnd
from dean06_core.errors import BadInput

NOTED_EVERY: Final = timedelta(minutes=1)
LONGEST_DEVICE: Final = 200


class Step(StrEnum):
    """What a session that has begun is still for; nothing else is shown in it until then."""

    CHANGE_PASSWORD = "CHANGE_PASSWORD"  # noqa: S105  a step, not a password
    ENROL_SECOND_FACTOR = "ENROL_SECOND_FACTOR"
    CONFIRM_AGAIN = "CONFIRM_AGAIN"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from: ``source`` is what failures are counted by, ``device`` what the caller says he is."""

    source: str
    device: str = ""
    kind: DeviceKind = DeviceKind.DESKTOP


CONSOLE: Final = Origin("console", "Dòng lệnh")


async def begin(
    session: AsyncSession,
    *,
    account_id: UUID,
    origin: Origin,
    second_factor: bool,
    profile: Profile,
    now: datetime,
    issued_by: str = tokens.BY_SIGN_IN,
) -> IssuedToken:
    """Begin a session, in place of the one on the same kind of device.

    Call it with the account's row locked: of many at one moment the last one stays.
    """
    await session.execute(
        sa.update(AccessToken)
        .where(
            AccessToken.account_id == account_id,
            AccessToken.device_kind == origin.kind,
            AccessToken.revoked_at.is_(None),
        )
        .values(revoked_at=now, ended_as=TokenEnd.REPLACED)
    )
    return await tokens.issue(
        session,
        account_id=account_id,
        now=now,
        lifetime=profile.session_lasts,
        issued_by=issued_by,
        device_kind=origin.kind,
        device=origin.device[:LONGEST_DEVICE],
        second_factor=second_factor,
    )


def is_idle(token: AccessToken, *, used_at: datetime, roles: Collection[str], profile: Profile, now: datetime) -> bool:
    """Whether a session lay unused for as long as its holder's roles allow. What is no session never is."""
    return token.device_kind is not None and used_at + profile.may_idle(roles, token.device_kind) <= now


def used_at(token: AccessToken) -> datetime:
    return token.last_used_at or token.issued_at


async def live(
    session: AsyncSession, *, account_id: UUID, roles: Collection[str], profile: Profile, now: datetime
) -> Sequence[AccessToken]:
    """An account's sessions, and the tokens that operators hold for it; the newest first."""
    found = await session.scalars(
        sa.select(AccessToken)
        .where(
            AccessToken.account_id == account_id,
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > now,
        )
        .order_by(AccessToken.issued_at.desc(), AccessToken.id.desc())
    )
    return [each for each in found if not is_idle(each, used_at=used_at(each), roles=roles, profile=profile, now=now)]


async def end(session: AsyncSession, *, account_id: UUID, id_: UUID, now: datetime) -> None:
    """End one of an account's own sessions at once; SESSION_UNKNOWN for another's, one that ended or never was."""
    ended = await session.execute(
        sa.update(AccessToken)
        .where(
            AccessToken.id == id_,
            AccessToken.account_id == account_id,
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > now,
        )
        .values(revoked_at=now, ended_as=TokenEnd.ENDED_BY_HOLDER)
        .returning(AccessToken.id)
    )
    if ended.first() is None:
        raise unknown()


async def end_all(
    session: AsyncSession,
    *,
    account_id: UUID,
    now: datetime,
    but: UUID | None = None,
    why: TokenEnd = TokenEnd.ENDED,
) -> None:
    """End every token of an account, as suspending it does in the same transaction; ``but`` one where it is given.

    Whoever still has one of them is told ``why``.
    """
    ending = sa.update(AccessToken).where(AccessToken.account_id == account_id, AccessToken.revoked_at.is_(None))
    if but is not None:
        ending = ending.where(AccessToken.id != but)
    await session.execute(ending.values(revoked_at=now, ended_as=why))


async def note_use(session: AsyncSession, *, id_: UUID, now: datetime) -> None:
    """Keep when a session was last used; never an earlier moment than is kept."""
    await session.execute(
        sa.update(AccessToken).where(AccessToken.id == id_, AccessToken.last_used_at < now).values(last_used_at=now)
    )


def unknown() -> BadInput:
    return BadInput(
        "SESSION_UNKNOWN",
        "Không có phiên làm việc đó của bạn, hoặc phiên đã kết thúc. Hãy xem lại danh sách me.sessions.",
        field=("session",),
    )
