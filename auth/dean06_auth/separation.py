"""Which roles an account has on which days, its own and those in which it stands in, and which of them never meet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import roles
from dean06_auth.accounts import Account
from dean06_auth.duties import Duty, StandIn
from dean06_auth.grant_rows import GrantRow, in_force
from dean06_auth.roles import Role
from dean06_core.errors import BadInput


@dataclass(frozen=True, slots=True)
class HeldRole:
    """``ends`` is the first day without it."""

    account_id: UUID
    role: str
    starts: date
    ends: date


async def held(
    session: AsyncSession, accounts: Collection[UUID], *, starts: date, ends: date, proposed: bool = False
) -> list[HeldRole]:
    """What these accounts have on any day from ``starts`` to before ``ends``, with what is proposed or without.

    Two statements, however many accounts there are.
    """
    overlaps = [GrantRow.starts < ends, starts < GrantRow.ends, *(() if proposed else (in_force(),))]
    own = await session.execute(
        sa.select(GrantRow.account_id, GrantRow, Duty, sa.null(), sa.null())
        .outerjoin(Duty, Duty.id == GrantRow.duty_id)
        .where(GrantRow.account_id.in_(set(accounts)), *overlaps)
        .order_by(GrantRow.id)
    )
    for_others = await session.execute(
        sa.select(StandIn.account_id, GrantRow, Duty, StandIn.starts, StandIn.ends)
        .join(Duty, Duty.id == StandIn.duty_id)
        .join(GrantRow, GrantRow.duty_id == Duty.id)
        .where(StandIn.account_id.in_(set(accounts)), *overlaps)
        .order_by(GrantRow.id)
    )
    found: list[HeldRole] = []
    for account_id, row, duty, first, last in (*own, *for_others):
        begins, over = row.days(duty)
        begins, over = max(begins, first or begins), min(over, last or over)
        if row.role in roles.ROLES and begins < over and begins < ends and starts < over:
            found.append(HeldRole(account_id, row.role, begins, over))
    return found


async def of_duty(session: AsyncSession, duty: Duty, *, starts: date, ends: date) -> list[HeldRole]:
    """What its grants, proposed ones too, give whoever does a duty on any of these days; one statement."""
    rows = await session.scalars(sa.select(GrantRow).where(GrantRow.duty_id == duty.id).order_by(GrantRow.id))
    days = ((row, max(row.days(duty)[0], starts), min(row.days(duty)[1], ends)) for row in rows)
    return [
        HeldRole(duty.account_id, row.role, begins, over)
        for row, begins, over in days
        if row.role in roles.ROLES and begins < over
    ]


async def standing_in(session: AsyncSession, duties: Collection[UUID]) -> list[StandIn]:
    """Whoever stands in, stood or will stand in for the holders of these duties; one statement."""
    return list(await session.scalars(sa.select(StandIn).where(StandIn.duty_id.in_(set(duties))).order_by(StandIn.id)))


async def apart_on(session: AsyncSession, account_id: UUID, on: date) -> tuple[Role, Role] | None:
    """Two roles of an account that exclude each other that day, so that neither counts."""
    holding = await held(session, [account_id], starts=on, ends=date.fromordinal(on.toordinal() + 1))
    return roles.apart({each.role for each in holding})


def refuse_apart(account: Account, role: Role, starts: date, ends: date, holding: Iterable[HeldRole]) -> None:
    """ROLES_APART where the account has, on any of these days, a role that excludes this one."""
    for other in holding:
        meets = other.account_id == account.id and other.starts < ends and starts < other.ends
        if meets and roles.exclude_each_other(role, roles.ROLES[other.role]):
            raise BadInput(
                "ROLES_APART",
                f"Tài khoản “{account.login}” đang giữ vai trò “{roles.ROLES[other.role].title}” nên không được giữ "
                f"thêm vai trò “{role.title}” trong cùng thời gian. Hãy cấp cho tài khoản của người khác.",
                field=("role",),
            )
