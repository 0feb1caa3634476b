"""The accounts of the demonstration: one of each kind of person, all with one password, made anew at each run."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, grants, passwords, roles, waking
from dean06_auth.accounts import Account, AccountCredential
from dean06_auth.duties import Duty
from dean06_auth.grants import GrantRow, ReachKind, UnitsOf
from dean06_auth.roles import Role
from dean06_core.access import ALL, All
from dean06_core.directory import Directory

_LASTS: Final = timedelta(days=365)
_RENEWED_BEFORE: Final = timedelta(days=30)
_BASIS: Final = "Tài khoản trình diễn"
_BY: Final = "demo"
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_PROVINCE: Final = ("42", "bhxh-khu-vuc-xv")
"""The province, and the agency that serves it from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who an account is for; ``sees`` are the codes of the units at the top of what he sees, in ``sectors``."""

    login: str
    name: str
    unit: str
    role: Role
    sectors: frozenset[str] | All = ALL
    sees: tuple[str, ...] = _PROVINCE


def _frontend(login: str, name: str, unit: str, sector: str) -> Person:
    return Person(login=login, name=name, unit=unit, role=roles.SECTOR_FRONTEND, sectors=frozenset({sector}))


PROPOSER: Final = "secretariat"
CONFIRMER: Final = "secretariat.2"
"""Who enters the indicators that no sector owns, and the second person who confirms them."""

PEOPLE: Final = (
    Person(login=PROPOSER, name="Cơ quan thường trực Tổ công tác", unit="cong-an-tinh", role=roles.SECRETARIAT),
    Person(login=CONFIRMER, name="Cán bộ thường trực thứ hai", unit="cong-an-tinh", role=roles.SECRETARIAT),
    _frontend("health", "Phần mềm ngành Y tế", "so-y-te", "health"),
    _frontend("tax", "Phần mềm ngành Thuế", "thue-tinh", "tax"),
    _frontend("justice", "Phần mềm ngành Tư pháp", "so-tu-phap", "justice"),
    _frontend("social-insurance", "Phần mềm ngành BHXH", "bhxh-khu-vuc-xv", "social_insurance"),
    Person(login="commune.18823", name="Cán bộ Vũng Áng", unit="18823", role=roles.OFFICER, sees=("18823",)),
    Person(login="head.18823", name="Chủ tịch Vũng Áng", unit="18823", role=roles.UNIT_HEAD, sees=("18823",)),
    Person(login="admin", name="Quản trị hệ thống", unit="cong-an-tinh", role=roles.ADMINISTRATOR),
    Person(login="approver", name="Người phê duyệt quyền", unit="cong-an-tinh", role=roles.APPROVER),
    Person(login="auditor", name="Cán bộ kiểm tra", unit="ubnd-tinh", role=roles.AUDITOR),
)


async def make(session: AsyncSession, directory: Directory, *, now: datetime, on: date) -> str:
    """Open the accounts that are missing, renew grants that end soon, and give all of them one new password.

    Whoever was not used for long is woken, and every grant counts as reviewed.
    """
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    for person in PEOPLE:
        account = await accounts.find(session, login=person.login)
        if account is None:
            unit = directory.named(person.unit, on)
            account = await accounts.open(
                session,
                login=person.login,
                name=person.name,
                unit_key=unit.key,
                password=password,
                now=now,
                change_required=False,
            )
        else:
            await _set_password(session, account, password, now)
            await _keep(session, account, on)
        if not await _is_granted(session, account, on):
            await _grant(session, directory, account, person, on, now)
    return password


async def _set_password(session: AsyncSession, account: Account, password: str, now: datetime) -> None:
    await session.execute(
        sa.update(AccountCredential)
        .where(AccountCredential.account_id == account.id)
        .values(password_hash=await passwords.protect(password), password_set_at=now)
    )


async def _keep(session: AsyncSession, account: Account, on: date) -> None:
    await waking.note(session, account, on)
    await session.execute(sa.update(GrantRow).where(GrantRow.account_id == account.id).values(reviewed_on=on))


async def _is_granted(session: AsyncSession, account: Account, on: date) -> bool:
    ends = await session.scalar(sa.select(sa.func.max(GrantRow.ends)).where(GrantRow.account_id == account.id))
    return ends is not None and on + _RENEWED_BEFORE < ends


async def _grant(
    session: AsyncSession, directory: Directory, account: Account, person: Person, on: date, now: datetime
) -> None:
    """A duty at each unit at the top of what he sees, and the role on it."""
    for code in person.sees:
        unit, sector = directory.named(code, on), _only(person.sectors)
        duty = Duty(
            account_id=account.id,
            unit_key=unit.key,
            sector=sector,
            function=person.role.title,
            decision=_BASIS,
            starts=on,
            ends=on + _LASTS,
            assigned_by=_BY,
            assigned_at=now,
        )
        session.add(duty)
        await session.flush()
        await grants.give(
            session,
            account=account,
            role=person.role.name,
            sectors=person.sectors,
            units=[UnitsOf(ReachKind.SUBTREE, unit.key)],
            data_classes=person.role.data_classes,
            starts=on,
            ends=on + _LASTS,
            basis=_BASIS,
            duty=duty,
            given_by=_BY,
        )


def _only(sectors: frozenset[str] | All) -> str | None:
    """The one sector of a duty; None is every one."""
    return None if isinstance(sectors, All) or len(sectors) != 1 else next(iter(sectors))
