"""What the audit log is told of somebody's way in: who and what, and as personal data from which device and source.

Whoever tries passwords must not fill the disk: of refusals it is told as
``lockouts.told`` says, and how many there were besides.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, lockouts
from dean06_auth.accounts import Account
from dean06_auth.lockouts import Attempt
from dean06_auth.profile import Profile
from dean06_auth.sessions import LONGEST_DEVICE, Origin
from dean06_core import audit
from dean06_core.access import Caller
from dean06_core.audit import Event
from dean06_core.audit.deeds import refusals
from dean06_core.database import Database
from dean06_core.errors import BadInput

LOCKED_OUT: Final = "LOCKED_OUT"
"""The outcome where a login was locked at its source; to whoever tries it is like any other refusal."""

_FORGOTTEN: Final = "sign_ins.forget_old"


@dataclass(frozen=True, slots=True)
class Way:
    """What is done on the way in, as verbs are named, from where and when."""

    action: str
    origin: Origin
    now: datetime

    @property
    def personal(self) -> dict[str, str]:
        origin = self.origin
        return {"source": origin.source, "device": origin.device[:LONGEST_DEVICE], "kind": origin.kind.value}


async def keep(session: AsyncSession, way: Way, account_id: UUID, *, roles: Collection[str], **details: Any) -> None:
    """Of somebody who was recognised."""
    found = await session.execute(sa.select(Account.login, Account.unit_key).where(Account.id == account_id))
    login, unit = found.one()
    await audit.record(
        session,
        Event(
            action=way.action,
            at=way.now,
            account=account_id,
            login=login,
            role=_listed(roles),
            unit=unit,
            subject=str(account_id),
            details=details,
            personal=way.personal,
        ),
    )


async def keep_own(
    session: AsyncSession, way: Way, caller: Caller, *, outcome: str = audit.DONE, **details: Any
) -> None:
    """Of what a caller does with his own way in."""
    await audit.record(
        session,
        Event(
            action=way.action,
            outcome=outcome,
            at=way.now,
            account=caller.account,
            login=caller.login,
            role=_listed({grant.role for grant in caller.grants}),
            unit=caller.unit,
            subject=str(caller.account),
            details=details,
            personal=way.personal,
        ),
    )


@asynccontextmanager
async def refusals_kept(database: Database, way: Way, caller: Caller) -> AsyncIterator[None]:
    """What is refused inside is recorded of the caller."""
    try:
        yield
    except BadInput as refused:
        async with database.service(in_turn=False) as session:
            await keep_own(session, way, caller, outcome=refused.code, **refusals(refused))
        raise


async def keep_refused(
    database: Database, way: Way, attempt: Attempt, *, login: str, code: str, profile: Profile
) -> None:
    """Of an attempt, with the same work for whatever was tried; what nobody has for a login is personal data."""
    async with database.service(in_turn=False) as session:
        also = await lockouts.told(session, attempt, profile=profile, now=way.now)
        if also is None:
            return
        is_locked = await lockouts.is_locked(session, attempt, profile=profile)
        account = await accounts.find(session, login=login)
        tried = {} if account is not None else {"login": login[: accounts.LONGEST_LOGIN]}
        await audit.record(
            session,
            Event(
                action=way.action,
                outcome=LOCKED_OUT if is_locked else code,
                at=way.now,
                account=None if account is None else account.id,
                login="" if account is None else account.login,
                unit=None if account is None else account.unit_key,
                subject="" if account is None else str(account.id),
                details={"number": attempt.number, **({"not_told_before": also} if also else {})},
                personal={**way.personal, **tried},
            ),
        )


async def keep_forgotten(session: AsyncSession, untold: Mapping[str, int], now: datetime) -> None:
    """How many refusals there were of which nobody was told by the time they are forgotten."""
    if untold:
        told = Event(
            action=_FORGOTTEN,
            at=now,
            details={"not_told_before": sum(untold.values())},
            personal={"sources": sorted(untold)[:_MOST_SOURCES]},
        )
        await audit.record(session, told)


def _listed(roles: Collection[str]) -> str:
    return ", ".join(sorted(roles))


_MOST_SOURCES: Final = 100
