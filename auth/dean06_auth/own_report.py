"""Our own accounts under the rules of every register, as they stood on a day, from what is kept with its day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import account_reports, holdings, moves, registers, review_rows, roles
from dean06_auth.account_faults import AccountFault, Finding, Limits, ListedAccount
from dean06_auth.account_reports import AccountReport
from dean06_auth.accounts import Account, AccountCredential, AccountState
from dean06_auth.duties import Duty
from dean06_auth.grant_rows import GrantRow, in_force
from dean06_auth.people import Person
from dean06_auth.profile import ADMINISTRATORS, VN_L3_2026, Profile
from dean06_auth.registers import Register
from dean06_auth.review_rows import AccessReview, ReviewedGrant
from dean06_auth.shared_use import shared_logins
from dean06_auth.standing_days import AccountDay, DayKind, day_of
from dean06_core.access import Action
from dean06_core.acting import Actor

SYSTEM: Final = "dean06"
"""The code under which our own accounts are reported, and their headcounts imported."""

SharedLogins = Callable[[AsyncSession, date], Awaitable[Mapping[str, str]]]
"""Which of our logins were used by more than one person up to a day, each with its evidence in Vietnamese."""


@dataclass(slots=True)
class _Known:
    """What is kept of one account by a day; ``unit`` is its unit's key then, ``grants`` are those in force."""

    account: Account
    unit: int
    is_identified: bool
    has_password: bool
    duties: list[Duty] = field(default_factory=list)
    grants: list[GrantRow] = field(default_factory=list)
    days: dict[DayKind, date] = field(default_factory=dict)


async def of_day(
    session: AsyncSession,
    actor: Actor,
    *,
    on: date,
    units: Collection[int] | None = None,
    profile: Profile = VN_L3_2026,
    shared: SharedLogins = shared_logins,
) -> AccountReport:
    """The report on accounts of units whose accounts the actor reads, of all of them or of some.

    An account that was moved since is told at the unit where it was.
    """
    reads = holdings.units_of(actor, Action.READ)
    if isinstance(reads, frozenset):
        units = reads if units is None else reads & set(units)
    found = await _known(session, on, units)
    looked_at = await _looked_at(session, [row for known in found for row in known.grants], on)
    headcounts = (await registers.register_of(session, SYSTEM, on=on, units=units)).headcounts
    evidence = await shared(session, on)
    return account_reports.report_of(
        Register(on, [_listed(known, on, profile) for known in found], headcounts),
        on=on,
        limits=Limits(profile.dormant_days, profile.password_days),
        also={known.account.login: _also(known, looked_at, evidence, on, profile) for known in found},
    )


async def _known(session: AsyncSession, on: date, units: Collection[int] | None) -> list[_Known]:
    """The accounts that were open on the day, by login; four statements."""
    unit = moves.unit_key_on(on)
    statement = (
        sa.select(Account, unit, Person.digest.is_not(None), AccountCredential.account_id.is_not(None))
        .join(Person, Person.id == Account.person_id)
        .outerjoin(AccountCredential, AccountCredential.account_id == Account.id)
        .order_by(Account.login)
    )
    if units is not None:
        statement = statement.where(unit.in_(units))
    found = {
        account.id: _Known(account, unit_key, is_identified, has_password)
        for account, unit_key, is_identified, has_password in await session.execute(statement)
        if _was_open(account, on)
    }
    own = sa.select(Account.id) if units is None else sa.select(Account.id).where(unit.in_(units))
    duties = {duty.id: duty for duty in await session.scalars(sa.select(Duty).where(Duty.account_id.in_(own)))}
    for duty in duties.values():
        if duty.account_id in found:
            found[duty.account_id].duties.append(duty)
    for row in await session.scalars(sa.select(GrantRow).where(GrantRow.account_id.in_(own), in_force())):
        starts, ends = row.days(None if row.duty_id is None else duties[row.duty_id])
        if row.account_id in found and _was_decided(row, on) and starts <= on < ends:
            found[row.account_id].grants.append(row)
    last = await session.execute(
        sa.select(AccountDay.account_id, AccountDay.kind, sa.func.max(AccountDay.on))
        .where(AccountDay.account_id.in_(own), AccountDay.on <= on)
        .group_by(AccountDay.account_id, AccountDay.kind)
    )
    for id_, kind, day in last:
        if id_ in found:
            found[id_].days[kind] = day
    return list(found.values())


async def _looked_at(session: AsyncSession, rows: Collection[GrantRow], on: date) -> Mapping[UUID, date]:
    """By the id of a grant: when it was last approved or kept by a review up to the day; one statement."""
    kept = await session.execute(
        sa.select(ReviewedGrant.grant_id, sa.func.max(AccessReview.decided_on))
        .join(AccessReview, AccessReview.id == ReviewedGrant.review_id)
        .where(
            ReviewedGrant.kept.is_(True),
            AccessReview.decided_on <= on,
            ReviewedGrant.grant_id.in_({row.id for row in rows}),
        )
        .group_by(ReviewedGrant.grant_id)
    )
    reviewed = {id_: day for id_, day in kept if day is not None}
    found: dict[UUID, date] = {}
    for row in rows:
        before_reviews = row.starts if row.approved_at is None else day_of(row.approved_at)
        stated = row.reviewed_on if row.reviewed_on is not None and row.reviewed_on <= on else before_reviews
        found[row.id] = max(before_reviews, stated, reviewed.get(row.id, before_reviews))
    return found


def _was_open(account: Account, on: date) -> bool:
    if account.closed_on is None and account.state is AccountState.CLOSED:
        return False
    return day_of(account.created_at) <= on and (account.closed_on is None or on < account.closed_on)


def _was_decided(row: GrantRow, on: date) -> bool:
    return row.approved_at is None or day_of(row.approved_at) <= on


def _listed(known: _Known, on: date, profile: Profile) -> ListedAccount:
    account, opened = known.account, day_of(known.account.created_at)
    held = {row.role for row in known.grants}
    functions = [duty.function for duty in known.duties if duty.holds(on)]
    outside = [roles.ROLES[row.role].title for row in known.grants if row.duty_id is None and row.role in roles.ROLES]
    return ListedAccount(
        login=account.login,
        holders=(account.name,),
        person=str(account.person_id) if known.is_identified else None,
        unit=known.unit,
        function="; ".join(dict.fromkeys(functions or outside)) or None,
        last_used_on=known.days.get(DayKind.USED),
        counted_from=max(opened, known.days.get(DayKind.WOKEN, opened)),
        has_password=known.has_password,
        password_set_on=known.days.get(DayKind.PASSWORD, opened),
        password_days=profile.password_days_admin if ADMINISTRATORS & held else profile.password_days,
    )


def _also(
    known: _Known, looked_at: Mapping[UUID, date], shared: Mapping[str, str], on: date, profile: Profile
) -> Sequence[Finding]:
    """What no other system's register tells."""
    found: list[Finding] = []
    if not any(duty.holds(on) for duty in known.duties):
        over = [duty.over for duty in known.duties if duty.over <= on]
        last = f"; nhiệm vụ gần nhất hết từ ngày {max(over):%d/%m/%Y}" if over else ""
        found.append(Finding(AccountFault.SURPLUS, f"Không có nhiệm vụ nào đang được phân công{last}"))
    if known.account.login in shared:
        found.append(Finding(AccountFault.SHARED, shared[known.account.login]))
    lapsed = {row: review_rows.lapses(row, profile, since=looked_at[row.id]) for row in known.grants}
    over_due = [f"{row.role} từ ngày {stops:%d/%m/%Y}" for row, stops in lapsed.items() if stops <= on]
    if over_due:
        found.append(Finding(AccountFault.REVIEW_OVERDUE, f"Quyền quá hạn rà soát: {', '.join(over_due)}"))
    return found
