"""Who governs accounts in the small province: administrators, approvers, the head of a commune and its officers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties, grants, proposals, stand_ins
from dean06_auth.accounts import Account
from dean06_auth.duties import DutyEntry
from dean06_auth.proposals import GrantEntry
from dean06_core import catalogue
from dean06_core.access import ALL, Caller, DataClass
from dean06_core.acting import Actor
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.sectors import Sector
from tests.auth.province import (
    ACCOUNTS,
    COMMUNE,
    DONG_LOC,
    FIGURES,
    HA_TINH,
    NEXT_YEAR,
    NOW,
    TODAY,
    VUNG_ANG,
    give,
    give_governance,
    hire,
)

SECTORS: Final = (Sector(code="health", title="Y tế"), Sector(code="tax", title="Thuế"))
DECISION: Final = "QĐ 15/QĐ-UBND"
STARTS: Final = date(2026, 1, 1)


@dataclass
class Office:
    """Everybody by login; ``on`` is today, and may go on."""

    session: AsyncSession
    directory: Directory
    catalogue: Catalogue
    people: dict[str, Account] = field(default_factory=dict)
    on: date = TODAY
    known: dict[tuple[str, date], Actor] = field(default_factory=dict)
    """Who acts as he acted before; forget them once anything has changed."""

    async def actor(self, login: str) -> Actor:
        """With what he holds today."""
        if (login, self.on) not in self.known:
            self.known[login, self.on] = await self._actor(login)
        return self.known[login, self.on]

    async def _actor(self, login: str) -> Actor:
        account = self.people[login]
        held = await grants.live(self.session, account_id=account.id, reach=self.directory, on=self.on)
        caller = Caller(account.login, account.name, account.unit_key, held, account.id)
        return Actor.of(caller, self.directory, self.catalogue, NOW + (self.on - TODAY), self.on)

    async def assign(self, login: str, *, by: str = "quan-tri", **more: Any) -> UUID:
        """The id of the duty."""
        await duties.assign(self.session, await self.actor(by), replace(order(login), **more))
        self.known.clear()
        [*_, duty] = sorted(await self.duties_of(login), key=lambda each: each.id)
        return duty.id

    async def duties_of(self, login: str) -> list[duties.Duty]:
        of_account = sa.select(duties.Duty).where(duties.Duty.account_id == self.people[login].id)
        return list(await self.session.scalars(of_account))

    async def propose(self, *entries: GrantEntry, by: str = "quan-tri") -> tuple[UUID, ...]:
        return await proposals.propose(self.session, await self.actor(by), entries)

    async def approve(self, *ids: UUID, by: str = "phe-duyet") -> tuple[UUID, ...]:
        done = await proposals.approve(self.session, await self.actor(by), ids, decision=DECISION)
        self.known.clear()
        return done

    async def revoke(self, *ids: UUID, by: str = "quan-tri", reason: str = "Chuyển công tác") -> tuple[UUID, ...]:
        done = await proposals.revoke(self.session, await self.actor(by), ids, reason=reason)
        self.known.clear()
        return done

    async def stand_in(self, duty: UUID, login: str, *, days: int = 5, by: str = "thu-truong") -> UUID:
        until = self.on + timedelta(days=days)
        holder = await stand_ins.name(self.session, await self.actor(by), duty, stand_in=login, until=until)
        self.known.clear()
        return holder

    async def roles(self, login: str) -> list[str]:
        return [grant.role for grant in (await self.actor(login)).caller.grants]


def order(login: str, **more: Any) -> DutyEntry:
    given: dict[str, Any] = {
        "login": login,
        "unit": f"unit-{VUNG_ANG}",
        "function": "Nhập số liệu",
        "decision": "QĐ 01/QĐ-UBND",
        "starts": STARTS,
        "ends": NEXT_YEAR,
    }
    return DutyEntry(**{**given, **more})


def entry(duty: UUID, role: str = "officer", **more: Any) -> GrantEntry:
    governs = role in ("administrator", "approver", "auditor")
    given: dict[str, Any] = {
        "data_classes": frozenset(ACCOUNTS if governs else FIGURES),
        "starts": TODAY,
        "ends": NEXT_YEAR,
    }
    return GrantEntry(duty, role, **{**given, **more})


async def settle(session: AsyncSession, directory: Directory) -> Office:
    """Two administrators and two approvers of the province, a head and three officers of Vũng Áng, one of Đồng Lộc."""
    await catalogue.register(session, SECTORS)
    office = Office(session, directory, await Catalogue.load(session, SECTORS))
    for login, unit in (
        ("quan-tri", HA_TINH),
        ("quan-tri-2", HA_TINH),
        ("phe-duyet", HA_TINH),
        ("phe-duyet-2", HA_TINH),
        ("thu-truong", VUNG_ANG),
        ("an", VUNG_ANG),
        ("binh", VUNG_ANG),
        ("chi", VUNG_ANG),
        ("dung", DONG_LOC),
    ):
        office.people[login] = await hire(session, login, unit_key=unit)
    for login in ("quan-tri", "quan-tri-2"):
        await give_governance(session, office.people[login], "administrator")
    for login in ("phe-duyet", "phe-duyet-2"):
        await give_governance(session, office.people[login], "approver")
    classes = (*FIGURES, DataClass.GOVERNANCE)
    await give(session, office.people["thu-truong"], "unit_head", sectors=ALL, units=(COMMUNE,), data_classes=classes)
    return office
