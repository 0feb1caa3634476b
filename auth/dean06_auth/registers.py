"""Accounts of other systems, as their registers list them on a day, and how many people have the function for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth.account_faults import ListedAccount
from dean06_core.access import Access, DataClass
from dean06_core.errors import BadInput
from dean06_core.record_imports import RecordImport
from dean06_core.records import Record, new_id
from dean06_core.units import UnitRow


class SystemAccount(Record):
    """One line of a register: a login with one of the people who use it. A login with several has as many lines.

    ``system`` is the code of a registered system, ``as_of`` the day of the
    register; a register is a whole, and the latest one answers.
    """

    __tablename__ = "system_account"
    __access__ = Access(DataClass.GOVERNANCE, unit="unit_key")
    __table_args__ = (sa.UniqueConstraint("system", "as_of", "login", "holder"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    system: Mapped[str]
    as_of: Mapped[date]
    login: Mapped[str]
    holder: Mapped[str]
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey(UnitRow.key), index=True)
    function: Mapped[str | None]
    last_used_on: Mapped[date | None]
    lookups: Mapped[int | None]
    password_set_on: Mapped[date | None]
    devices_at_once: Mapped[int | None]


class SystemHeadcount(Record):
    """How many people of a unit have the function that a system is for, from a day on."""

    __tablename__ = "system_headcount"
    __access__ = Access(DataClass.GOVERNANCE, unit="unit_key")
    __table_args__ = (
        sa.UniqueConstraint("system", "as_of", "unit_key"),
        sa.CheckConstraint("people >= 0", name="people_are_counted"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    system: Mapped[str]
    as_of: Mapped[date]
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey(UnitRow.key), index=True)
    people: Mapped[int]


@dataclass(frozen=True, slots=True)
class Register:
    """What a system's register says on a day. ``as_of`` is the day of the lines; None where there are none yet."""

    as_of: date | None
    accounts: Sequence[ListedAccount]
    headcounts: Mapping[int, int]


async def register_of(session: AsyncSession, system: str, *, on: date, units: Collection[int] | None) -> Register:
    """The latest register up to a day, of some units or of all that the session sees; three statements."""
    latest = sa.select(sa.func.max(SystemAccount.as_of)).where(
        SystemAccount.system == system, SystemAccount.as_of <= on
    )
    as_of = await session.scalar(latest)
    lines = sa.select(SystemAccount).where(SystemAccount.system == system, SystemAccount.as_of == as_of)
    counts = sa.select(SystemHeadcount.unit_key, SystemHeadcount.people).where(
        SystemHeadcount.system == system, SystemHeadcount.as_of <= on
    )
    if units is not None:
        lines = lines.where(SystemAccount.unit_key.in_(units))
        counts = counts.where(SystemHeadcount.unit_key.in_(units))
    found = (await session.scalars(lines.order_by(SystemAccount.login, SystemAccount.holder))).all()
    by_day = await session.execute(counts.order_by(SystemHeadcount.as_of))
    headcounts = {unit: people for unit, people in by_day}  # noqa: C416  dict() would not be typed
    return Register(as_of, _accounts(found), headcounts)


def _accounts(lines: Sequence[SystemAccount]) -> list[ListedAccount]:
    """The lines of one login as one account: used when any was, its password as old as the youngest says."""
    of_login: dict[str, list[SystemAccount]] = defaultdict(list)
    for line in lines:
        of_login[line.login].append(line)
    return [
        ListedAccount(
            login=login,
            holders=tuple(line.holder for line in own),
            unit=own[0].unit_key,
            function=next((line.function for line in own if line.function is not None), None),
            last_used_on=max((line.last_used_on for line in own if line.last_used_on is not None), default=None),
            lookups=_total(line.lookups for line in own),
            password_set_on=max(
                (line.password_set_on for line in own if line.password_set_on is not None), default=None
            ),
            devices_at_once=max(
                (line.devices_at_once for line in own if line.devices_at_once is not None), default=None
            ),
        )
        for login, own in of_login.items()
    ]


def _total(counts: Any) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _refuse_unless_sound(values: Mapping[str, Any]) -> None:
    for name, what in (("last_used_on", "dùng lần cuối"), ("password_set_on", "đổi mật khẩu")):
        day, as_of = values[name], values["as_of"]
        if day is not None and as_of is not None and day > as_of:
            raise BadInput(
                "DAY_AFTER_REGISTER",
                f"Tài khoản “{values['login']}” {what} ngày {day:%d/%m/%Y}, sau ngày lập danh sách {as_of:%d/%m/%Y}. "
                "Hãy sửa một trong hai ngày.",
                field=(name,),
            )


IMPORTS: Final[Mapping[str, RecordImport]] = MappingProxyType(
    {
        "system-accounts": RecordImport(
            record=SystemAccount,
            key=("system", "as_of", "login", "holder"),
            on="as_of",
            check=_refuse_unless_sound,
        ),
        "system-headcounts": RecordImport(record=SystemHeadcount, key=("system", "as_of", "unit_key"), on="as_of"),
    }
)
"""What ``dean06 import`` loads of registers."""
