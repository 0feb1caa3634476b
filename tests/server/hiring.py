"""People of the province for tests over HTTP and from the command line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from passlib.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, grants, second_factors, tokens
from dean06_auth.accounts import Account
from dean06_auth.roles import Role
from dean06_auth.secret_boxes import SecretBox
from dean06_core.access import ALL, All

PASSWORD: Final = "mat-khau-thu"


async def hired(
    session: AsyncSession,
    login: str,
    role: Role,
    *,
    unit: int,
    now: datetime,
    sectors: Collection[str] | All = frozenset({"health"}),
) -> Account:
    """An account at a unit that holds a role everywhere for a year, for health if nothing else is said."""
    account = await accounts.open(
        session, login=login, name="Người thử", unit_key=unit, password=PASSWORD, now=now, change_required=False
    )
    starts: date = now.date()
    await grants.give(
        session,
        account=account,
        role=role.name,
        sectors=sectors,
        units=ALL,
        data_classes=role.data_classes,
        starts=starts,
        ends=starts.replace(year=starts.year + 1),
        basis="Thử",
    )
    return account


async def equipped(session: AsyncSession, account: Account, box: SecretBox, now: datetime) -> list[str]:
    """Give him a device that makes codes; his recovery codes, each of which opens once."""
    enrolment = await second_factors.enrol(session, account=account, box=box, now=now)
    code = TOTP(enrolment.key).generate(now).token
    return [*await second_factors.confirm(session, account_id=account.id, code=code, box=box, now=now)]


async def admitted(session: AsyncSession, account: Account, now: datetime) -> str:
    """A token of an hour."""
    issued = await tokens.issue(session, account_id=account.id, now=now, lifetime=timedelta(hours=1))
    return issued.token
