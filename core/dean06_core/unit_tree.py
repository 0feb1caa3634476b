"""Which units stand above which, on which days: derived from the parents that the versions name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.errors import BadInput
from dean06_core.units import UnitClosure, UnitVersion

_NEVER: Final = date.max


@dataclass(frozen=True, slots=True)
class Spell:
    """One unit stood below one parent (none: at the top) from ``starts`` up to, not including, ``ends``."""

    unit: int
    parent: int | None
    name: str
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Above:
    """One unit stood above another, ``depth`` steps up, for these days; itself at depth 0."""

    ancestor: int
    descendant: int
    starts: date
    ends: date | None
    depth: int


class UnitCycle(BadInput):
    """Units that stand above one another in a circle."""

    def __init__(self, names: Mapping[int, str], on: date) -> None:
        circle = " → ".join(f"“{name}”" for name in (*names.values(), *list(names.values())[:1]))
        super().__init__(
            "UNIT_CYCLE",
            f"Từ ngày {on:%d/%m/%Y} các đơn vị trực thuộc vòng quanh nhau: {circle}. "
            "Hãy sửa đơn vị cấp trên của một trong các đơn vị này.",
            field=("parent",),
        )
        self.units = frozenset(names)


async def rebuild(session: AsyncSession) -> None:
    """Derive the closure anew from all versions; three statements, however many units there are."""
    rows = await session.execute(
        sa.select(
            UnitVersion.unit_key,
            UnitVersion.parent_key,
            UnitVersion.name,
            UnitVersion.valid_from,
            UnitVersion.valid_to,
        )
    )
    found = closure(Spell(*row) for row in rows)
    connection = await session.connection()
    await connection.execute(sa.delete(UnitClosure))
    if found:
        await connection.execute(
            sa.insert(UnitClosure),
            [
                {
                    "ancestor_key": above.ancestor,
                    "descendant_key": above.descendant,
                    "valid_from": above.starts,
                    "valid_to": above.ends,
                    "depth": above.depth,
                }
                for above in found
            ],
        )


def closure(spells: Iterable[Spell]) -> list[Above]:
    """Every unit above every unit, for as long as each link of the chain held. UNIT_CYCLE where a chain meets itself.

    Days that touch and say the same are one entry, so a renaming leaves no trace.
    """
    of_unit: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells:
        of_unit[spell.unit].append(spell)
    return [above for unit in of_unit for above in _above(unit, of_unit)]


def _above(unit: int, of_unit: Mapping[int, Sequence[Spell]]) -> list[Above]:
    found: list[tuple[int, int, date, date]] = []
    front: list[tuple[int, date, date, tuple[int, ...]]] = [(unit, date.min, _NEVER, (unit,))]
    while front:
        key, starts, ends, chain = front.pop()
        for spell in of_unit.get(key, ()):
            first, last = max(starts, spell.starts), min(ends, spell.ends or _NEVER)
            if first >= last:
                continue
            found.append((key, len(chain) - 1, first, last))
            if spell.parent in chain:
                cycle = chain[chain.index(spell.parent) :]
                raise UnitCycle({key: of_unit[key][-1].name for key in cycle}, first)
            if spell.parent is not None:
                front.append((spell.parent, first, last, (*chain, spell.parent)))
    return [
        Above(ancestor, unit, starts, None if ends == _NEVER else ends, depth)
        for ancestor, depth, starts, ends in _joined(found)
    ]


def _joined(found: list[tuple[int, int, date, date]]) -> list[tuple[int, int, date, date]]:
    joined: list[tuple[int, int, date, date]] = []
    for ancestor, depth, starts, ends in sorted(found):
        if joined and joined[-1][:2] == (ancestor, depth) and joined[-1][3] == starts:
            joined[-1] = (ancestor, depth, joined[-1][2], ends)
        else:
            joined.append((ancestor, depth, starts, ends))
    return joined
