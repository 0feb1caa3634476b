"""Groups of units: who is addressed together, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.errors import BadInput
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.units import UnitGroupMember, UnitGroupRow

_NEVER: Final = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEntry:
    """A group with all its members (unit keys) from a day on."""

    code: str
    name: str
    within: int
    members: frozenset[int]
    valid_from: date
    valid_to: date | None = None


async def form(session: AsyncSession, groups: Sequence[GroupEntry]) -> Tally:
    """Form groups, or set their members from a later day on: who is not named any more leaves on that day.

    GROUP_CONFLICT where an entry contradicts what holds since the same day or later.
    """
    refusals = Refusals()
    outcomes: list[Outcome] = []
    async with session.begin_nested():
        known = {row.code: row for row in await session.scalars(sa.select(UnitGroupRow))}
        members: dict[int, list[UnitGroupMember]] = defaultdict(list)
        for member in await session.scalars(sa.select(UnitGroupMember)):
            members[member.group_key].append(member)
        next_key = max((row.key for row in known.values()), default=0) + 1
        for place, entry in enumerate(groups):
            group = known.get(entry.code)
            is_new = group is None
            if group is None:
                group = UnitGroupRow(key=next_key, code=entry.code, name=entry.name, within_key=entry.within)
                known[entry.code] = group
                next_key += 1
                session.add(group)
                await session.flush()
            with refusals.of_entry(place):
                is_changed = _set(group, members[group.key], entry)
                outcomes.append(Outcome.CREATED if is_new else Outcome.UPDATED if is_changed else Outcome.UNCHANGED)
        refusals.stop_if_any()
        session.add_all(member for own in members.values() for member in own)
        await session.flush()
    return Tally.of(outcomes)


def _set(group: UnitGroupRow, members: list[UnitGroupMember], entry: GroupEntry) -> bool:
    """Make the group what the entry says from its day on; whether that changed anything."""
    if group.within_key != entry.within:
        raise BadInput(
            "GROUP_CONFLICT", f"Nhóm “{entry.code}” đã thuộc đơn vị khác. Hãy dùng mã nhóm khác.", field=("within",)
        )
    latest = max((member.valid_from for member in members), default=entry.valid_from)
    on_that_day = {member.unit_key: member for member in members if _holds(member, entry.valid_from)}
    is_changed = False
    if latest <= entry.valid_from and group.name != entry.name:
        group.name, is_changed = entry.name, True
    leaving = [member for key, member in on_that_day.items() if key not in entry.members]
    joining = sorted(entry.members - on_that_day.keys())
    if (leaving or joining) and latest > entry.valid_from:
        raise _contradiction(entry, latest)
    for member in leaving:
        if member.valid_from == entry.valid_from:
            raise _contradiction(entry, member.valid_from)
        member.valid_to = entry.valid_from
    for key in joining:
        members.append(UnitGroupMember(group_key=group.key, unit_key=key, valid_from=entry.valid_from))
        on_that_day[key] = members[-1]
    for key in entry.members:
        ends = min(on_that_day[key].valid_to or _NEVER, entry.valid_to or _NEVER)
        if ends != (on_that_day[key].valid_to or _NEVER):
            on_that_day[key].valid_to, is_changed = ends, True
    return is_changed or bool(leaving or joining)


def _holds(member: UnitGroupMember, on: date) -> bool:
    return member.valid_from <= on and (member.valid_to is None or on < member.valid_to)


def _contradiction(entry: GroupEntry, since: date) -> BadInput:
    return BadInput(
        "GROUP_CONFLICT",
        f"Nhóm “{entry.code}” đã có các thành viên khác từ ngày {since:%d/%m/%Y}. "
        "Hãy nêu đủ thành viên, hoặc ghi valid_from sau ngày đó.",
        field=("members",),
    )
