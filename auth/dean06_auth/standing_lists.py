"""How many accounts stand at once: who is let in, who is not any more and why, and who soon will not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import holdings, review_rows, roles, standing, tokens
from dean06_auth.accounts import Account, AccountState
from dean06_auth.duties import Duty, StandIn
from dean06_auth.grant_rows import GrantRow, in_force
from dean06_auth.grants import Held
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.standing import Notice
from dean06_core.access import Action
from dean06_core.acting import Actor
from dean06_core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Standing:
    """``refused``: why the account is not let in today; None where it is. ``was_used``: somebody signed in with it."""

    account: Account
    refused: BadInput | None
    warnings: tuple[Notice, ...]

    @property
    def was_used(self) -> bool:
        return self.account.last_used_on is not None


@dataclass(frozen=True, slots=True)
class Idle:
    """An account that will go dormant on ``stops_on``, or went so, having not been used since ``since``."""

    account: Account
    since: date
    stops_on: date


async def of_accounts(
    session: AsyncSession, actor: Actor, ids: Collection[UUID], *, profile: Profile = VN_L3_2026
) -> dict[UUID, Standing]:
    """Of those that the actor is shown; three statements."""
    rows = await session.execute(sa.select(Account, tokens.duties_over()).where(Account.id.in_(set(ids))))
    shown = {account.id: (account, over) for account, over in rows if holdings.is_shown(actor, account)}
    held, due = await _held(session, shown, actor.on, profile)
    found: dict[UUID, Standing] = {}
    for id_, (account, over) in shown.items():
        refused = standing.refusal(account, duties_over=over, held=held[id_], on=actor.on, profile=profile)
        warnings = (standing.idle_warning(account, actor.on, profile), _review_warning(due[id_], actor.on, profile))
        found[id_] = Standing(
            account, refused, () if refused is not None else tuple(each for each in warnings if each is not None)
        )
    return found


async def idle(session: AsyncSession, actor: Actor, *, profile: Profile = VN_L3_2026) -> list[Idle]:
    """Accounts at units of which the actor proposes grants that are warned or dormant; the longest unused first."""
    statement = sa.select(Account).where(Account.state == AccountState.ACTIVE)
    units = holdings.units_of(actor, Action.PROPOSE)
    if isinstance(units, frozenset):
        statement = statement.where(Account.unit_key.in_(units))
    lasts = timedelta(days=profile.dormant_days + 1)
    found = ((account, standing.idle_since(account)) for account in await session.scalars(statement))
    return sorted(
        (
            Idle(account, since, since + lasts)
            for account, since in found
            if (actor.on - since).days >= profile.warn_days
        ),
        key=lambda each: (each.since, each.account.login),
    )


async def _held(
    session: AsyncSession, accounts: Collection[UUID], on: date, profile: Profile
) -> tuple[dict[UUID, Held], dict[UUID, list[tuple[date, date]]]]:
    """What is in force of each account's, without units and sectors; and when each grant is due and stops."""
    days = (in_force(), GrantRow.starts <= on, on < GrantRow.ends)
    own = await session.execute(
        sa.select(GrantRow.account_id, GrantRow, Duty)
        .outerjoin(Duty, Duty.id == GrantRow.duty_id)
        .where(GrantRow.account_id.in_(set(accounts)), *days)
    )
    for_others = await session.execute(
        sa.select(StandIn.account_id, GrantRow, Duty)
        .join(Duty, Duty.id == StandIn.duty_id)
        .join(GrantRow, GrantRow.duty_id == Duty.id)
        .join(Account, Account.id == GrantRow.account_id)
        .where(
            StandIn.account_id.in_(set(accounts)),
            StandIn.starts <= on,
            on < StandIn.ends,
            Account.state == AccountState.ACTIVE,
            *days,
        )
    )
    lapsed, others = defaultdict[UUID, list[date]](list), set[UUID]()
    due, owners = defaultdict[UUID, list[tuple[date, date]]](list), set[UUID]()
    for id_, row, duty in (*own, *for_others):
        starts, ends = row.days(duty)
        if row.role not in roles.ROLES or not starts <= on < ends:
            continue
        stops = review_rows.lapses(row, profile)
        if row.account_id == id_:
            owners.add(id_)
            due[id_].append((review_rows.due(row, profile), stops))
        if stops <= on:
            lapsed[id_].append(stops)
        else:
            others.add(id_)
    held = {id_: Held((), tuple(lapsed[id_]), has_own=id_ in owners, has_others=id_ in others) for id_ in accounts}
    return held, due


def _review_warning(due: list[tuple[date, date]], on: date, profile: Profile) -> Notice | None:
    """That grants are due for review and stop soon, or have stopped while others still count."""
    waiting = [(by, stops) for by, stops in due if by <= on]
    if not waiting:
        return None
    by, stops = min(waiting)
    return Notice(
        "REVIEW_DUE",
        f"Có {len(waiting)} quyền đến hạn rà soát từ ngày {by:%d/%m/%Y}, không có hiệu lực từ ngày {stops:%d/%m/%Y} "
        f"nếu chưa rà soát ({profile.review_grace_days} ngày sau hạn). Hãy đề nghị thủ trưởng đơn vị rà soát.",
        stops,
    )
