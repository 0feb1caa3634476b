"""A province small enough to read: two communes, one of them in a group, and a tax office that serves the province."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from dean06_auth import accounts, grants, people
from dean06_auth.accounts import Account, AccountState
from dean06_auth.grants import GrantRow, ReachKind, UnitsOf
from dean06_core.access import ALL, All, DataClass
from dean06_core.units import (
    CodeScheme,
    Tier,
    UnitArea,
    UnitCode,
    UnitGroupMember,
    UnitGroupRow,
    UnitLevel,
    UnitRow,
    UnitVersion,
)

HA_TINH: Final = 1
VUNG_ANG: Final = 2
DONG_LOC: Final = 3
TAX_OFFICE: Final = 4
PILOT_COMMUNES: Final = 10

LONG_AGO: Final = date(2020, 1, 1)
TODAY: Final = date(2026, 6, 15)
NOW: Final = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
NEXT_YEAR: Final = date(2027, 1, 1)

COMMUNE: Final = UnitsOf(ReachKind.SUBTREE, VUNG_ANG)
FIGURES: Final = (DataClass.AGGREGATE, DataClass.RECORD)
ACCOUNTS: Final = (DataClass.GOVERNANCE,)


def settle(session: Session) -> None:
    """Write the province's units."""
    session.add_all(UnitRow(key=key) for key in (HA_TINH, VUNG_ANG, DONG_LOC, TAX_OFFICE))
    session.flush()
    session.add_all(
        [
            _version(HA_TINH, "Tỉnh Hà Tĩnh", UnitLevel.PROVINCE, None),
            _version(VUNG_ANG, "Phường Vũng Áng", UnitLevel.COMMUNE, HA_TINH),
            _version(DONG_LOC, "Xã Đồng Lộc", UnitLevel.COMMUNE, HA_TINH),
            _version(TAX_OFFICE, "Thuế tỉnh Hà Tĩnh", UnitLevel.BRANCH, None),
            UnitGroupRow(key=PILOT_COMMUNES, code="pilot", name="Xã, phường thí điểm", within_key=HA_TINH),
            UnitArea(agency_key=TAX_OFFICE, unit_key=HA_TINH, valid_from=LONG_AGO),
        ]
    )
    session.add_all(
        UnitCode(unit_key=key, scheme=CodeScheme.SLUG, code=f"unit-{key}", valid_from=LONG_AGO)
        for key in (HA_TINH, VUNG_ANG, DONG_LOC, TAX_OFFICE)
    )
    session.flush()
    session.add(UnitGroupMember(group_key=PILOT_COMMUNES, unit_key=VUNG_ANG, valid_from=LONG_AGO))


def _version(key: int, name: str, level: UnitLevel, parent: int | None) -> UnitVersion:
    tier = Tier.COMMUNE if level is UnitLevel.COMMUNE else Tier.PROVINCIAL
    return UnitVersion(unit_key=key, valid_from=LONG_AGO, name=name, level=level, tier=tier, parent_key=parent)


async def hire(
    session: AsyncSession,
    login: str = "an",
    *,
    unit_key: int = VUNG_ANG,
    state: AccountState = AccountState.ACTIVE,
) -> Account:
    """An account without a password, since hashing one is slow by intention."""
    account = Account(
        login=login,
        person_id=(await people.unknown(session)).id,
        name="Nguyễn Văn An",
        unit_key=unit_key,
        state=state,
        created_at=NOW,
    )
    session.add(account)
    await session.flush()
    return account


async def give(
    session: AsyncSession,
    account: Account,
    role: str = "officer",
    *,
    sectors: tuple[str, ...] | All = ("health",),
    units: tuple[UnitsOf, ...] | All = (COMMUNE,),
    data_classes: tuple[DataClass, ...] = FIGURES,
    starts: date = date(2026, 1, 1),
    ends: date = NEXT_YEAR,
    basis: str = "QĐ 12/QĐ-UBND",
) -> GrantRow:
    return await grants.give(
        session,
        account=account,
        role=role,
        sectors=sectors,
        units=units,
        data_classes=data_classes,
        starts=starts,
        ends=ends,
        basis=basis,
    )


async def give_governance(
    session: AsyncSession, account: Account, role: str, *, starts: date = date(2026, 1, 1)
) -> None:
    await give(session, account, role, sectors=ALL, units=ALL, data_classes=ACCOUNTS, starts=starts)


async def stored_password(session: AsyncSession, account: Account) -> str:
    return (await session.get_one(accounts.AccountCredential, account.id)).password_hash


async def count(session: AsyncSession, table: type) -> int:
    return await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
