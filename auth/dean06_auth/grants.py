"""A grant gives an account a role, on some sectors, units and data classes, for at most twelve months."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties, grant_rules, review_rows, roles, separation
from dean06_auth.accounts import Account, AccountState
from dean06_auth.duties import Duty, StandIn
from dean06_auth.grant_rows import (
    GrantRow,
    GrantSector,
    GrantState,
    GrantUnits,
    Reach,
    ReachKind,
    UnitsOf,
    in_force,
    units_row,
)
from dean06_auth.grant_rules import LONGEST
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_core import spelling
from dean06_core.access import ALL, All, DataClass, Grant
from dean06_core.errors import BadInput

BY_SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Held:
    """``counting`` is what an account may act by on a day; ``lapsed`` are the days on which the others stopped.

    These are in force but for their review, which is overdue. ``has_own``: one
    of either is its own, not a stand-in's.
    """

    counting: tuple[Grant, ...]
    lapsed: tuple[date, ...] = ()
    has_own: bool = False
    has_others: bool = False
    """One whose review is not overdue, counting or not."""

    @property
    def is_all_overdue(self) -> bool:
        return bool(self.lapsed) and not self.has_others


async def live(
    session: AsyncSession, *, account_id: UUID, reach: Reach, on: date, profile: Profile = VN_L3_2026
) -> tuple[Grant, ...]:
    """What an account holds on a day, with the units that its grants reach on it; one statement.

    A grant gives no more than its role may hold today and its duty includes; of
    a role that is gone, or with its review overdue, nothing. Neither of two
    roles that exclude each other counts. Those of a duty in which the account
    stands in are named so, last.
    """
    return (await held(session, account_id=account_id, reach=reach, on=on, profile=profile)).counting


async def held(
    session: AsyncSession, *, account_id: UUID, reach: Reach, on: date, profile: Profile = VN_L3_2026
) -> Held:
    """As ``live``, and what an overdue review stops; one statement."""
    pairs = await _found(session, _ON_THE_DAY, account_id, reach, on)
    in_force_ = [(grant, review_rows.lapses(row, profile)) for row, grant in pairs if grant.starts <= on < grant.ends]
    sound = [grant for grant, lapses in in_force_ if on < lapses]
    return Held(
        _ordered(_without_roles_apart(sound, on)),
        tuple(lapses for _, lapses in in_force_ if lapses <= on),
        has_own=any(grant.in_place_of is None for grant, _ in in_force_),
        has_others=bool(sound),
    )


async def ever_given(
    session: AsyncSession, *, account_id: UUID, reach: Reach, on: date, profile: Profile = VN_L3_2026
) -> tuple[Grant, ...]:
    """As ``live``, with what has ended, also by an overdue review, and what is to come, so that ``decide`` says so."""
    found = []
    for row, grant in await _found(session, _EVER, account_id, reach, on):
        lapses = review_rows.lapses(row, profile)
        if on < lapses:
            found.append(grant)
        elif grant.starts < lapses:
            found.append(replace(grant, ends=min(grant.ends, lapses)))
    return _ordered(_without_roles_apart(found, on))


def _ordered(found: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(found, key=lambda grant: grant.in_place_of is not None))


async def _found(
    session: AsyncSession, statement: sa.Select[*tuple[Any, ...]], account_id: UUID, reach: Reach, on: date
) -> list[tuple[GrantRow, Grant]]:
    rows = await session.execute(statement, {"account_id": account_id, "on": on})
    found: dict[UUID, tuple[GrantRow, Duty | None, StandIn | None, set[str], set[UnitsOf]]] = {}
    for row, duty, stand_in, sector, kind, key in rows:
        *_, sectors, units = found.setdefault(row.id, (row, duty, stand_in, set(), set()))
        if sector is not None:
            sectors.add(sector)
        if kind is not None:
            units.add(UnitsOf(kind, key))
    given = ((each[0], _given(*each, account_id, reach, on)) for each in found.values())
    return [(row, grant) for row, grant in given if grant is not None]


def _given(
    row: GrantRow,
    duty: Duty | None,
    stand_in: StandIn | None,
    sectors: set[str],
    units: set[UnitsOf],
    account_id: UUID,
    reach: Reach,
    on: date,
) -> Grant | None:
    role = roles.ROLES.get(row.role)
    starts, ends = row.days(duty)
    is_own = row.account_id == account_id
    if stand_in is not None and not is_own:
        starts, ends = max(starts, stand_in.starts), min(ends, stand_in.ends)
    if role is None or ends <= starts:
        return None
    return Grant(
        role=role.name,
        actions=role.actions,
        sectors=_sectors(row, sectors, duty),
        units=_units(row, units, duty, reach, on),
        data_classes=role.data_classes & {DataClass(letter) for letter in row.data_classes},
        starts=starts,
        ends=ends,
        id=row.id,
        in_place_of=None if is_own else row.account_id,
    )


def _sectors(row: GrantRow, named: set[str], duty: Duty | None) -> frozenset[str] | All:
    if duty is None or duty.sector is None:
        return ALL if row.every_sector else frozenset(named)
    return frozenset({duty.sector} if row.every_sector else named & {duty.sector})


def _units(row: GrantRow, named: set[UnitsOf], duty: Duty | None, reach: Reach, on: date) -> frozenset[int] | All:
    if row.every_unit and duty is None:
        return ALL
    reached = frozenset[int]().union(*(each.reached(reach, on) for each in named))
    if duty is None or named <= {UnitsOf(kind, duty.unit_key) for kind in (ReachKind.SUBTREE, ReachKind.AREA)}:
        return reached
    whole = duties.reach(duty.unit_key, reach, on)
    return whole if row.every_unit else reached & whole


def _without_roles_apart(given: Iterable[Grant], on: date) -> list[Grant]:
    all_ = list(given)
    today = {grant.role for grant in all_ if grant.starts <= on < grant.ends}
    clashing = {
        name for name in today if any(roles.exclude_each_other(roles.ROLES[name], roles.ROLES[each]) for each in today)
    }
    return [grant for grant in all_ if not (grant.role in clashing and grant.starts <= on < grant.ends)]


async def give(
    session: AsyncSession,
    *,
    account: Account,
    role: str,
    sectors: Collection[str] | All,
    units: Collection[UnitsOf] | All,
    data_classes: Collection[DataClass],
    starts: date,
    ends: date,
    basis: str,
    duty: Duty | None = None,
    given_by: str = BY_SERVICE,
) -> GrantRow:
    """Grant a role without proposal and approval, as an operator does to begin with and a demonstration for its people.

    ``ends`` is the first day without it, ``basis`` the decision that ordered
    it. Refuses what would be nothing, what the role may not hold, more than
    twelve months, and a role beside which the account may not hold those it
    has, or is about to have, on any of these days.
    """
    granted = roles.named(role)
    grant_rules.refuse_nothing(sectors, units, data_classes)
    if not spelling.tidy(basis):
        raise BadInput("BASIS_MISSING", "Quyền chưa có căn cứ. Hãy ghi số, ngày của quyết định.", field=("basis",))
    grant_rules.refuse_classes(granted, data_classes)
    grant_rules.refuse_days(starts, ends)
    holding = await separation.held(session, [account.id], starts=starts, ends=ends, proposed=True)
    separation.refuse_apart(account, granted, starts, ends, holding)
    row = GrantRow(
        account_id=account.id,
        subject_id=account.person_id,
        duty_id=None if duty is None else duty.id,
        role=granted.name,
        every_sector=isinstance(sectors, All),
        every_unit=isinstance(units, All),
        data_classes="".join(sorted(set(data_classes))),
        starts=starts,
        ends=ends,
        basis=spelling.tidy(basis),
        given_by=given_by,
    )
    await keep(session, [(row, sectors, units)])
    return row


async def keep(
    session: AsyncSession, rows: Iterable[tuple[GrantRow, Collection[str] | All, Collection[UnitsOf] | All]]
) -> None:
    """Write grants with what they name."""
    kept = list(rows)
    session.add_all(row for row, _, _ in kept)
    await session.flush()
    for row, sectors, units in kept:
        if not isinstance(sectors, All):
            session.add_all(GrantSector(grant_id=row.id, sector=sector) for sector in sorted(set(sectors)))
        if not isinstance(units, All):
            session.add_all(units_row(row, named) for named in set(units))
    await session.flush()


__all__ = [
    "LONGEST",
    "GrantRow",
    "GrantSector",
    "GrantState",
    "GrantUnits",
    "Held",
    "Reach",
    "ReachKind",
    "UnitsOf",
    "ever_given",
    "give",
    "held",
    "keep",
    "live",
]


def _ever() -> sa.Select[*tuple[Any, ...]]:
    """A row for each sector and unit of each grant that an account was given, or stands in for that day."""
    account_id = sa.bindparam("account_id", type_=sa.Uuid())
    stands_in = sa.and_(
        StandIn.duty_id == GrantRow.duty_id,
        StandIn.account_id == account_id,
        StandIn.starts <= _ON,
        StandIn.ends > _ON,
        Account.state == AccountState.ACTIVE,
    )
    return (
        sa.select(
            GrantRow,
            Duty,
            StandIn,
            GrantSector.sector,
            GrantUnits.reach,
            sa.func.coalesce(GrantUnits.unit_key, GrantUnits.group_key),
        )
        .join(Account, Account.id == GrantRow.account_id)
        .outerjoin(Duty, Duty.id == GrantRow.duty_id)
        .outerjoin(StandIn, stands_in)
        .outerjoin(GrantSector, GrantSector.grant_id == GrantRow.id)
        .outerjoin(GrantUnits, GrantUnits.grant_id == GrantRow.id)
        .where(sa.or_(GrantRow.account_id == account_id, StandIn.id.is_not(None)), in_force())
        .order_by(GrantRow.id)
    )


_ON: Final = sa.bindparam("on", type_=sa.Date())
_EVER: Final = _ever()
_ON_THE_DAY: Final = _EVER.where(GrantRow.starts <= _ON, GrantRow.ends > _ON)
"""Put together once, not at every request."""
