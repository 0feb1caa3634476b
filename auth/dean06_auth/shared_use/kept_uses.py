"""The use of sessions by the minute, as it is kept for ninety days: who was on which device, never what he did."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from dean06_auth.accounts import Account
from dean06_auth.grant_rows import GrantRow
from dean06_auth.profile import DeviceKind
from dean06_auth.shared_use.uses import Replaced, Use
from dean06_auth.tokens import AccessToken, TokenEnd
from dean06_core.access import INTERNAL
from dean06_core.records import Record, dialect_of, insert_unless, table_of

_LETTERS = 16


class SessionUse(Record):
    """How many requests of a session came from one device and source in a minute.

    ``device`` and ``source`` are hashes keyed by the account: they tell two of
    one account apart and link no two accounts. ``day`` is the business day.
    """

    __tablename__ = "session_use"
    __access__ = INTERNAL
    __table_args__ = (
        sa.Index("ix_session_use_account_id_minute", "account_id", "minute"),
        sa.CheckConstraint("count > 0", name="something_was_used"),
    )

    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey(AccessToken.id), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    device_kind: Mapped[DeviceKind] = mapped_column(sa.Enum(DeviceKind, native_enum=False, length=16), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id))
    day: Mapped[date] = mapped_column(index=True)
    count: Mapped[int]


def hashed(account: UUID, text: str) -> str:
    """Told apart within one account, and not linked with the same text of another."""
    return hashlib.blake2b(text.encode(), key=account.bytes, digest_size=_LETTERS // 2).hexdigest()


async def keep(session: AsyncSession, uses: Iterable[Use]) -> None:
    """Add to what is kept; one statement."""
    rows = [
        {
            "session_id": use.session,
            "minute": use.minute,
            "device": use.device,
            "source": use.source,
            "device_kind": use.kind,
            "account_id": use.account,
            "day": use.day,
            "count": use.count,
        }
        for use in uses
    ]
    if not rows:
        return
    made = insert_unless(dialect_of(session), SessionUse).values(rows)
    await session.execute(
        made.on_conflict_do_update(
            index_elements=[*table_of(SessionUse).primary_key.columns],
            set_={"count": SessionUse.count + made.excluded.count},
        )
    )


async def forget_old(session: AsyncSession, *, days: int, on: date) -> None:
    await session.execute(sa.delete(SessionUse).where(SessionUse.day < on - timedelta(days=days)))


async def since(
    session: AsyncSession, moment: datetime, *, until: datetime | None = None, account: UUID | None = None
) -> list[Use]:
    """The uses from a minute on, of one account or of all; one statement."""
    wanted = sa.select(SessionUse).where(SessionUse.minute >= moment)
    if until is not None:
        wanted = wanted.where(SessionUse.minute < until)
    if account is not None:
        wanted = wanted.where(SessionUse.account_id == account)
    return [
        Use(row.account_id, row.session_id, row.device_kind, row.device, row.source, row.minute, row.count)
        for row in await session.scalars(wanted)
    ]


async def replaced_since(
    session: AsyncSession, moment: datetime, *, until: datetime | None = None, account: UUID | None = None
) -> list[Replaced]:
    """The sessions that took the place of another on the same kind of device; one statement."""
    old = aliased(AccessToken)
    wanted = (
        sa.select(AccessToken.account_id, AccessToken.device_kind, AccessToken.issued_at, old.last_used_at)
        .join(
            old,
            sa.and_(
                old.account_id == AccessToken.account_id,
                old.device_kind == AccessToken.device_kind,
                old.ended_as == TokenEnd.REPLACED,
                old.revoked_at == AccessToken.issued_at,
                old.id != AccessToken.id,
            ),
        )
        .where(AccessToken.issued_at >= moment, old.last_used_at.is_not(None))
    )
    if until is not None:
        wanted = wanted.where(AccessToken.issued_at < until)
    if account is not None:
        wanted = wanted.where(AccessToken.account_id == account)
    rows = await session.execute(wanted)
    return [Replaced(owner, kind, at, at - used) for owner, kind, at, used in rows if kind and used]


async def counts(
    session: AsyncSession, accounts: Collection[UUID], *, starts: date, ends: date
) -> dict[UUID, Mapping[date, int]]:
    """Requests by account and day, ``ends`` included; one statement."""
    found: dict[UUID, dict[date, int]] = {}
    rows = await session.execute(
        sa.select(SessionUse.account_id, SessionUse.day, sa.func.sum(SessionUse.count))
        .where(SessionUse.account_id.in_(set(accounts)), SessionUse.day >= starts, SessionUse.day <= ends)
        .group_by(SessionUse.account_id, SessionUse.day)
    )
    for account, day, count in rows:
        found.setdefault(account, {})[day] = int(count)
    return {**found}


async def peers(session: AsyncSession, accounts: Collection[UUID], *, on: date) -> dict[UUID, list[UUID]]:
    """By account the others of the same unit that hold one of the same roles on a day; one statement."""
    own, other, mine, theirs = aliased(Account), aliased(Account), aliased(GrantRow), aliased(GrantRow)
    rows = await session.execute(
        sa.select(own.id, other.id)
        .distinct()
        .join(own, sa.and_(own.unit_key == other.unit_key, own.id != other.id))
        .join(mine, mine.account_id == own.id)
        .join(theirs, sa.and_(theirs.account_id == other.id, theirs.role == mine.role))
        .where(own.id.in_(set(accounts)), _held(mine, on), _held(theirs, on))
    )
    found: dict[UUID, list[UUID]] = {id_: [] for id_ in accounts}
    for id_, peer in rows:
        found[id_].append(peer)
    return found


def _held(grant: Any, on: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        grant.starts <= on,
        on < grant.ends,
        sa.or_(grant.revoked_on.is_(None), grant.revoked_on > on),
        sa.or_(grant.given_by.is_not(None), grant.approver_id.is_not(None)),
    )
