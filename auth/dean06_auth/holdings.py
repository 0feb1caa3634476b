"""What an account was given: its duties, who stands in for it, and its grants of every state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts
from dean06_auth.accounts import Account, AccountState
from dean06_auth.duties import Duty, StandIn
from dean06_auth.grant_rows import GrantRow, GrantSector, GrantState, GrantUnits, Reach, UnitsOf
from dean06_core import pages
from dean06_core.access import ALL, Action, All, DataClass, Scope
from dean06_core.acting import Actor
from dean06_core.errors import BadInput
from dean06_core.pages import Page, Slice


@dataclass(frozen=True, slots=True)
class GivenGrant:
    """A grant as it was proposed or given; ``units`` are those that it names."""

    row: GrantRow
    duty: Duty | None
    sectors: frozenset[str] | All
    units: tuple[UnitsOf, ...] | All

    def reached(self, reach: Reach, on: date) -> frozenset[int] | All:
        """The keys of the units that it names, with all that they reach on a day."""
        if isinstance(self.units, All):
            return ALL
        return frozenset[int]().union(*(each.reached(reach, on) for each in self.units))

    def state(self, on: date) -> GrantState:
        return self.row.state(self.duty, on)


@dataclass(frozen=True, slots=True)
class Holdings:
    """``standing_in`` holds, by duty, the account that does it in its holder's place today."""

    account: Account
    duties: tuple[Duty, ...]
    grants: tuple[GivenGrant, ...]
    standing_in: dict[UUID, Account]


async def of_accounts(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Holdings]:
    """Of those that the actor is shown: his own, and those of units whose accounts he reads. Five statements."""
    found = await session.scalars(sa.select(Account).where(Account.id.in_(set(ids))))
    shown = {account.id: account for account in found if is_shown(actor, account)}
    duties = (
        await session.scalars(
            sa.select(Duty).where(Duty.account_id.in_(shown)).order_by(Duty.account_id, Duty.starts, Duty.id)
        )
    ).all()
    grants = await given(session, GrantRow.account_id.in_(shown))
    doing = await session.execute(
        sa.select(StandIn.duty_id, Account)
        .join(Account, Account.id == StandIn.account_id)
        .where(StandIn.duty_id.in_({duty.id for duty in duties}), StandIn.starts <= actor.on, actor.on < StandIn.ends)
    )
    standing_in = {row.duty_id: row.Account for row in doing}
    return {
        id_: Holdings(
            account,
            tuple(duty for duty in duties if duty.account_id == id_),
            tuple(grant for grant in grants if grant.row.account_id == id_),
            standing_in,
        )
        for id_, account in shown.items()
    }


async def of_login(session: AsyncSession, actor: Actor, login: str) -> Holdings:
    """ACCOUNT_UNKNOWN to whoever is not shown it, there or not."""
    account = await accounts.find(session, login=login)
    found = {} if account is None else await of_accounts(session, actor, [account.id])
    if account is None or account.id not in found:
        raise BadInput(
            "ACCOUNT_UNKNOWN",
            f"Không có tài khoản “{login[: accounts.LONGEST_LOGIN]}” trong phạm vi của bạn. "
            "Hãy kiểm tra tên đăng nhập.",
            field=("login",),
        )
    return found[account.id]


async def of_grants(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> list[GivenGrant]:
    """Those of the ids, in their order, that belong to accounts that the actor is shown."""
    found = {grant.row.id: grant for grant in await given(session, GrantRow.id.in_(set(ids)))}
    owners = await session.scalars(
        sa.select(Account).where(Account.id.in_({grant.row.account_id for grant in found.values()}))
    )
    shown = {account.id for account in owners if is_shown(actor, account)}
    return [found[id_] for id_ in ids if id_ in found and found[id_].row.account_id in shown]


async def pending(session: AsyncSession, actor: Actor, page: Page) -> Slice[GivenGrant]:
    """Proposals that wait for the actor: at units for which he approves, neither his own nor for himself. By age."""
    own = (await session.scalars(sa.select(Account.person_id).where(Account.id == actor.caller.account))).one_or_none()
    statement = (
        sa.select(GrantRow)
        .join(Duty, Duty.id == GrantRow.duty_id)
        .join(Account, Account.id == GrantRow.account_id)
        .where(
            GrantRow.approver_id.is_(None),
            GrantRow.revoked_on.is_(None),
            actor.on < GrantRow.ends,
            actor.on < sa.func.coalesce(Duty.ended_on, Duty.ends),
            Account.state != AccountState.CLOSED,
            GrantRow.subject_id != own,
            GrantRow.proposer_id != own,
            sa.or_(GrantRow.proposer_for_id.is_(None), GrantRow.proposer_for_id != own),
        )
    )
    units = units_of(actor, Action.APPROVE)
    if isinstance(units, frozenset):
        statement = statement.where(Duty.unit_key.in_(units))
    rows = (await session.scalars(pages.bounded(statement, page, (GrantRow.id.expression,)))).all()
    whole = {grant.row.id: grant for grant in await given(session, GrantRow.id.in_({row.id for row in rows}))}
    return pages.slice_of([whole[row.id] for row in rows], page, lambda grant: (grant.row.id,))


def units_of(actor: Actor, action: Action) -> frozenset[int] | All:
    """The units with whose accounts he may do it today."""
    found: set[int] = set()
    for grant in actor.caller.grants:
        if grant.is_live(actor.on) and action in grant.actions and DataClass.GOVERNANCE in grant.data_classes:
            if isinstance(grant.units, All):
                return ALL
            found |= grant.units
    return frozenset(found)


def is_shown(actor: Actor, account: Account) -> bool:
    """His own, and those of units whose accounts he reads."""
    reads = actor.may(Action.READ, Scope(DataClass.GOVERNANCE, account.unit_key))
    return account.id == actor.caller.account or bool(reads)


async def given(session: AsyncSession, condition: sa.ColumnElement[bool]) -> list[GivenGrant]:
    """Grants of whatever state and whomever, for who has decided whose are shown; one statement."""
    named_key = sa.func.coalesce(GrantUnits.unit_key, GrantUnits.group_key)
    rows = await session.execute(
        sa.select(GrantRow, Duty, GrantSector.sector, GrantUnits.reach, named_key)
        .outerjoin(Duty, Duty.id == GrantRow.duty_id)
        .outerjoin(GrantSector, GrantSector.grant_id == GrantRow.id)
        .outerjoin(GrantUnits, GrantUnits.grant_id == GrantRow.id)
        .where(condition)
        .order_by(GrantRow.id)
    )
    found: dict[UUID, tuple[GrantRow, Duty | None, set[str], set[UnitsOf]]] = {}
    for row, duty, sector, kind, key in rows:
        *_, sectors, units = found.setdefault(row.id, (row, duty, set(), set()))
        if sector is not None:
            sectors.add(sector)
        if kind is not None:
            units.add(UnitsOf(kind, key))
    return [
        GivenGrant(
            row,
            duty,
            ALL if row.every_sector else frozenset(sectors),
            ALL if row.every_unit else tuple(sorted(units, key=lambda each: (each.reach, each.key))),
        )
        for row, duty, sectors, units in found.values()
    ]
