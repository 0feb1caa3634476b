"""The systems that the programme names, who owns each, and how far one is linked to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import DIRECTORY
from dean06_core.errors import BadInput
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.records import Record, new_id


class LinkState(StrEnum):
    PLANNED = "PLANNED"
    CONNECTED = "CONNECTED"
    IN_USE = "IN_USE"
    SUSPENDED = "SUSPENDED"


class System(Record):
    __tablename__ = "system"
    __access__ = DIRECTORY

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    owner_key: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.key"))


class SystemLink(Record):
    """What became of a link on a day; the log is only ever added to. Without a day it is older than any with one."""

    __tablename__ = "system_link"
    __access__ = DIRECTORY
    __table_args__ = (sa.UniqueConstraint("system_id", "to_id", "on", name="uq_system_link_day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    system_id: Mapped[UUID] = mapped_column(sa.ForeignKey("system.id"))
    to_id: Mapped[UUID] = mapped_column(sa.ForeignKey("system.id"), index=True)
    state: Mapped[LinkState] = mapped_column(sa.Enum(LinkState, native_enum=False, length=16))
    on: Mapped[date | None]
    remark: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands: to which system, and since which day it is in that state, if anybody said so."""

    to: System
    state: LinkState
    on: date | None
    remark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEntry:
    to: str
    state: LinkState
    on: date | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemEntry:
    """A system by its code, with what is known of its links. ``owner`` is a unit key."""

    code: str
    name: str
    owner: int | None = None
    links: tuple[LinkEntry, ...] = ()


async def listed(session: AsyncSession) -> tuple[System, ...]:
    """Every system, by code; one statement."""
    return tuple(await session.scalars(sa.select(System).order_by(System.code)))


async def links(session: AsyncSession, *, on: date) -> Mapping[UUID, Sequence[Link]]:
    """The links of each system as they stood on a day, by the code of the other; one statement."""
    rows = await session.execute(
        sa.select(SystemLink, System)
        .join(System, System.id == SystemLink.to_id)
        .where(sa.or_(SystemLink.on.is_(None), SystemLink.on <= on))
        .order_by(System.code, SystemLink.on.is_not(None), SystemLink.on, SystemLink.id)
    )
    latest: dict[UUID, dict[UUID, Link]] = {}
    for link, to in rows:
        latest.setdefault(link.system_id, {})[to.id] = Link(to, link.state, link.on, link.remark)
    return {system: tuple(found.values()) for system, found in latest.items()}


async def register(session: AsyncSession, entries: Sequence[SystemEntry]) -> Tally:
    """Keep systems, and the states of links that are new; a system may be named and owned anew.

    SYSTEM_UNKNOWN for a link to a system that nobody registered, LINK_CONFLICT
    for another state on a day that has one.
    """
    refusals = Refusals()
    outcomes: list[Outcome] = []
    async with session.begin_nested():
        known = {system.code: system for system in await session.scalars(sa.select(System))}
        states = {(link.system_id, link.to_id, link.on): link for link in await session.scalars(sa.select(SystemLink))}
        before = {code: (system.name, system.owner_key) for code, system in known.items()}
        for entry in entries:
            system = known.setdefault(entry.code, System(id=new_id(), code=entry.code))
            system.name, system.owner_key = entry.name, entry.owner
            session.add(system)
        await session.flush()
        for place, entry in enumerate(entries):
            with refusals.of_entry(place):
                has_news = _link(session, known, states, entry)
                kept = before.get(entry.code)
                is_changed = has_news or kept != (entry.name, entry.owner)
                outcomes.append(
                    Outcome.CREATED if kept is None else Outcome.UPDATED if is_changed else Outcome.UNCHANGED
                )
        refusals.stop_if_any()
        await session.flush()
    return Tally.of(outcomes)


def _link(
    session: AsyncSession,
    known: Mapping[str, System],
    states: dict[tuple[UUID, UUID, date | None], SystemLink],
    entry: SystemEntry,
) -> bool:
    """Add the states that are not known yet; whether there were any."""
    system, has_news = known[entry.code], False
    for said in entry.links:
        to = known.get(said.to)
        if to is None or to is system:
            what = "chính nó" if to is system else f"“{said.to}”, chưa có trong danh mục"
            raise BadInput(
                "SYSTEM_UNKNOWN",
                f"Hệ thống “{entry.code}” kết nối tới {what}. Hãy nhập hệ thống đó trước, hoặc sửa mã ở links.",
                field=("links",),
            )
        kept = states.get((system.id, to.id, said.on))
        if kept is None:
            link = SystemLink(
                id=new_id(), system_id=system.id, to_id=to.id, state=said.state, on=said.on, remark=said.remark
            )
            states[system.id, to.id, said.on] = link
            session.add(link)
            has_news = True
        elif (kept.state, kept.remark) != (said.state, said.remark):
            when = "chưa rõ ngày" if said.on is None else f"ngày {said.on:%d/%m/%Y}"
            raise BadInput(
                "LINK_CONFLICT",
                f"Kết nối “{entry.code}” → “{said.to}” ({when}) đã ghi là {kept.state}. "
                "Hãy ghi trạng thái mới với ngày của nó.",
                field=("links",),
            )
    return has_news
