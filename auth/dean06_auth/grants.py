"""A grant gives an account a role, on some sectors, units and data classes, for at most twelve months."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import roles
from dean06_auth.accounts import Account
from dean06_auth.roles import Role
from dean06_core import spelling
from dean06_core.access import ALL, All, DataClass, Grant, within
from dean06_core.errors import BadInput
from dean06_core.records import Record, new_id
from dean06_core.units import UnitGroupRow, UnitRow

LONGEST: Final = timedelta(days=366)


class ReachKind(StrEnum):
    """SUBTREE: a unit and all below it. GROUP: a group's members. AREA: what an agency serves without containing it."""

    SUBTREE = "SUBTREE"
    GROUP = "GROUP"
    AREA = "AREA"


@dataclass(frozen=True, slots=True)
class UnitsOf:
    """Units that are granted together; ``key`` is a unit's, or of a GROUP the group's."""

    reach: ReachKind
    key: int


class Reach(Protocol):
    """Knows which units stand where, as ``dean06_core.directory.Directory`` does."""

    def subtree(self, unit_key: int, /) -> frozenset[int]: ...

    def members(self, group_key: int, on: date, /) -> frozenset[int]: ...

    def area(self, unit_key: int, on: date, /) -> frozenset[int]: ...


class GrantRow(Record):
    """A grant as it was given; what it names is in ``GrantSector`` and ``GrantUnits`` unless it names every one.

    ``data_classes`` holds the letters of the classes, sorted: ``AR``.
    """

    __tablename__ = "account_grant"
    __access__ = within("account_id", "account", DataClass.GOVERNANCE)
    __table_args__ = (
        sa.CheckConstraint("ends > starts", name="days_are_not_empty"),
        sa.CheckConstraint("julianday(ends) - julianday(starts) <= 366", name="at_most_twelve_months").ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint("ends - starts <= 366", name="at_most_twelve_months").ddl_if(dialect="postgresql"),
        sa.CheckConstraint("data_classes <> ''", name="names_a_data_class"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    role: Mapped[str]
    every_sector: Mapped[bool]
    every_unit: Mapped[bool]
    data_classes: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date]
    basis: Mapped[str]


class GrantSector(Record):
    __tablename__ = "account_grant_sector"
    __access__ = within("grant_id", "account_grant", DataClass.GOVERNANCE)

    grant_id: Mapped[UUID] = mapped_column(sa.ForeignKey(GrantRow.id), primary_key=True)
    sector: Mapped[str] = mapped_column(primary_key=True)


class GrantUnits(Record):
    """One ``UnitsOf`` of a grant: a group where the reach is GROUP, else a unit."""

    __tablename__ = "account_grant_units"
    __access__ = within("grant_id", "account_grant", DataClass.GOVERNANCE)
    __table_args__ = (
        sa.CheckConstraint("(reach = 'GROUP') = (group_key is not null)", name="group_is_named"),
        sa.CheckConstraint("(reach = 'GROUP') = (unit_key is null)", name="unit_is_named"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    grant_id: Mapped[UUID] = mapped_column(sa.ForeignKey(GrantRow.id), index=True)
    reach: Mapped[ReachKind] = mapped_column(sa.Enum(ReachKind, native_enum=False, length=16))
    unit_key: Mapped[int | None] = mapped_column(sa.ForeignKey(UnitRow.key))
    group_key: Mapped[int | None] = mapped_column(sa.ForeignKey(UnitGroupRow.key))


async def live(session: AsyncSession, *, account_id: UUID, reach: Reach, on: date) -> tuple[Grant, ...]:
    """What an account holds on a day, with the units that its grants reach on it; one statement.

    A grant gives no more than its role may hold today; of a role that is gone, nothing.
    """
    return await _found(session, account_id, reach, on, GrantRow.starts <= on, on < GrantRow.ends)


async def ever_given(session: AsyncSession, *, account_id: UUID, reach: Reach, on: date) -> tuple[Grant, ...]:
    """As ``live``, with what has ended and what is to come, so that ``decide`` can say so."""
    return await _found(session, account_id, reach, on)


async def _found(
    session: AsyncSession, account_id: UUID, reach: Reach, on: date, *conditions: sa.ColumnElement[bool]
) -> tuple[Grant, ...]:
    named_key = sa.func.coalesce(GrantUnits.unit_key, GrantUnits.group_key)
    rows = await session.execute(
        sa.select(GrantRow, GrantSector.sector, GrantUnits.reach, named_key)
        .outerjoin(GrantSector, GrantSector.grant_id == GrantRow.id)
        .outerjoin(GrantUnits, GrantUnits.grant_id == GrantRow.id)
        .where(GrantRow.account_id == account_id, *conditions)
        .order_by(GrantRow.id)
    )
    held: dict[GrantRow, tuple[set[str], set[UnitsOf]]] = {}
    for row, sector, kind, key in rows:
        sectors, units = held.setdefault(row, (set(), set()))
        if sector is not None:
            sectors.add(sector)
        if kind is not None:
            units.add(UnitsOf(kind, key))
    return tuple(
        Grant(
            role=role.name,
            actions=role.actions,
            sectors=ALL if row.every_sector else frozenset(sectors),
            units=ALL if row.every_unit else frozenset().union(*(_reached(named, reach, on) for named in units)),
            data_classes=role.data_classes & {DataClass(letter) for letter in row.data_classes},
            starts=row.starts,
            ends=row.ends,
            id=row.id,
        )
        for row, (sectors, units) in held.items()
        if (role := roles.ROLES.get(row.role)) is not None
    )


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
) -> GrantRow:
    """Grant a role; ``ends`` is the first day without it, ``basis`` the decision that ordered it.

    Refuses what would be nothing, what the role may not hold, more than twelve
    months, and a role beside which the account may not hold those it has on
    any of these days.
    """
    granted = roles.named(role)
    _refuse_nothing(sectors, units, data_classes, basis)
    _refuse_classes(granted, data_classes)
    _refuse_days(starts, ends)
    await _refuse_roles_apart(session, account, granted, starts, ends)
    row = GrantRow(
        account_id=account.id,
        role=granted.name,
        every_sector=isinstance(sectors, All),
        every_unit=isinstance(units, All),
        data_classes="".join(sorted(set(data_classes))),
        starts=starts,
        ends=ends,
        basis=spelling.tidy(basis),
    )
    session.add(row)
    await session.flush()
    if not isinstance(sectors, All):
        session.add_all(GrantSector(grant_id=row.id, sector=sector) for sector in set(sectors))
    if not isinstance(units, All):
        session.add_all(_units_row(row, named) for named in set(units))
    await session.flush()
    return row


def _reached(named: UnitsOf, reach: Reach, on: date) -> frozenset[int]:
    match named.reach:
        case ReachKind.SUBTREE:
            return reach.subtree(named.key)
        case ReachKind.GROUP:
            return reach.members(named.key, on)
        case ReachKind.AREA:
            return reach.area(named.key, on)


def _units_row(grant: GrantRow, named: UnitsOf) -> GrantUnits:
    if named.reach is ReachKind.GROUP:
        return GrantUnits(grant_id=grant.id, reach=named.reach, group_key=named.key)
    return GrantUnits(grant_id=grant.id, reach=named.reach, unit_key=named.key)


def _refuse_nothing(
    sectors: Collection[str] | All,
    units: Collection[UnitsOf] | All,
    data_classes: Collection[DataClass],
    basis: str,
) -> None:
    if not isinstance(sectors, All) and not sectors:
        raise BadInput(
            "SCOPE_EMPTY",
            "Quyền chưa nêu ngành nào nên không có hiệu lực. Hãy chọn ít nhất một ngành, hoặc mọi ngành.",
            field=("sectors",),
        )
    if not isinstance(units, All) and not units:
        raise BadInput(
            "SCOPE_EMPTY",
            "Quyền chưa nêu đơn vị nào nên không có hiệu lực. Hãy chọn ít nhất một đơn vị, hoặc mọi đơn vị.",
            field=("units",),
        )
    if not data_classes:
        raise BadInput(
            "SCOPE_EMPTY",
            "Quyền chưa nêu loại dữ liệu nào nên không có hiệu lực. Hãy chọn ít nhất một loại.",
            field=("dataClasses",),
        )
    if not spelling.tidy(basis):
        raise BadInput("BASIS_MISSING", "Quyền chưa có căn cứ. Hãy ghi số, ngày của quyết định.", field=("basis",))


def _refuse_classes(role: Role, data_classes: Collection[DataClass]) -> None:
    foreign = sorted(set(data_classes) - role.data_classes)
    if foreign:
        raise BadInput(
            "DATA_CLASS_NOT_OF_ROLE",
            f"Vai trò “{role.title}” không được giữ loại dữ liệu {', '.join(foreign)}. "
            f"Hãy chỉ chọn trong: {', '.join(sorted(role.data_classes))}.",
            field=("dataClasses",),
        )


def _refuse_days(starts: date, ends: date) -> None:
    if ends <= starts:
        raise BadInput(
            "GRANT_DAYS_EMPTY",
            f"Quyền bắt đầu ngày {starts:%d/%m/%Y} nên không thể hết từ ngày {ends:%d/%m/%Y}. "
            "Hãy chọn ngày kết thúc sau ngày bắt đầu.",
            field=("ends",),
        )
    if ends - starts > LONGEST:
        raise BadInput(
            "GRANT_TOO_LONG",
            f"Quyền từ {starts:%d/%m/%Y} đến trước {ends:%d/%m/%Y} dài hơn 12 tháng. "
            f"Hãy chọn ngày kết thúc không sau {starts + LONGEST:%d/%m/%Y}, rồi cấp lại khi hết hạn.",
            field=("ends",),
        )


async def _refuse_roles_apart(session: AsyncSession, account: Account, role: Role, starts: date, ends: date) -> None:
    held = await session.scalars(
        sa.select(GrantRow.role)
        .where(GrantRow.account_id == account.id, GrantRow.starts < ends, starts < GrantRow.ends)
        .order_by(GrantRow.id)
    )
    for other in (roles.named(name) for name in held):
        if roles.exclude_each_other(role, other):
            raise BadInput(
                "ROLES_APART",
                f"Tài khoản “{account.login}” đang giữ vai trò “{other.title}” nên không được giữ thêm vai trò "
                f"“{role.title}” trong cùng thời gian. Hãy cấp cho tài khoản của người khác.",
                field=("role",),
            )
